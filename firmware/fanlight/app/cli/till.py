"""`fanlight till`: hand in the till's hourly totals."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click
from msgspec.structs import replace

from fanlight.adapters.till_csv import LARGEST_BYTES, read_totals
from fanlight.app.cli.settings import config_option
from fanlight.app.compose_shop import open_till
from fanlight.domain.till import RefusedTotals
from fanlight.ports.errors import Rejected

if TYPE_CHECKING:
    from fanlight.app.config import Config
    from fanlight.domain.hours import UtcHour


@click.command(epilog="\b\nExample:  fanlight till sales-2026-11.csv")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@config_option
@click.option("--data-dir", type=click.Path(path_type=Path), help="Where the totals are kept.")
def till(files: tuple[Path, ...], config: Config, data_dir: Path | None) -> None:
    """Book hourly totals of transactions from CSV FILES; they give conversion its numerator.

    Two columns: hour_utc or hour_local, and transactions. Anything else is refused: receipts and
    customers have no place here. The same file twice changes nothing; another total for a known
    hour corrects it.
    """
    if data_dir is not None:
        config = replace(config, device=replace(config.device, data_dir=str(data_dir)))
    store = open_till(config)
    given = [(file, _totals(file, ZoneInfo(config.device.timezone))) for file in files]
    for file, totals in given:
        click.echo(f"{file.name}: {store.book(totals)}")


def _totals(file: Path, zone: ZoneInfo) -> dict[UtcHour, int]:
    try:
        with file.open("rb") as source:
            return read_totals(source.read(LARGEST_BYTES + 1), zone)
    except OSError as error:
        raise Rejected("till", f"{file}: {error.strerror}; check the path") from error
    except RefusedTotals as error:
        raise Rejected("till", f"{file}: {error}") from error
