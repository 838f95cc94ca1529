"""Hours as a person wants to see them: every hour of a span, seen or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from fanlight.domain.counts import PlaceKind, Segment
from fanlight.domain.estimate import Estimate, entries_of, exits_of
from fanlight.domain.hours import local_label
from fanlight.domain.rates import UNCHECKED

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

    from fanlight.domain.counts import Counts, RowKey
    from fanlight.domain.hours import UtcHour
    from fanlight.domain.parts import HourRow, UnplacedRow
    from fanlight.domain.rates import ErrorRates

Row = TypeVar("Row", "HourRow", "UnplacedRow")


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One hour at one place.

    `counts` is None where there is no data, which is not the same as zero; `key` is None as well
    when no place is known. `entries` and `exits` estimate the people of the full hour; they are
    None for hours that go on, have no data or too little of it, and for places without in and out.
    """

    hour: UtcHour
    label: str
    key: RowKey | None
    counts: Counts | None
    going_on: bool = False
    entries: Estimate | None = None
    exits: Estimate | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """Where a reader stands: in which time zone, in which hour, and how well the counter counts."""

    zone: tzinfo
    now: UtcHour
    rates: ErrorRates = UNCHECKED


@dataclass(frozen=True, slots=True)
class Report:
    """All hours of a span, what could not be placed in the calendar, and what to know about it."""

    rows: tuple[ReportRow, ...]
    unplaced: tuple[UnplacedRow, ...]
    notices: tuple[str, ...]


def report_rows(
    hours: Iterable[UtcHour],
    found: Iterable[HourRow],
    places: Iterable[RowKey],
    view: Viewpoint,
) -> tuple[ReportRow, ...]:
    """Return the rows of hours up to the present one, each at every place known.

    `found` is what the ledger has; `places` adds those of the configuration to those found in it.
    Later hours show only if the ledger has them: the clock of the reader may be the wrong one.
    """
    found = everybody(found)
    places = [key for key in places if key.segment is Segment.ALL]
    by_key = {(row.hour, row.key): row for row in found}
    last = max([view.now, *(row.hour for row in found)])
    keys: list[RowKey | None] = [*sorted({row.key for row in found}.union(places))]
    return tuple(
        _report_row(hour, key, by_key.get((hour, key)) if key else None, view)
        for hour in hours
        if hour <= last
        for key in keys or [None]
    )


def everybody(rows: Iterable[Row]) -> list[Row]:
    """Leave out the rows of classes: they are published in blocks only (class_report.py)."""
    return [row for row in rows if row.key.segment is Segment.ALL]


def report_to_plain(report: Report) -> dict[str, Any]:
    """Say a report in strings, numbers, lists and dicts, ready for JSON; no data is null."""
    return {
        "hours": [_row_to_plain(row) for row in report.rows],
        "unplaced": [
            {"boot": row.boot_id, "boot_hour": row.boot_hour}
            | _key_to_plain(row.key)
            | {"counts": counts_to_plain(row.counts, row.key.kind)}
            for row in report.unplaced
        ],
        "notices": list(report.notices),
    }


def counts_to_plain(counts: Counts, kind: PlaceKind) -> dict[str, Any]:
    """Say the counts that mean something at a kind of place, and how well it was watched."""
    events: dict[PlaceKind, dict[str, Any]] = {
        PlaceKind.LINE: {"in": counts.entries, "out": counts.exits, "u_turns": counts.u_turns},
        PlaceKind.PASSING_LINE: {
            "passed_in": counts.passed_in,
            "passed_out": counts.passed_out,
        },
        PlaceKind.ZONE: {"visits": counts.visits, "dwell_ms": counts.dwell_ms},
    }
    return events[kind] | {
        "peak_occupancy": counts.peak_occupancy,
        "coverage": round(counts.coverage, 4),
        "seen_s": counts.seen_ms / 1000,
        "degraded_s": {str(cause): ms / 1000 for cause, ms in counts.degraded_ms.items()},
        "frames": counts.frames,
        "skipped": counts.skipped,
        "pixel_budget_breaches": counts.breaches,
    }


def _report_row(
    hour: UtcHour, key: RowKey | None, row: HourRow | None, view: Viewpoint
) -> ReportRow:
    label, going_on = local_label(hour, view.zone), hour == view.now
    if row is None:
        return ReportRow(hour, label, key, None, going_on)
    counts = row.counts
    if going_on or row.key.kind is not PlaceKind.LINE:
        return ReportRow(hour, label, key, counts, going_on, closed=row.closed)
    entries, exits = entries_of(counts, view.rates), exits_of(counts, view.rates)
    return ReportRow(
        hour,
        label,
        key,
        counts,
        entries=entries.estimate(view.rates) if entries else None,
        exits=exits.estimate(view.rates) if exits else None,
        closed=row.closed,
    )


def _row_to_plain(row: ReportRow) -> dict[str, Any]:
    counts = counts_to_plain(row.counts, row.key.kind) if row.counts and row.key else None
    return {
        "hour": str(row.hour),
        "local": row.label,
        **(_key_to_plain(row.key) if row.key else {"kind": None, "place": None, "segment": None}),
        "going_on": row.going_on,
        "closed": row.closed,
        "counts": counts,
        "full_hour_in": _estimate_to_plain(row.entries),
        "full_hour_out": _estimate_to_plain(row.exits),
    }


def _key_to_plain(key: RowKey) -> dict[str, Any]:
    return {"kind": str(key.kind), "place": key.name, "segment": str(key.segment)}


def _estimate_to_plain(estimate: Estimate | None) -> dict[str, Any] | None:
    if estimate is None:
        return None
    return {"low": estimate.low, "best": round(estimate.best, 1), "high": estimate.high}
