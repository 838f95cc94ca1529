"""One hour of facts about one line or zone and one segment of people."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from fanlight.domain.twelfths import Twelfths, added, all_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fanlight.domain.moment import Cause

HOUR_MS = 3_600_000


class PlaceKind(StrEnum):
    """What counts are taken at."""

    LINE = "line"
    PASSING_LINE = "passing_line"
    ZONE = "zone"


class Segment(StrEnum):
    """Which of the people are counted."""

    ALL = "all"
    ADULT = "adult"
    CHILD = "child"
    STAFF = "staff"
    GROUP = "group"


@dataclass(frozen=True, slots=True, order=True)
class RowKey:
    """A line or zone, by name, and the segment of people counted there."""

    kind: PlaceKind
    name: str
    segment: Segment = Segment.ALL


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What happened at one place, how long it was watched, and how well.

    `seen_ms` is the time in which the device could see, `frames` the frames looked at, `skipped`
    the frames that newer ones replaced, `breaches` the frames whose pixels lived longer than the
    budget, `degraded_ms` the time under each cause, seen or not. `peak_occupancy` is that of the
    whole site, None where nobody watched. `followers` are the entries close behind another one,
    `chance_followers` how many chance alone would give (domain/groups.py); `entries_when` and
    `exits_when` are the entries and exits by five minutes. Counts of disjoint times merge by
    addition (peaks by the larger); `Counts()` is the empty element.
    """

    entries: int = 0
    exits: int = 0
    u_turns: int = 0
    passed_in: int = 0
    passed_out: int = 0
    visits: int = 0
    dwell_ms: int = 0
    seen_ms: int = 0
    frames: int = 0
    skipped: int = 0
    breaches: int = 0
    peak_occupancy: int | None = None
    degraded_ms: Mapping[Cause, int] = field(default_factory=dict)
    followers: int = 0
    chance_followers: int = 0
    entries_when: Twelfths = ()
    exits_when: Twelfths = ()

    @property
    def passers_by(self) -> int:
        """People who passed without entering, in either direction."""
        return self.passed_in + self.passed_out

    @property
    def coverage(self) -> float:
        """The share of a full hour that was seen, 0 to 1."""
        return min(1.0, self.seen_ms / HOUR_MS)

    @property
    def mean_dwell_s(self) -> float | None:
        """Mean length of the zone visits in seconds, None without visits."""
        return self.dwell_ms / 1000 / self.visits if self.visits else None

    def timed(self, twelfth: int) -> Counts:
        """Return the same counts, with all entries and exits in one twelfth of their hour."""
        return replace(
            self,
            entries_when=all_in(twelfth, self.entries),
            exits_when=all_in(twelfth, self.exits),
        )

    def merged(self, other: Counts) -> Counts:
        """Return what both say together about disjoint times; associative and commutative."""
        degraded = dict(self.degraded_ms)
        for cause, ms in other.degraded_ms.items():
            degraded[cause] = degraded.get(cause, 0) + ms
        return Counts(
            entries=self.entries + other.entries,
            exits=self.exits + other.exits,
            u_turns=self.u_turns + other.u_turns,
            passed_in=self.passed_in + other.passed_in,
            passed_out=self.passed_out + other.passed_out,
            visits=self.visits + other.visits,
            dwell_ms=self.dwell_ms + other.dwell_ms,
            seen_ms=self.seen_ms + other.seen_ms,
            frames=self.frames + other.frames,
            skipped=self.skipped + other.skipped,
            breaches=self.breaches + other.breaches,
            peak_occupancy=_larger(self.peak_occupancy, other.peak_occupancy),
            degraded_ms=degraded,
            followers=self.followers + other.followers,
            chance_followers=self.chance_followers + other.chance_followers,
            entries_when=added(self.entries_when, other.entries_when),
            exits_when=added(self.exits_when, other.exits_when),
        )


def watched_places(
    lines: Iterable[str],
    passing_lines: Iterable[str] = (),
    zones: Iterable[str] = (),
    segments: Iterable[Segment] = (),
) -> tuple[RowKey, ...]:
    """Return the rows that names of lines and zones lead to, lines for everybody and segments."""
    told = (Segment.ALL, *segments)
    return (
        *(RowKey(PlaceKind.LINE, name, segment) for name in lines for segment in told),
        *(RowKey(PlaceKind.PASSING_LINE, name) for name in passing_lines),
        *(RowKey(PlaceKind.ZONE, name) for name in zones),
    )


def merge_rows(
    rows: Mapping[RowKey, Counts], others: Mapping[RowKey, Counts]
) -> dict[RowKey, Counts]:
    """Merge two sets of rows key by key."""
    merged = dict(rows)
    for key, counts in others.items():
        merged[key] = merged[key].merged(counts) if key in merged else counts
    return merged


def _larger(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return other if one is None else one
    return max(one, other)
