# ruff: noqa: INP001 - a program's part, not a package
"""Count the real clips with Fanlight, and with public parts on the same detector.

The public way is what an integrator builds in an afternoon: the detector on the whole frame,
ByteTrack and a LineZone, with their plain settings.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import supervision
from trackers import ByteTrackTracker

from fanlight.adapters.clip_truth import ClipTruth, truth_beside
from fanlight.domain.crossings import Direction
from fanlight.domain.mount import Mount
from fanlight.domain.scoring import Agreement, Passage, compare

REPO = Path(__file__).resolve().parent.parent
FROM_THE_SIDE = (
    "pets_vtest.avi",
    "one_by_one.mp4",
    "corridor_two_opposite.mp4",
    "corridor_two_abreast.mp4",
)
FROM_ABOVE = ("overhead_cafe.mp4", "overhead_passage_left.mp4", "overhead_passage_right.mp4")


def measure_clips(folder: Path) -> list[dict[str, Any]]:
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
            looks = _looks(folder / name, mount)
            counted = [Passage(at_s, Direction(way)) for at_s, way in looks["counted"]]
            own.append(compare(counted, truth.passages, truth.optional_passages))
            public.append(_count_publicly(looks["detected"], truth))
            rows += [_row(name, "fanlight", own[-1]), _row(name, "public parts", public[-1])]
        rows += [_row(f"all from {view}", "fanlight", *own)]
        rows += [_row(f"all from {view}", "public parts", *public)]
    return rows


def _looks(clip: Path, mount: Mount) -> dict[str, Any]:
    """Count and detect in the firmware's own environment."""
    command = [REPO / ".venv/bin/python", REPO / "scripts/bench_looks.py", clip, "--mount", mount]
    told: dict[str, Any] = json.loads(
        subprocess.check_output(command)  # noqa: S603 - the project's own program
    )
    return told


def _count_publicly(detected: dict[str, Any], truth: ClipTruth) -> Agreement:
    tracker = ByteTrackTracker(frame_rate=truth.fps)
    line = truth.counting_line.scaled(*detected["size"])
    zone = supervision.LineZone(
        supervision.Point(line.end.x, line.end.y),
        supervision.Point(line.start.x, line.start.y),
        triggering_anchors=[supervision.Position.CENTER],
    )
    frames = np.array(detected["frames"])
    boxes = np.array(detected["boxes"]).reshape(-1, 4)
    scores = np.array(detected["scores"])
    counted = []
    for frame in range(detected["count"]):
        rows = frames == frame
        found = supervision.Detections(
            xyxy=boxes[rows], confidence=scores[rows], class_id=np.zeros(rows.sum(), int)
        )
        tracked = tracker.update(found)
        tracked = tracked[tracked.tracker_id >= 0]
        crossed_in, crossed_out = zone.trigger(tracked)
        at_s = frame / truth.fps
        counted += [Passage(at_s, Direction.IN)] * int(crossed_in.sum())
        counted += [Passage(at_s, Direction.OUT)] * int(crossed_out.sum())
    return compare(counted, truth.passages, truth.optional_passages)


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
