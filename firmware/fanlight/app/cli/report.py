"""`fanlight report`: the ledger's hours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace
from rich.console import Console

from fanlight.adapters.csv_report import write_csv
from fanlight.adapters.terminal_report import print_report
from fanlight.app.cli.insights import show_insights, viewpoint
from fanlight.app.cli.people import Wanted, show_people
from fanlight.app.cli.retention import show_retention
from fanlight.app.cli.settings import config_option
from fanlight.app.compose import open_ledger, places
from fanlight.domain.report import report_to_plain
from fanlight.services.report import report_day

if TYPE_CHECKING:
    from datetime import date, datetime

    from fanlight.app.config import Config
    from fanlight.domain.report import Report, Viewpoint

DAY = click.DateTime(["%Y-%m-%d"])
OUT = click.Path(path_type=Path)
SHOP = "Add up several devices' data folders; give it once for each."


@click.command()
@config_option
@click.option("--data-dir", type=click.Path(path_type=Path), help="Where the ledger lives.")
@click.option(
    "--day",
    type=DAY,
    help="A day of the device's time zone, such as 2026-11-22; today if left out.",
)
@click.option("--csv", "csv_path", type=click.Path(path_type=Path), help="Write CSV to a file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.option("--retention", is_flag=True, help="Show returning visitors instead of hours.")
@click.option("--segments", is_flag=True, help="Show adults, children and staff of a day.")
@click.option("--journeys", is_flag=True, help="Show ways from zone to zone of a day.")
@click.option("--floor-map", type=OUT, help="Draw where people were on a day (SVG); no people.")
@click.option("--shop", "folders", type=OUT, multiple=True, help=SHOP)
@click.option("--insights", is_flag=True, help="Show what the days say instead of hours.")
@click.option("--from", "first", type=DAY, help="First day of --insights; 28 days if left out.")
@click.option("--to", "last", type=DAY, help="Last day of --insights; yesterday if left out.")
def report(
    config: Config,
    data_dir: Path | None,
    day: datetime | None,
    csv_path: Path | None,
    *,
    first: datetime | None,
    last: datetime | None,
    as_json: bool,
    retention: bool,
    insights: bool,
    segments: bool,
    journeys: bool,
    floor_map: Path | None,
    folders: tuple[Path, ...],
) -> None:
    """Show what was counted on a day, hour by hour; what was not seen is "no data", not zero."""
    if data_dir is not None:
        config = replace(config, device=replace(config.device, data_dir=str(data_dir)))
    if retention:
        show_retention(config, as_json=as_json)
        return
    if insights:
        show_insights(config, first, last, as_json=as_json)
        return
    if first or last:
        raise click.UsageError("--from and --to go with --insights; for one day there is --day")
    date_wanted = day.date() if day else None
    wanted = Wanted(segments, journeys, floor_map, folders)
    if wanted:
        show_people(config, date_wanted, wanted, as_json=as_json)
        return
    view = viewpoint(config)
    today = view.now.start.astimezone(view.zone).date()
    found = _read(config, date_wanted or today, view)
    if csv_path is not None:
        _write_csv(found, csv_path)
    if as_json:
        click.echo(json.dumps(report_to_plain(found)))
    elif csv_path is None:
        print_report(found, Console(highlight=False))


def _read(config: Config, day: date, view: Viewpoint) -> Report:
    ledger = open_ledger(config)
    try:
        return report_day(ledger, day, view, places(config))
    finally:
        ledger.close()


def _write_csv(found: Report, path: Path) -> None:
    try:
        with path.open("w", newline="", encoding="utf-8") as out:
            write_csv(found, out)
    except OSError as error:
        raise click.UsageError(f"--csv {path}: {error.strerror}") from error
    click.echo(f"{len(found.rows)} rows written to {path}", err=True)
