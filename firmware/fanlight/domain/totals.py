"""All that was ever counted at each place: what a lost report costs is resolution, not people."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fanlight.domain.counts import Segment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fanlight.domain.counts import Counts, RowKey
    from fanlight.domain.parts import HourRow


@dataclass(frozen=True, slots=True)
class Total:
    """Crossings, passes and visits at one place since the device was set up."""

    entries: int = 0
    exits: int = 0
    passed: int = 0
    visits: int = 0

    @staticmethod
    def of(counts: Counts) -> Total:
        """Return what one hour adds."""
        return Total(counts.entries, counts.exits, counts.passers_by, counts.visits)

    def plus(self, other: Total) -> Total:
        """Return both together."""
        return Total(
            self.entries + other.entries,
            self.exits + other.exits,
            self.passed + other.passed,
            self.visits + other.visits,
        )


@dataclass(frozen=True, slots=True)
class Totals:
    """The totals of every place; places are added as they come. Classes of people have none."""

    by_place: Mapping[RowKey, Total] = field(default_factory=dict)

    @staticmethod
    def of(rows: Iterable[HourRow]) -> Totals:
        """Add up rows of different hours or places."""
        return Totals().with_rows(rows)

    def at(self, place: RowKey) -> Total:
        """Return a place's total, nothing where none was counted."""
        return self.by_place.get(place, Total())

    def plus(self, other: Totals) -> Totals:
        """Return both together, place by place."""
        places = {*self.by_place, *other.by_place}
        return Totals({place: self.at(place).plus(other.at(place)) for place in sorted(places)})

    def with_rows(self, rows: Iterable[HourRow]) -> Totals:
        """Return the totals after further rows."""
        places = dict(self.by_place)
        for row in rows:
            if row.key.segment is Segment.ALL:
                places[row.key] = places.get(row.key, Total()).plus(Total.of(row.counts))
        return Totals(places)
