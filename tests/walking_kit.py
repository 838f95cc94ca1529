"""Bodies that walk, and the counting of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fanlight.domain.crossings import Crossing, Direction, Doorway, DoorwaySettings, UTurn
from fanlight.domain.geometry import CountingLine, Point
from fanlight.domain.mount import Mount
from fanlight.domain.tracking import Detections, Tracker, TrackerSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from fanlight.domain.crossings import Event
    from fanlight.domain.tracking import Tracks

WIDTH, HEIGHT = 640.0, 480.0
BODY_W, BODY_H = 40.0, 40.0
ACROSS = CountingLine("door", Point(0.0, 240.0), Point(640.0, 240.0))
"""Downward is in."""

Place = tuple[float, float]


def boxes_at(places: Iterable[Place], width: float = BODY_W, height: float = BODY_H) -> Detections:
    """Certain detections of bodies of one size."""
    boxes = [(x - width / 2, y - height / 2, x + width / 2, y + height / 2) for x, y in places]
    return Detections.of_boxes(np.array(boxes).reshape(-1, 4), np.full(len(boxes), 0.9))


@dataclass
class Scene:
    """A tracker and a doorway, fed frame by frame."""

    lines: Sequence[CountingLine] = (ACROSS,)
    fps: float = 20.0
    mount: Mount = Mount.OVERHEAD
    doorway: Doorway | None = None
    width: float = WIDTH
    height: float = HEIGHT

    def __post_init__(self) -> None:
        self.tracker = Tracker(TrackerSettings.for_mount(self.mount), self.width, self.height)
        self.doorway = self.doorway or Doorway(DoorwaySettings(), self.lines)
        self.events: list[Event] = []
        self.seen: list[Tracks] = []
        self.frame = -1

    def look(self, detections: Detections, at_ns: int | None = None) -> list[Event]:
        """One frame, the next at the scene's rate unless its time is given."""
        self.frame += 1
        self.at_ns = round(self.frame / self.fps * 1e9) if at_ns is None else at_ns
        tracks = self.tracker.step(self.at_ns, detections)
        assert self.doorway is not None
        events = self.doorway.step(self.at_ns, self.frame, tracks)
        self.seen.append(tracks)
        self.events += events
        return events

    def walk(self, *paths: Sequence[Place | None]) -> Scene:
        """Feed bodies along paths of places, one a frame, None where a body is not seen."""
        for frame in range(max(len(path) for path in paths)):
            here = [path[frame] for path in paths if frame < len(path)]
            self.look(boxes_at([place for place in here if place is not None]))
        return self

    def close(self) -> Scene:
        """Settle what is open."""
        assert self.doorway is not None
        self.events += self.doorway.close(self.at_ns, self.frame)
        return self

    @property
    def totals(self) -> tuple[int, int, int]:
        """In, out and U-turns so far."""
        return totals(self.events)

    @property
    def ids(self) -> set[int]:
        """Every id that was ever told."""
        return {track for tracks in self.seen for track in tracks.ids.tolist()}


def totals(events: Iterable[Event]) -> tuple[int, int, int]:
    """In, out and U-turns."""
    told = list(events)
    crossings = [event.direction for event in told if isinstance(event, Crossing)]
    u_turns = sum(isinstance(event, UTurn) for event in told)
    return crossings.count(Direction.IN), crossings.count(Direction.OUT), u_turns


def straight(start: Place, end: Place, frames: int) -> list[Place]:
    """Evenly from start to end."""
    return [
        (float(x), float(y))
        for x, y in zip(
            np.linspace(start[0], end[0], frames),
            np.linspace(start[1], end[1], frames),
            strict=True,
        )
    ]


def along(way: Callable[[NDArray[np.float64]], NDArray[np.float64]], frames: int) -> list[Place]:
    """Places of a curve (2, n) over 0..1."""
    x, y = way(np.linspace(0.0, 1.0, frames))
    return list(zip(x.tolist(), y.tolist(), strict=True))
