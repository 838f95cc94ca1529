# ruff: noqa: INP001 - a program's part, not a package
"""How long tracking and crossing take, beside ByteTrack and a line zone."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from fanlight.domain.crossings import Doorway, DoorwaySettings
from fanlight.domain.geometry import CountingLine, Point
from fanlight.domain.mount import Mount
from fanlight.domain.tracking import Detections, Tracker, TrackerSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

try:
    import supervision
    import trackers
except ImportError:
    supervision = trackers = None

WIDTH, HEIGHT, FPS, FRAMES, TURNS = 1280, 720, 25, 400, 3


def walks(people: int, seed: int = 0) -> list[np.ndarray]:
    """Boxes (people, 4) for each frame: people who walk about and turn at the borders."""
    chance = np.random.default_rng(seed)
    size = np.array([WIDTH, HEIGHT])
    place, speed = chance.uniform(0, 1, (people, 2)) * size, chance.normal(0, 60, (people, 2))
    frames = []
    for _ in range(FRAMES):
        place = place + speed / FPS
        speed = np.where((place < 0) | (place > size), -speed, speed)
        centre = place + chance.normal(0, 1.5, (people, 2))
        half = np.array([20, 50]) + chance.normal(0, 0.5, (people, 2))
        frames.append(np.concatenate([centre - half, centre + half], axis=1))
    return frames


def fanlight_steps(frames: list[np.ndarray]) -> Iterator[Callable[[], object]]:
    """Tracker and doorway, one call a frame."""
    tracker = Tracker(TrackerSettings.for_mount(Mount.OBLIQUE), WIDTH, HEIGHT)
    line = CountingLine("line", Point(WIDTH / 2, 0), Point(WIDTH / 2, HEIGHT))
    doorway = Doorway(DoorwaySettings(), [line])
    for frame, boxes in enumerate(frames):
        detections = Detections.of_boxes(boxes, np.full(len(boxes), 0.9))
        at_ns = frame * 1_000_000_000 // FPS
        yield lambda at_ns=at_ns, frame=frame, seen=detections: doorway.step(
            at_ns, frame, tracker.step(at_ns, seen)
        )


def peer_steps(frames: list[np.ndarray]) -> Iterator[Callable[[], object]]:
    """`trackers` ByteTrack and `supervision` LineZone, one call a frame."""
    tracker = trackers.ByteTrackTracker(frame_rate=FPS)
    zone = supervision.LineZone(
        supervision.Point(WIDTH / 2, 0), supervision.Point(WIDTH / 2, HEIGHT)
    )

    def step(seen: Any) -> object:  # noqa: ANN401 - the peer's own type
        tracked = tracker.update(seen)
        return zone.trigger(tracked[tracked.tracker_id >= 0])

    for boxes in frames:
        detections = supervision.Detections(
            xyxy=boxes.astype(np.float32),
            confidence=np.full(len(boxes), 0.9, np.float32),
            class_id=np.zeros(len(boxes), int),
        )
        yield lambda seen=detections: step(seen)


def durations_ms(steps: Iterator[Callable[[], object]]) -> list[float]:
    """How long each step takes."""
    taken = []
    for step in steps:
        start = time.perf_counter()
        step()
        taken.append((time.perf_counter() - start) * 1e3)
    return taken


def measure_speed() -> list[dict[str, Any]]:
    """Time both sides in turns for 5, 20 and 50 people."""
    rows = []
    for people in (5, 20, 50):
        frames = walks(people)
        ours: list[float] = []
        theirs: list[float] = []
        for _ in range(TURNS):
            ours += durations_ms(fanlight_steps(frames))
            if trackers is not None:
                theirs += durations_ms(peer_steps(frames))
        row: dict[str, Any] = {"people": people, "fanlight": float(np.median(ours))}
        if theirs:
            row["bytetrack_linezone"] = float(np.median(theirs))
            row["times_faster"] = float(np.median(theirs) / np.median(ours))
        rows.append(row)
    return rows
