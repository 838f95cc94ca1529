"""Where people go, as sums: ways from zone to zone, and time spent in the cells of the floor."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

CELL_M: Final = 0.5
"""The side of a cell of the floor."""

Way = tuple[str, str]
"""From one zone to another, by name."""
Cell = tuple[int, int]
"""Whole cells to the right of the lens and ahead of it; cell 0,0 begins below the lens."""


@dataclass(frozen=True, slots=True)
class Spell:
    """How many tracks came to a cell, each counted once, and how long they were there together."""

    tracks: int = 0
    person_ms: int = 0

    def merged(self, other: Spell) -> Spell:
        """Return the sum of both."""
        return Spell(self.tracks + other.tracks, self.person_ms + other.person_ms)


@dataclass(frozen=True, slots=True)
class Journeys:
    """Ways and cells of some time; no path, and nothing of any one track.

    `ways` holds how many tracks went straight from a zone to another, each counted once a way;
    `watched_ms` is the time in which the floor was watched. A track counts in the time in which
    it first came to a cell or first went a way, so that times add up without counting it twice.
    Disjoint times merge by addition; `Journeys()` is the empty element.
    """

    ways: Mapping[Way, int] = field(default_factory=dict)
    cells: Mapping[Cell, Spell] = field(default_factory=dict)
    watched_ms: int = 0

    def merged(self, other: Journeys) -> Journeys:
        """Return what both say together; associative and commutative."""
        ways, cells = dict(self.ways), dict(self.cells)
        for way, tracks in other.ways.items():
            ways[way] = ways.get(way, 0) + tracks
        for cell, spell in other.cells.items():
            cells[cell] = cells[cell].merged(spell) if cell in cells else spell
        return Journeys(ways, cells, self.watched_ms + other.watched_ms)

    def __bool__(self) -> bool:
        return bool(self.ways or self.cells or self.watched_ms)
