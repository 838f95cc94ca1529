"""`fanlight report --segments`, `--journeys`, `--floor-map` and `--shop`."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path  # noqa: TC003 - a NamedTuple keeps its types
from typing import TYPE_CHECKING, NamedTuple

import click
from rich.console import Console

from fanlight.adapters.floor_svg import floor_svg
from fanlight.adapters.ledger_tinydb import TinyLedger
from fanlight.adapters.terminal_people import print_classes, print_journeys, print_shop
from fanlight.app.cli.insights import viewpoint
from fanlight.app.compose import open_ledger
from fanlight.domain.class_report import class_reports_to_plain
from fanlight.domain.journey_report import journey_report_to_plain
from fanlight.domain.shop import shop_to_plain
from fanlight.domain.suppression import MinimumCount
from fanlight.domain.week import BusinessDay
from fanlight.services.people_report import report_classes, report_journeys, report_shop

if TYPE_CHECKING:
    from datetime import date

    from fanlight.app.config import Config
    from fanlight.domain.journey_report import JourneyReport


class Wanted(NamedTuple):
    """Which of the tables was asked for."""

    segments: bool
    journeys: bool
    floor_map: Path | None
    shop: tuple[Path, ...]

    def __bool__(self) -> bool:
        return any(self)


def show_people(config: Config, day: date | None, wanted: Wanted, *, as_json: bool) -> None:
    """Print the table that was asked for, of a day; today if left out.

    Raises:
        click.UsageError: more than one was asked for, or a file or folder is of no use.
    """
    journeys = wanted.journeys or wanted.floor_map is not None
    if sum(map(bool, (wanted.segments, journeys, wanted.shop))) > 1:
        raise click.UsageError("--segments, --journeys and --shop are shown one at a time")
    if wanted.segments:
        show_segments(config, day, as_json=as_json)
    elif wanted.shop:
        show_shop(config, wanted.shop, day, as_json=as_json)
    else:
        show_journeys(config, day, floor_map=wanted.floor_map, as_json=as_json)


def show_segments(config: Config, day: date | None, *, as_json: bool) -> None:
    """Print a day's classes of people, as far as they may be published; today if left out."""
    view, rule = viewpoint(config), MinimumCount.of(config.classes.minimum_count)
    today = view.now.start.astimezone(view.zone).date()
    ledger = open_ledger(config)
    try:
        reports = report_classes(ledger, day or today, view, rule)
    finally:
        ledger.close()
    if as_json:
        click.echo(json.dumps(class_reports_to_plain(reports, rule)))
    else:
        print_classes(reports, rule, view.zone, Console(highlight=False))


def show_journeys(
    config: Config, day: date | None, *, floor_map: Path | None, as_json: bool
) -> None:
    """Print a day's ways from zone to zone, and draw its floor map; today if left out.

    Raises:
        click.UsageError: the map cannot be written.
    """
    view, least = viewpoint(config), config.classes.minimum_count
    wanted = day or view.now.start.astimezone(view.zone).date()
    ledger = open_ledger(config)
    try:
        found = report_journeys(ledger, wanted, view, least)
    finally:
        ledger.close()
    if floor_map is not None:
        _draw(found, f"{config.device.name}, {wanted}", floor_map)
    if as_json:
        click.echo(json.dumps(found and journey_report_to_plain(found, least)))
    else:
        print_journeys(found, least, Console(highlight=False))


def show_shop(
    config: Config, folders: tuple[Path, ...], day: date | None, *, as_json: bool
) -> None:
    """Print all doors of a shop together: one data folder, or copy of one, a camera.

    Raises:
        click.UsageError: a folder holds no ledger, or two of them have the same name.
    """
    view = viewpoint(config)
    business = BusinessDay(config.opening.week(view.zone))
    names = [folder.resolve().name for folder in folders]
    for folder, name in zip(folders, names, strict=True):
        if names.count(name) > 1:
            raise click.UsageError(f"--shop {folder}: two folders are called {name}; rename one")
        if not (folder / "ledger").is_dir():
            raise click.UsageError(f"--shop {folder}: holds no ledger; name a device's data folder")
    with ExitStack() as open_ledgers:
        ledgers = {}
        for name, folder in zip(names, folders, strict=True):
            ledgers[name] = ledger = TinyLedger(folder / "ledger")
            open_ledgers.callback(ledger.close)
        wanted = day or view.now.start.astimezone(view.zone).date()
        hours = report_shop(ledgers, wanted, view, business)
    if as_json:
        click.echo(json.dumps(shop_to_plain(hours)))
    else:
        print_shop(hours, view.zone, Console(highlight=False))


def _draw(found: JourneyReport | None, title: str, path: Path) -> None:
    if found is None:
        click.echo("no floor map: journeys are shown of days that are over", err=True)
        return
    try:
        path.write_text(floor_svg(found.person_s, title), encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"--floor-map {path}: {error.strerror}") from error
    click.echo(f"{len(found.person_s)} cells drawn in {path}", err=True)
