"""A report on the terminal: a table, and a bar for each hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from fanlight.domain.counts import HOUR_MS, PlaceKind

if TYPE_CHECKING:
    from rich.console import Console

    from fanlight.domain.counts import Counts, RowKey
    from fanlight.domain.estimate import Estimate
    from fanlight.domain.parts import UnplacedRow
    from fanlight.domain.report import Report, ReportRow

BAR_WIDTH = 40
NO_DATA = "no data"
_EVENTS = {
    PlaceKind.LINE: ("in", "out", "U-turns"),
    PlaceKind.PASSING_LINE: ("passers-by",),
    PlaceKind.ZONE: ("visits", "mean dwell"),
}
_FULL_HOUR = ("in 95 %", "out 95 %")


def print_report(report: Report, console: Console) -> None:
    """Print a table for each place, bars for each line, quarantine and notices."""
    for key in sorted({row.key for row in report.rows if row.key}):
        rows = [row for row in report.rows if row.key == key]
        console.print(hour_table(rows, key))
        for line in degraded_lines(rows):
            console.print(line, style="yellow")
        if key.kind is PlaceKind.LINE:
            for bar in entry_bars(rows):
                console.print(bar)
        console.print()
    if not any(row.key for row in report.rows):
        console.print(f"{NO_DATA}: nothing was counted in these hours, and no place is known")
    if report.unplaced:
        console.print(unplaced_table(report.unplaced))
    for notice in report.notices:
        console.print(f"ledger: {notice}", style="yellow", markup=False)


def hour_table(rows: list[ReportRow], key: RowKey) -> Table:
    """Return one row an hour; what was not seen shows as no data, never as zero.

    The last columns of a line hold the interval of the full hour's count.
    """
    table = Table(title=f"{key.name} ({_dates(rows)})", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("hour", no_wrap=True)
    estimated = _FULL_HOUR if key.kind is PlaceKind.LINE else ()
    names = [*_EVENTS[key.kind], "peak", "seen", *estimated]
    for name in names:
        width = len(NO_DATA) if name is names[0] else len(name)
        table.add_column(name, justify="right", no_wrap=True, min_width=width)
    for row, label in zip(rows, _labels(rows), strict=True):
        if row.counts is None:
            table.add_row(label, Text(NO_DATA, style="dim"))
            continue
        cells = [*_cells(key.kind, row.counts), _percent(row.counts)]
        if row.going_on:
            cells += ["so far"] * len(estimated)
        elif estimated:
            cells += [_range(row.entries), _range(row.exits)]
        table.add_row(label, *cells)
    return table


def unplaced_table(rows: tuple[UnplacedRow, ...]) -> Table:
    """Return what was counted while the time was unknown."""
    title = "Counted while the clock was not trusted"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    for name in ("boot", "its hour", "place", "counted", "seen"):
        table.add_column(name, no_wrap=True)
    for row in rows:
        names, cells = _EVENTS[row.key.kind], _cells(row.key.kind, row.counts)
        counted = ", ".join(f"{cell} {name}" for name, cell in zip(names, cells, strict=False))
        boot, seen = row.boot_id[:8], _percent(row.counts)
        table.add_row(boot, str(row.boot_hour), row.key.name, counted, seen)
    return table


def degraded_lines(rows: list[ReportRow]) -> list[str]:
    """Say for each hour that was worth less why, and for how long."""
    return [
        f"{label} was worse by {', '.join(_causes(row.counts))}"
        for row, label in zip(rows, _labels(rows), strict=True)
        if row.counts and row.counts.degraded_ms
    ]


def entry_bars(rows: list[ReportRow]) -> list[Text]:
    """Draw the entries of each hour: solid as counted, light up to the estimate of the hour."""
    most = max([_best(row) for row in rows if row.counts], default=0.0) or 1.0
    bars = []
    for row, label in zip(rows, _labels(rows), strict=True):
        bar = Text(f"{label}  ")
        if row.counts is None:
            bar.append(NO_DATA, style="dim")
        else:
            solid = round(row.counts.entries / most * BAR_WIDTH)
            light = round(_best(row) / most * BAR_WIDTH) - solid
            bar.append("█" * solid, style="cyan")
            bar.append("░" * light, style="cyan")
            bar.append(f" {row.counts.entries} in")
        bars.append(bar)
    return bars


def _labels(rows: list[ReportRow]) -> list[str]:
    """Name hours without their date where it is the same for all."""
    one_day = len({row.label[:10] for row in rows}) == 1
    return [row.label[11:] if one_day else row.label for row in rows]


def _dates(rows: list[ReportRow]) -> str:
    first, last = rows[0].label[:10], rows[-1].label[:10]
    return first if first == last else f"{first} to {last}"


def _best(row: ReportRow) -> float:
    counted = row.counts.entries if row.counts else 0
    return row.entries.best if row.entries else float(counted)


def _cells(kind: PlaceKind, counts: Counts) -> list[str]:
    """Say the counts that mean something at a kind of place, and the peak."""
    dwell_s, peak = counts.mean_dwell_s, counts.peak_occupancy
    events = {
        PlaceKind.LINE: [str(counts.entries), str(counts.exits), str(counts.u_turns)],
        PlaceKind.PASSING_LINE: [str(counts.passers_by)],
        PlaceKind.ZONE: [str(counts.visits), "" if dwell_s is None else f"{dwell_s:.1f} s"],
    }
    return [*events[kind], "" if peak is None else str(peak)]


def _percent(counts: Counts) -> str:
    """Say the coverage; rounded, yet never to a full or an empty hour that was not."""
    percent = counts.coverage * 100
    if 0 < percent < 1:
        return "<1 %"
    return "99 %" if 99 < percent < 99.95 else f"{percent:.0f} %"


def _causes(counts: Counts) -> list[str]:
    causes = sorted(counts.degraded_ms.items(), key=lambda item: -item[1])
    return [f"{cause.replace('_', ' ')} for {_share(ms)}" for cause, ms in causes]


def _share(ms: int) -> str:
    return f"{ms / 1000:.0f} s" if ms < HOUR_MS / 60 else f"{ms / 60_000:.0f} min"


def _range(estimate: Estimate | None) -> str:
    if estimate is None:
        return ""
    if estimate.low == estimate.high:
        return str(estimate.low)
    return f"{estimate.low}-{estimate.high}"
