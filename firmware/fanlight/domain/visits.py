"""Who is in which zone, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fanlight.domain.events import ZoneVisit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fanlight.domain.geometry import Zone
    from fanlight.domain.sightings import Tracks


@dataclass(slots=True)
class _Stay:
    since_ns: int
    until_ns: int
    until_frame: int


class Visits:
    """Turns positions into visits; shorter ones than `shortest_s` are walking by a corner.

    Somebody who is out of a zone for less than `gap_s` has not left it.
    """

    def __init__(self, zones: Sequence[Zone], gap_s: float, shortest_s: float) -> None:
        self._zones = zones
        self._gap_ns = int(gap_s * 1e9)
        self._shortest_ns = int(shortest_s * 1e9)
        self._stays: dict[tuple[int, int], _Stay] = {}

    def step(self, at_ns: int, frame: int, tracks: Tracks) -> list[ZoneVisit]:
        """Take in one frame's tracks and return the visits that are over."""
        visits: list[ZoneVisit] = []
        for number, zone in enumerate(self._zones):
            inside = zone.contains(tracks.anchors) & tracks.observed
            for track in tracks.ids[inside].tolist():
                stay = self._stays.setdefault((track, number), _Stay(at_ns, at_ns, frame))
                if at_ns - stay.until_ns > self._gap_ns:
                    visits += self._visit(track, number, stay)
                    stay.since_ns = at_ns
                stay.until_ns, stay.until_frame = at_ns, frame
            outside = set(tracks.ids[tracks.observed & ~inside].tolist())
            late = [
                (track, stay)
                for (track, where), stay in self._stays.items()
                if where == number and track in outside and at_ns - stay.until_ns > self._gap_ns
            ]
            for track, stay in late:
                del self._stays[track, number]
                visits += self._visit(track, number, stay)
        present = set(tracks.ids.tolist())
        for track in sorted({track for track, _ in self._stays} - present):
            visits += self._leave(track)
        return visits

    def close(self) -> list[ZoneVisit]:
        """End all visits."""
        return [
            visit
            for track in sorted({track for track, _ in self._stays})
            for visit in self._leave(track)
        ]

    def _leave(self, track: int) -> Iterator[ZoneVisit]:
        for number in range(len(self._zones)):
            stay = self._stays.pop((track, number), None)
            if stay is not None:
                yield from self._visit(track, number, stay)

    def _visit(self, track: int, number: int, stay: _Stay) -> Iterator[ZoneVisit]:
        dwell_ns = stay.until_ns - stay.since_ns
        if dwell_ns >= self._shortest_ns:
            name = self._zones[number].name
            yield ZoneVisit(name, dwell_ns // 1_000_000, stay.until_ns, stay.until_frame, track)
