# ruff: noqa: INP001 - a program's part, not a package
"""Count the real clips with Fanlight, and with public parts on the same detector.

The public way is what an integrator builds in an afternoon: the detector on the whole frame,
ByteTrack and a LineZone, with their plain settings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import supervision
from trackers import ByteTrackTracker

from fanlight.adapters.clip_truth import ClipTruth, truth_beside
from fanlight.domain.crossings import Crossing, Direction, Doorway, DoorwaySettings
from fanlight.domain.mount import Mount
from fanlight.domain.scoring import Agreement, Passage, compare
from fanlight.domain.tracking import Tracker, TrackerSettings
from fanlight.domain.window import Window
from fanlight.vision.detector import load_detector
from fanlight.vision.model import read_manifest
from fanlight.vision.room import Room
from fanlight.vision.sources.clip import ClipSource

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FROM_THE_SIDE = (
    "pets_vtest.avi",
    "one_by_one.mp4",
    "corridor_two_opposite.mp4",
    "corridor_two_abreast.mp4",
)
FROM_ABOVE = ("overhead_cafe.mp4", "overhead_passage_left.mp4", "overhead_passage_right.mp4")


def measure_clips(folder: Path, manifest: Path) -> list[dict[str, Any]]:
    """Return one row a clip and counter, and sums for each view."""
    rows = []
    for view, mount, names in (
        ("side", Mount.OBLIQUE, FROM_THE_SIDE),
        ("above", Mount.OVERHEAD, FROM_ABOVE),
    ):
        own, public = [], []
        for name in names:
            truth = truth_beside(folder / name)
            assert truth is not None, f"{folder / name} has no truth beside it"  # noqa: S101
            own.append(_count(folder / name, truth, mount, manifest))
            public.append(_count_publicly(folder / name, truth, manifest))
            rows += [_row(name, "fanlight", own[-1]), _row(name, "public parts", public[-1])]
        rows += [_row(f"all from {view}", "fanlight", *own)]
        rows += [_row(f"all from {view}", "public parts", *public)]
    return rows


def _count(clip: Path, truth: ClipTruth, mount: Mount, manifest: Path) -> Agreement:
    source = ClipSource(clip, paced=False)
    size = source.width, source.height
    line = truth.counting_line
    wanted = read_manifest(manifest).input
    window = Window.around((line.start, line.end), *size, wanted.width / wanted.height)
    room = Room(
        source,
        load_detector(manifest, mount, window=window),
        Tracker(TrackerSettings.for_mount(mount), window.width, window.height),
        Doorway(
            DoorwaySettings.for_mount(mount),
            [line.scaled(*size).moved(-window.left, -window.top)],
        ),
        pixel_budget_ms=1000,
        window=window,
    )
    counted = []
    while (moment := room.look()) is not None:
        counted += [
            Passage(each.at_ns / 1e9, each.direction)
            for each in moment.events
            if isinstance(each, Crossing)
        ]
    room.close()
    return compare(counted, truth.passages, truth.optional_passages)


def _count_publicly(clip: Path, truth: ClipTruth, manifest: Path) -> Agreement:
    tracker = ByteTrackTracker(frame_rate=truth.fps)
    zone: supervision.LineZone | None = None
    counted = []
    for frame, size, boxes, scores in _detections(clip, manifest):
        if zone is None:
            line = truth.counting_line.scaled(*size)
            zone = supervision.LineZone(
                supervision.Point(line.end.x, line.end.y),
                supervision.Point(line.start.x, line.start.y),
                triggering_anchors=[supervision.Position.CENTER],
            )
        found = supervision.Detections(
            xyxy=boxes, confidence=scores, class_id=np.zeros(len(boxes), int)
        )
        tracked = tracker.update(found)
        tracked = tracked[tracked.tracker_id >= 0]
        crossed_in, crossed_out = zone.trigger(tracked)
        at_s = frame / truth.fps
        counted += [Passage(at_s, Direction.IN)] * int(crossed_in.sum())
        counted += [Passage(at_s, Direction.OUT)] * int(crossed_out.sum())
    return compare(counted, truth.passages, truth.optional_passages)


def _detections(
    clip: Path, manifest: Path
) -> Iterator[tuple[int, tuple[int, int], np.ndarray, np.ndarray]]:
    source = ClipSource(clip, paced=False)
    detector = load_detector(manifest, Mount.OBLIQUE)
    while (frame := source.read()) is not None:
        with frame:
            detector.show(frame)
            detector.infer()
            found = detector.detections()
            detector.scrub()
        yield frame.stamp.index, (source.width, source.height), found.boxes, found.scores
    detector.close()
    source.close()


def _row(name: str, counter: str, *agreements: Agreement) -> dict[str, Any]:
    matched = sum(agreement.matched for agreement in agreements)
    missed = sum(len(agreement.missed) for agreement in agreements)
    false = sum(len(agreement.false) for agreement in agreements)
    off = sum(abs(_net(agreement, way)) for agreement in agreements for way in Direction)
    return {
        "clip": name,
        "counter": counter,
        "crossings": matched + missed,
        "missed": missed,
        "false": false,
        "off |in|+|out|": off,
    }


def _net(agreement: Agreement, way: Direction) -> int:
    """By how much the plain count of one direction is off, where errors may cancel."""
    false = sum(passage.direction is way for passage in agreement.false)
    return false - sum(passage.direction is way for passage in agreement.missed)
