"""Moments into journeys: the only memory of a path there is, and it ends with its track."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from fanlight.domain.events import ZoneVisit
from fanlight.domain.journeys import CELL_M, Journeys, Spell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fanlight.domain.events import Event
    from fanlight.domain.ground_plane import GroundPlane
    from fanlight.domain.journeys import Cell, Way
    from fanlight.domain.moment import Moment, TrackPoint

MIDDLE_M: Final = 0.85
"""How high the middle of a body is, whose place on the picture a track tells."""
FARTHEST_M: Final = 15.0
"""Beyond this a pixel is too much floor to say where somebody is."""


@dataclass(frozen=True, slots=True)
class Floor:
    """The ground plane in a picture of width 1 whose height is `aspect`."""

    plane: GroundPlane
    aspect: float


@dataclass(slots=True)
class _Trail:
    """Where a live track has been, as far as is needed to count it once a cell and once a way."""

    zone: str | None = None
    cells: set[Cell] = field(default_factory=set)
    ways: set[Way] = field(default_factory=set)


class Roaming:
    """Folds Moments into `Journeys`; without a floor there is no map of it."""

    def __init__(self, floor: Floor | None) -> None:
        self._floor = floor
        self._trails: dict[int, _Trail] = {}

    def way(self, event: Event) -> Way | None:
        """Return the way that ends with a visit, if its track has not gone it before."""
        if not isinstance(event, ZoneVisit):
            return None
        trail = self._trails.setdefault(event.track, _Trail())
        before, trail.zone = trail.zone, event.zone
        if before is None or before == event.zone or (before, event.zone) in trail.ways:
            return None
        trail.ways.add((before, event.zone))
        return before, event.zone

    def floor(self, moment: Moment, ms: int) -> Journeys:
        """Return who was where for that many milliseconds before a Moment, and forget who left.

        Call it after the Moment's events were taken in by `way`.
        """
        cells: dict[Cell, Spell] = {}
        for track, cell in self._cells(moment.tracks):
            trail = self._trails.setdefault(track, _Trail())
            spell = Spell(int(cell not in trail.cells), ms)
            trail.cells.add(cell)
            cells[cell] = cells[cell].merged(spell) if cell in cells else spell
        if moment.sighted:
            live = {point.track for point in moment.tracks}
            self._trails = {track: trail for track, trail in self._trails.items() if track in live}
        return Journeys(cells=cells, watched_ms=ms if self._floor else 0)

    def _cells(self, points: Iterable[TrackPoint]) -> list[tuple[int, Cell]]:
        points = list(points)
        if self._floor is None or not points:
            return []
        pixels = np.array([(point.x, point.y * self._floor.aspect) for point in points])
        places = self._floor.plane.places(pixels, MIDDLE_M)
        near = (np.abs(places) <= FARTHEST_M).all(axis=1)
        cells = np.floor(np.where(near[:, None], places, 0.0) / CELL_M).astype(int).tolist()
        return [
            (point.track, (column, row))
            for point, (column, row), known in zip(points, cells, near.tolist(), strict=True)
            if known
        ]
