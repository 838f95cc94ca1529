"""Rows of the ledger -> what is told of an hour beyond the device."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fanlight.domain.counts import PlaceKind
from fanlight.domain.dispatch import (
    ClassBlock,
    HourReport,
    LineFigures,
    PassingFigures,
    UnplacedReport,
    ZoneFigures,
)
from fanlight.domain.estimate import entries_of, exits_of
from fanlight.domain.hours import local_label
from fanlight.domain.report import everybody

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import tzinfo

    from fanlight.domain.class_report import ClassReport
    from fanlight.domain.counts import Counts, RowKey
    from fanlight.domain.estimate import People
    from fanlight.domain.hours import UtcHour
    from fanlight.domain.parts import HourRow, UnplacedRow
    from fanlight.domain.rates import ErrorRates
    from fanlight.domain.totals import Totals

Placed = tuple["RowKey", "Counts"]


def hour_report(  # noqa: PLR0913, PLR0917 - an hour, and what it is seen with
    hour: UtcHour,
    rows: Sequence[HourRow],
    totals: Totals,
    classes: Iterable[ClassReport],
    zone: tzinfo,
    rates: ErrorRates,
) -> HourReport:
    """Report one hour from all of its rows, of which there is at least one.

    `totals` are those at its end; of `classes`, the reports of its local day, the blocks that end
    with this hour are told.
    """
    degraded: dict[str, int] = {}
    for row in rows:
        for cause, ms in row.counts.degraded_ms.items():
            degraded[str(cause)] = max(ms, degraded.get(str(cause), 0))
    peaks = [row.counts.peak_occupancy for row in rows if row.counts.peak_occupancy is not None]
    told = [(row.key, row.counts) for row in everybody(rows)]
    return HourReport(
        hour=str(hour),
        local=local_label(hour, zone),
        revision=max(row.revision for row in rows),
        closed=all(row.closed for row in rows),
        seen_ms=max(row.counts.seen_ms for row in rows),
        degraded_ms=degraded,
        peak_occupancy=max(peaks, default=None),
        lines=_lines(told, totals, rates),
        passing_lines=_passing_lines(told, totals),
        zones=_zones(told, totals),
        classes=tuple(_blocks(classes, hour)),
    )


def unplaced_reports(
    rows: Iterable[UnplacedRow], present_boot: str, totals: Totals
) -> list[UnplacedReport]:
    """Report what boots that have ended could not place; the present boot still may.

    Totals are those of the calendar: what was not placed is in none of them.
    """
    by_hour: dict[tuple[str, int], list[Placed]] = {}
    for row in everybody(rows):
        if row.boot_id != present_boot:
            by_hour.setdefault((row.boot_id, row.boot_hour), []).append((row.key, row.counts))
    return [
        UnplacedReport(
            boot=boot,
            boot_hour=boot_hour,
            lines=_lines(told, totals, None),
            passing_lines=_passing_lines(told, totals),
            zones=_zones(told, totals),
        )
        for (boot, boot_hour), told in sorted(by_hour.items())
    ]


def _lines(
    told: Iterable[Placed], totals: Totals, rates: ErrorRates | None
) -> tuple[LineFigures, ...]:
    return tuple(
        LineFigures(
            name=key.name,
            entries=counts.entries,
            exits=counts.exits,
            u_turns=counts.u_turns,
            entries_range=_range(entries_of(counts, rates), rates) if rates else None,
            exits_range=_range(exits_of(counts, rates), rates) if rates else None,
            total_entries=totals.at(key).entries,
            total_exits=totals.at(key).exits,
            seen_ms=counts.seen_ms,
        )
        for key, counts in told
        if key.kind is PlaceKind.LINE
    )


def _passing_lines(told: Iterable[Placed], totals: Totals) -> tuple[PassingFigures, ...]:
    return tuple(
        PassingFigures(
            name=key.name,
            passed_in=counts.passed_in,
            passed_out=counts.passed_out,
            total_passed=totals.at(key).passed,
            seen_ms=counts.seen_ms,
        )
        for key, counts in told
        if key.kind is PlaceKind.PASSING_LINE
    )


def _zones(told: Iterable[Placed], totals: Totals) -> tuple[ZoneFigures, ...]:
    return tuple(
        ZoneFigures(
            name=key.name,
            visits=counts.visits,
            dwell_ms=counts.dwell_ms,
            total_visits=totals.at(key).visits,
            seen_ms=counts.seen_ms,
        )
        for key, counts in told
        if key.kind is PlaceKind.ZONE
    )


def _range(people: People | None, rates: ErrorRates) -> tuple[int, int] | None:
    if people is None:
        return None
    estimate = people.estimate(rates)
    return estimate.low, estimate.high


def _blocks(classes: Iterable[ClassReport], hour: UtcHour) -> Iterable[ClassBlock]:
    for report in classes:
        for block in report.blocks:
            if block.hours[-1] == hour:
                yield ClassBlock(
                    line=report.line,
                    direction=str(report.direction),
                    hours=tuple(str(each) for each in block.hours),
                    people=block.total,
                    shown={str(segment): people for segment, people in block.shown.items()},
                )
