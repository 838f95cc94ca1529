"""The counting logic alone, on recorded positions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fanlight.domain.crossings import Crossing, Direction, Doorway, DoorwaySettings, UTurn
from fanlight.domain.sightings import Detections, Tracks
from fanlight.domain.tracking import Tracker, TrackerSettings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fanlight.domain.crossings import Event
    from fanlight.domain.geometry import CountingLine
    from fanlight.domain.recordings import Recording


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """What the counting logic made of a recording; `frames` are those with somebody in them."""

    events: tuple[Event, ...]
    frames: int

    @property
    def ins(self) -> int:
        """How many went in."""
        return self._crossings(Direction.IN)

    @property
    def outs(self) -> int:
        """How many went out."""
        return self._crossings(Direction.OUT)

    @property
    def u_turns(self) -> int:
        """How many went over the line and came back."""
        return sum(isinstance(event, UTurn) for event in self.events)

    def _crossings(self, direction: Direction) -> int:
        return sum(
            isinstance(event, Crossing) and event.direction is direction for event in self.events
        )


def replay(
    recording: Recording,
    lines: Sequence[CountingLine],
    fps: float,
    *,
    recorded: bool,
) -> ReplayResult:
    """Count a recording's people over lines that are given in its own unit.

    With `recorded` the recorded identities are the tracks, so that the crossing logic alone is
    at work; without, they are ignored and the tracker has to find out who is who.

    Raises:
        ValueError: fps is not positive, or ids are to be trusted that are not there.
    """
    if not (np.isfinite(fps) and fps > 0.0):
        raise ValueError(f"{fps:g} frames a second make no sense; give a positive number")
    if recorded and not recording.names_people:
        raise ValueError("the recording does not say who is who; count it without its identities")
    doorway = Doorway(DoorwaySettings(), lines)
    events: list[Event] = []
    at_ns, frame, count = 0, 0, 0
    roll = _recorded(recording, fps) if recorded else _tracked(recording, fps)
    for count, (at_ns, frame, tracks) in enumerate(roll, start=1):  # noqa: B007 - used after it
        events += doorway.step(at_ns, frame, tracks)
    events += doorway.close(at_ns, frame)
    return ReplayResult(tuple(events), count)


def _by_frame(recording: Recording, fps: float) -> Iterator[tuple[int, int, slice]]:
    frames, starts = np.unique(recording.frames, return_index=True)
    ends = [*starts[1:].tolist(), len(recording.frames)]
    for frame, start, end in zip(frames.tolist(), starts.tolist(), ends, strict=True):
        yield round(frame / fps * 1e9), frame, slice(start, end)


def _tracked(recording: Recording, fps: float) -> Iterator[tuple[int, int, Tracks]]:
    boxes, scores = recording.boxes, recording.scores
    points = boxes is None or scores is None
    tracker = Tracker(TrackerSettings.for_points() if points else TrackerSettings())
    for at_ns, frame, rows in _by_frame(recording, fps):
        if boxes is None or scores is None:
            detections = Detections.of_points(recording.points[rows], recording.body)
        else:
            detections = Detections.of_boxes(boxes[rows], scores[rows])
        yield at_ns, frame, tracker.step(at_ns, detections)


def _recorded(recording: Recording, fps: float) -> Iterator[tuple[int, int, Tracks]]:
    """Make tracks of the recorded identities, each live from its first to its last sighting."""
    people, first = np.unique(recording.people, return_index=True)
    last = len(recording.people) - 1 - np.unique(recording.people[::-1], return_index=True)[1]
    born_ns = np.round(recording.frames[first] / fps * 1e9).astype(np.int64)
    births = recording.points[first]
    here = births.copy()
    half = recording.body * 0.5
    for at_ns, frame, rows in _by_frame(recording, fps):
        seen = np.searchsorted(people, recording.people[rows])
        here[seen] = recording.points[rows]
        live = np.flatnonzero((first < rows.stop) & (last >= rows.start))
        anchors = here[live]
        tracks = Tracks(
            ids=live + 1,
            anchors=anchors,
            boxes=np.concatenate([anchors - half, anchors + half], axis=1),
            observed=np.isin(live, seen),
            bodies=np.full(len(live), recording.body),
            births=births[live],
            born_ns=born_ns[live],
        )
        yield at_ns, frame, tracks
