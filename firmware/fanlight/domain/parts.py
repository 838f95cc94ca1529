"""Parts: how one hour is counted by several runs of the firmware without losing or doubling.

Each run writes parts of its own, a part only grows, and of two versions of a part the one with the
higher revision holds. So parts can be written again after any interruption, in any order: the
hour is the merge of its parts.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from fanlight.domain.counts import Counts, RowKey, merge_rows
from fanlight.domain.hours import BootMinute
from fanlight.domain.journeys import Journeys
from fanlight.domain.twelfths import twelfth_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fanlight.domain.hours import Slot, UtcHour


@dataclass(frozen=True, slots=True)
class Part:
    """What one run counted in one slot of time so far.

    `run` names the run, `part_id` is unique among all parts ever written; `looked` holds the facts
    that all places share (seen_ms, frames, skipped, breaches, peak_occupancy, degraded_ms), `rows`
    the events of each place watched, with an empty row where nothing happened; `closed` says that
    the slot was over when the part was written.
    """

    slot: Slot
    run: str
    part_id: str
    revision: int
    looked: Counts = field(default_factory=Counts)
    rows: Mapping[RowKey, Counts] = field(default_factory=dict)
    closed: bool = False
    journeys: Journeys = field(default_factory=Journeys)

    @property
    def is_journeys(self) -> bool:
        """Whether it holds journeys and no counts."""
        return bool(self.journeys) and not self.rows


@dataclass(frozen=True, slots=True)
class HourRow:
    """One durable row: an hour of UTC at one place.

    Its natural key is (hour, key); `revision` grows whenever the row changes. An hour that nobody
    saw has no row. `closed` is False while the hour can still grow, or when the device did not
    live to see its end.
    """

    hour: UtcHour
    key: RowKey
    counts: Counts
    revision: int
    closed: bool


@dataclass(frozen=True, slots=True)
class HourJourneys:
    """Where people went in one hour of UTC, as durable as its rows; never published as it is."""

    hour: UtcHour
    journeys: Journeys


@dataclass(frozen=True, slots=True)
class UnplacedRow:
    """An hour of a boot whose UTC is not known: counted, but not placed in the calendar."""

    boot_id: str
    boot_hour: int
    key: RowKey
    counts: Counts


def newest_parts(parts: Iterable[Part]) -> dict[str, Part]:
    """Keep the highest revision of each part, by part id."""
    newest: dict[str, Part] = {}
    for part in parts:
        known = newest.get(part.part_id)
        if known is None or part.revision >= known.revision:
            newest[part.part_id] = part
    return newest


def rows_of(parts: Iterable[Part]) -> dict[RowKey, Counts]:
    """Merge distinct parts into full rows: what was looked at, and what happened, at each place."""
    rows: dict[RowKey, Counts] = {}
    for part in parts:
        rows = merge_rows(
            rows, {key: part.looked.merged(events) for key, events in part.rows.items()}
        )
    return rows


def hour_rows(hour: UtcHour, parts: Iterable[Part]) -> list[HourRow]:
    """Merge the parts of one hour, duplicates included, into its rows, sorted by place."""
    newest = newest_parts(parts).values()
    revision = sum(part.revision for part in newest)
    closed = any(part.closed for part in newest)
    rows = rows_of(newest)
    return [HourRow(hour, key, rows[key], revision, closed) for key in sorted(rows)]


def journeys_of(parts: Iterable[Part]) -> Journeys:
    """Merge the journeys of parts of the same time, duplicates included."""
    whole = Journeys()
    for part in newest_parts(parts).values():
        whole = whole.merged(part.journeys)
    return whole


def hour_journeys(hours: Iterable[tuple[UtcHour, Iterable[Part]]]) -> list[HourJourneys]:
    """Merge the parts of each hour, duplicates included; hours without journeys are left out."""
    merged = (HourJourneys(hour, journeys_of(parts)) for hour, parts in hours)
    return [one for one in merged if one.journeys]


def placed(part: Part, offset_ns: int) -> Part:
    """Return a part of a boot's minute with its counts timed, where UTC = monotonic + offset.

    All that a minute holds goes to the five minutes that its middle lies in. Raises nothing for
    an hour of UTC: it comes back as it was.
    """
    if not isinstance(part.slot, BootMinute):
        return part
    twelfth = twelfth_of(part.slot.middle_ns + offset_ns)
    rows = {key: counts.timed(twelfth) for key, counts in part.rows.items()}
    return replace(part, rows=rows)


def together(parts: Iterable[Part], slot: Slot, run: str, part_id: str) -> Part:
    """Merge distinct parts into a single one; its revision is the sum of theirs.

    Places that only some of the parts watched would take over the time of the others, so the facts
    of looking go into each row and `looked` is left empty.
    """
    parts = list(parts)
    return Part(
        slot,
        run,
        part_id,
        revision=sum(part.revision for part in parts),
        rows=rows_of(parts),
        closed=any(part.closed for part in parts),
        journeys=journeys_of(parts),
    )
