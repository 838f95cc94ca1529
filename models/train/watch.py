"""Rendered sequences -> what the detector saw on them, and what the device counts from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fanlight.domain.crossings import Crossing, Direction, Doorway, DoorwaySettings
from fanlight.domain.geometry import CountingLine, Point
from fanlight.domain.mount import Mount
from fanlight.domain.scoring import Passage, compare
from fanlight.domain.sightings import Detections
from fanlight.domain.tracking import Tracker
from fanlight.domain.window import Window
from fanlight.vision.detector import load_detector
from fanlight.vision.frame import Frame, Layout, Stamp
from fanlight.vision.package import check_package
from models.render.shards import HEIGHT_PX, WIDTH_PX, read_sequence

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from fanlight.domain.scoring import Agreement
    from fanlight.domain.sightings import Tracks
    from fanlight.domain.tracking import TrackerSettings
    from fanlight.vision.detector import Detector
    from models.render.shards import Shard, Truth

OVERHEAD_DEG = 35.0
"""A camera that is tilted less from straight down is said to be mounted overhead."""


class Seen(NamedTuple):
    """People that the detector found on one frame: boxes (n, 4) in px and scores (n,)."""

    boxes: NDArray[np.float64]
    scores: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Watched:
    """A sequence without its pictures: labels, truth, and what the detector saw."""

    name: str
    labels: Shard
    truth: Truth
    seen: list[Seen]

    @property
    def mount(self) -> Mount:
        """How the camera hangs, in the device's words."""
        tilt_deg = float(self.labels.cameras[0, 1])
        return Mount.OVERHEAD if tilt_deg < OVERHEAD_DEG else Mount.OBLIQUE

    @property
    def line(self) -> CountingLine:
        """The counting line, in px."""
        x1, y1, x2, y2 = (float(value) for value in self.truth.line)
        return CountingLine("line", Point(x1, y1), Point(x2, y2)).scaled(WIDTH_PX, HEIGHT_PX)

    def passages(self, rows: list[list[int]]) -> list[Passage]:
        """Return rows of the truth as the scoring takes them: frame, 1 in or -1 out, track."""
        ways = {1: Direction.IN, -1: Direction.OUT}
        return [Passage(frame / self.truth.fps, ways[way]) for frame, way, _ in rows]


def watch(path: Path, manifest: Path) -> Watched:
    """Look at every frame of a sequence with the device's own detector, where the device would."""
    shard, truth = read_sequence(path)
    watched, package = Watched(path.stem, shard, truth, []), check_package(manifest)
    line, wanted = watched.line, package.manifest.input
    places = [Point(end.x / WIDTH_PX, end.y / HEIGHT_PX) for end in (line.start, line.end)]
    window = Window.around(places, WIDTH_PX, HEIGHT_PX, wanted.width / wanted.height)
    detector = load_detector(package, watched.mount, window=window)
    corner = np.array((window.left, window.top) * 2, float)
    for number, picture in enumerate(shard.images):
        boxes, scores = _look(detector, picture, number)
        watched.seen.append(Seen(boxes + corner, scores))
    detector.close()
    return watched


def _look(detector: Detector, picture: NDArray[np.uint8], number: int) -> Seen:
    frame = Frame(picture, Layout.RGB, (WIDTH_PX, HEIGHT_PX), Stamp(number, number, number))
    detector.show(frame)
    detector.infer()
    found = detector.detections()
    return Seen(np.array(found.boxes, float), np.array(found.scores, float))


def follow(
    watched: Watched, settings: TrackerSettings, floor: float = 0.0
) -> tuple[list[Tracks], list[Crossing]]:
    """Return every frame's tracks and what the device counts; scores below `floor` are unseen."""
    tracker = Tracker(settings, WIDTH_PX, HEIGHT_PX)
    doorway = Doorway(DoorwaySettings.for_mount(watched.mount), [watched.line])
    rolls, events = [], []
    at_ns = frame = 0
    for frame, (boxes, scores) in enumerate(watched.seen):
        at_ns = round(frame * 1e9 / watched.truth.fps)
        good = scores >= floor
        tracks = tracker.step(at_ns, Detections.of_boxes(boxes[good], scores[good]))
        rolls.append(tracks)
        events += doorway.step(at_ns, frame, tracks)
    events += doorway.close(at_ns, frame)
    return rolls, [event for event in events if isinstance(event, Crossing)]


def judge(watched: Watched, crossings: list[Crossing]) -> Agreement:
    """Compare what was counted with the truth; who is hardly seen may be counted or not."""
    counted = [Passage(each.frame / watched.truth.fps, each.direction) for each in crossings]
    truth, optional = watched.truth.crossings.tolist(), watched.truth.optional.tolist()
    return compare(counted, watched.passages(truth), watched.passages(optional))
