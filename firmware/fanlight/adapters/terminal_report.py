"""A report on the terminal: a table, and a bar for each hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from fanlight.domain.counts import HOUR_MS, PlaceKind

if TYPE_CHECKING:
    from rich.console import Console

    from fanlight.domain.counts import Counts
    from fanlight.domain.estimate import Estimate
    from fanlight.domain.parts import UnplacedRow
    from fanlight.domain.report import Report, ReportRow

BAR_WIDTH = 40
NO_DATA = "no data"
_NOT_HERE = ""


def print_report(report: Report, console: Console) -> None:
    """Print table, bars of the lines, quarantine and notices."""
    console.print(hour_table(report))
    for name in sorted({row.key.name for row in report.rows if row.key and _is_line(row)}):
        console.print()
        for bar in entry_bars([row for row in report.rows if row.key and row.key.name == name]):
            console.print(bar)
    if report.unplaced:
        console.print()
        console.print(unplaced_table(report.unplaced))
    for notice in report.notices:
        console.print(f"ledger: {notice}", style="yellow", markup=False)


def hour_table(report: Report) -> Table:
    """Return one row an hour and place; what was not seen shows as no data, never as zero."""
    table = Table(title="Hours", title_justify="left")
    for name in ("hour", "place"):
        table.add_column(name, no_wrap=True)
    for name in ("in", "out", "U-turns", "passers-by", "visits", "dwell", "peak", "coverage"):
        table.add_column(name, justify="right")
    table.add_column("full hour: in, out (95 %)")
    table.add_column("degraded by")
    for row in report.rows:
        place = row.key.name if row.key else _NOT_HERE
        if row.counts is None or row.key is None:
            table.add_row(row.label, place, *[NO_DATA, *[""] * 6, "0 %"], style="dim")
        else:
            estimates = f"{_range(row.entries)}  {_range(row.exits)}".strip()
            cells = _cells(row.key.kind, row.counts)
            going_on = "so far" if row.going_on else estimates
            table.add_row(row.label, place, *cells, going_on, _degraded(row.counts))
    return table


def unplaced_table(rows: tuple[UnplacedRow, ...]) -> Table:
    """Return what was counted while the time was unknown."""
    table = Table(title="Counted while the clock was not trusted", title_justify="left")
    table.add_column("boot, its hour", no_wrap=True)
    for name in ("place", "in", "out", "U-turns", "passers-by", "visits", "dwell", "peak", "seen"):
        table.add_column(name)
    for row in rows:
        name = f"{row.boot_id[:8]}, {row.boot_hour}"
        table.add_row(name, row.key.name, *_cells(row.key.kind, row.counts))
    return table


def entry_bars(rows: list[ReportRow]) -> list[Text]:
    """Draw the entries of each hour: solid as counted, light up to the estimate of the hour."""
    most = max([_best(row) for row in rows if row.counts], default=0.0) or 1.0
    bars = []
    for row in rows:
        bar = Text(f"{row.label}  ")
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


def _is_line(row: ReportRow) -> bool:
    return row.key is not None and row.key.kind is PlaceKind.LINE


def _best(row: ReportRow) -> float:
    counted = row.counts.entries if row.counts else 0
    return row.entries.best if row.entries else float(counted)


def _cells(kind: PlaceKind, counts: Counts) -> list[str]:
    """Say the counts that mean something at a kind of place, and leave the others empty."""
    line = [str(counts.entries), str(counts.exits), str(counts.u_turns)]
    dwell_s = counts.mean_dwell_s
    peak = counts.peak_occupancy
    return [
        *(line if kind is PlaceKind.LINE else [_NOT_HERE] * 3),
        str(counts.passers_by) if kind is PlaceKind.PASSING_LINE else _NOT_HERE,
        str(counts.visits) if kind is PlaceKind.ZONE else _NOT_HERE,
        _NOT_HERE if dwell_s is None else f"{dwell_s:.0f} s",
        _NOT_HERE if peak is None else str(peak),
        _percent(counts),
    ]


def _percent(counts: Counts) -> str:
    """Say the coverage; rounded, yet never to a full or an empty hour that was not."""
    percent = counts.coverage * 100
    if 0 < percent < 1:
        return "<1 %"
    return "99 %" if 99 < percent < 99.95 else f"{percent:.0f} %"


def _degraded(counts: Counts) -> str:
    """Say each cause with its share of the hour."""
    causes = sorted(counts.degraded_ms.items(), key=lambda item: -item[1])
    return ", ".join(f"{cause} {_share(ms)}" for cause, ms in causes)


def _share(ms: int) -> str:
    return f"{ms / 1000:.0f} s" if ms < HOUR_MS / 60 else f"{ms / 60_000:.0f} min"


def _range(estimate: Estimate | None) -> str:
    if estimate is None:
        return ""
    if estimate.low == estimate.high:
        return str(estimate.low)
    return f"{estimate.low}-{estimate.high}"
