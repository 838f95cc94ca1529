"""Classes, journeys and a shop's doors on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.table import Table

from fanlight.domain.hours import local_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import tzinfo

    from rich.console import Console

    from fanlight.domain.class_report import ClassReport
    from fanlight.domain.hours import UtcHour
    from fanlight.domain.journey_report import JourneyReport
    from fanlight.domain.shop import ShopHour
    from fanlight.domain.suppression import MinimumCount

HIDDEN = "hidden"


def print_classes(
    reports: Sequence[ClassReport], rule: MinimumCount, zone: tzinfo, console: Console
) -> None:
    """Print a table for each line and direction, one row a block of hours."""
    told = [report for report in reports if report.told]
    for report in told:
        table = _table(f"{report.line}, {report.direction}")
        for name in ("hours", "people", *report.told):
            table.add_column(name, justify="left" if name == "hours" else "right", no_wrap=True)
        for block in report.blocks:
            shown = (str(block.shown.get(segment, HIDDEN)) for segment in report.told)
            table.add_row(_span(block.hours, zone), str(block.total), *shown)
        console.print(table)
        if visitors := report.visitors():
            low, high = visitors
            says = str(low) if low == high else f"{low} to {high}"
            console.print(f"without staff: {says} of {report.in_blocks}")
        if outside := report.people - report.in_blocks:
            console.print(f"{outside} more came in hours that do not fill a block yet")
    if not told:
        console.print("not enough data: no hour that is over told classes of people")
    console.print(
        f"blocks of at least {rule.block} people; fewer than {rule.least} of a class are hidden",
        style="dim",
    )


def print_journeys(report: JourneyReport | None, least: int, console: Console) -> None:
    """Print the ways of a day that is over, busiest first, and how much floor can be shown."""
    if report is None:
        console.print("not enough data: journeys are shown of days that are over")
        return
    table = _table("from zone to zone")
    for name in ("from", "to", "tracks"):
        table.add_column(name, justify="right" if name == "tracks" else "left")
    for (start, end), tracks in sorted(report.ways.items(), key=lambda item: -item[1]):
        table.add_row(start, end, str(tracks))
    if report.ways:
        console.print(table)
    else:
        console.print(f"no way was gone by {least} tracks, or none may be shown")
    cells, seconds = len(report.person_s), sum(report.person_s.values())
    console.print(f"floor: {cells} cells may be shown, {seconds:.0f} person-seconds in them")
    console.print(f"what fewer than {least} tracks did is hidden", style="dim")


def print_shop(hours: Iterable[ShopHour], zone: tzinfo, console: Console) -> None:
    """Print all doors together, hour by hour."""
    table = _table("all doors together")
    for name in ("hour", "in", "out", "inside", "seen", "no data from"):
        table.add_column(name, justify="left" if name == "hour" else "right", no_wrap=True)
    for one in hours:
        cells = (str(one.entries), str(one.exits), str(one.inside), f"{one.seen:.0%}")
        table.add_row(local_label(one.hour, zone), *cells, ", ".join(one.blind))
    console.print(table)


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", box=SIMPLE_HEAD)


def _span(hours: Sequence[UtcHour], zone: tzinfo) -> str:
    """Name hours by their first, and their last where there are more."""
    first = hours[0].start.astimezone(zone)
    end = hours[-1].plus(1).start.astimezone(zone)
    return f"{first:%H:%M}-{end:%H:%M}"
