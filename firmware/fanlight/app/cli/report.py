"""`fanlight report`: the ledger's hours."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click
from msgspec.structs import replace
from rich.console import Console

from fanlight.adapters.csv_report import write_csv
from fanlight.adapters.terminal_report import print_report
from fanlight.app.cli.retention import show_retention
from fanlight.app.cli.settings import config_option
from fanlight.app.compose import open_ledger, places
from fanlight.domain.hours import UtcHour
from fanlight.domain.report import Viewpoint, report_to_plain
from fanlight.services.report import report_day

if TYPE_CHECKING:
    from fanlight.app.config import Config
    from fanlight.domain.report import Report


@click.command()
@config_option
@click.option("--data-dir", type=click.Path(path_type=Path), help="Where the ledger lives.")
@click.option(
    "--day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="A day of the device's time zone, such as 2026-11-22; today if left out.",
)
@click.option("--csv", "csv_path", type=click.Path(path_type=Path), help="Write CSV to a file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.option("--retention", is_flag=True, help="Show returning visitors instead of hours.")
def report(
    config: Config,
    data_dir: Path | None,
    day: datetime | None,
    csv_path: Path | None,
    *,
    as_json: bool,
    retention: bool,
) -> None:
    """Show what was counted on a day, hour by hour; what was not seen is "no data", not zero."""
    if data_dir is not None:
        config = replace(config, device=replace(config.device, data_dir=str(data_dir)))
    if retention:
        show_retention(config, as_json=as_json)
        return
    zone = ZoneInfo(config.device.timezone)
    now = datetime.now(UTC)
    wanted = day.date() if day else now.astimezone(zone).date()
    found = _read(config, wanted, zone, UtcHour.containing(now))
    if csv_path is not None:
        _write_csv(found, csv_path)
    if as_json:
        click.echo(json.dumps(report_to_plain(found)))
    elif csv_path is None:
        print_report(found, Console(highlight=False))


def _read(config: Config, day: date, zone: ZoneInfo, now: UtcHour) -> Report:
    ledger = open_ledger(config)
    try:
        return report_day(ledger, day, Viewpoint(zone, now), places(config))
    finally:
        ledger.close()


def _write_csv(found: Report, path: Path) -> None:
    try:
        with path.open("w", newline="", encoding="utf-8") as out:
            write_csv(found, out)
    except OSError as error:
        raise click.UsageError(f"--csv {path}: {error.strerror}") from error
    click.echo(f"{len(found.rows)} rows written to {path}", err=True)
