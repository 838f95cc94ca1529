# ruff: noqa: INP001 - a program's part, not a package
"""Count the real clips with each detector, through Fanlight and through public parts.

Fanlight is the sealed room: window, tracker, crossings. The public way is what an integrator builds
in an afternoon: the detector on the whole frame, ByteTrack and a LineZone, with their plain
settings. Crossings are matched by direction and within 1.2 s.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import supervision
from trackers import ByteTrackTracker

from fanlight.adapters.clip_truth import ClipTruth, truth_beside
from fanlight.domain.crossings import Direction
from fanlight.domain.mount import Mount
from fanlight.domain.scoring import Agreement, Passage, compare

if TYPE_CHECKING:
    from collections.abc import Sequence

REPO = Path(__file__).resolve().parent.parent
FROM_THE_SIDE = (
    "pets_vtest.avi",
    "one_by_one.mp4",
    "corridor_two_opposite.mp4",
    "corridor_two_abreast.mp4",
)
FROM_ABOVE = ("overhead_cafe.mp4", "overhead_passage_left.mp4", "overhead_passage_right.mp4")


def measure_clips(folder: Path, detectors: Sequence[str]) -> list[dict[str, Any]]:
    """Return one row a clip: its crossings and, for each detector and way, missed + false."""
    rows, everything = [], []
    for view, mount, names in (
        ("side", Mount.OBLIQUE, FROM_THE_SIDE),
        ("above", Mount.OVERHEAD, FROM_ABOVE),
    ):
        clips = [_ways(folder / name, mount, detectors) for name in names]
        rows += [_row(name, [clip]) for name, clip in zip(names, clips, strict=True)]
        rows += [_row(f"all from {view}", clips)]
        everything += clips
    return [*rows, _row("all", everything)]


def _ways(clip: Path, mount: Mount, detectors: Sequence[str]) -> dict[str, Agreement]:
    """Return the agreement with the truth of every detector and way of counting."""
    truth = truth_beside(clip)
    assert truth is not None, f"{clip} has no truth beside it"  # noqa: S101
    ways = {}
    for detector in detectors:
        looks = _looks(clip, mount, detector)
        counted = [Passage(at_s, Direction(way)) for at_s, way in looks["counted"]]
        own = compare(counted, truth.passages, truth.optional_passages)
        ways[f"{detector}, fanlight"] = own
        ways[f"{detector}, public parts"] = _count_publicly(looks["detected"], truth)
    return ways


def _looks(clip: Path, mount: Mount, detector: str) -> dict[str, Any]:
    """Count and detect in the firmware's own environment."""
    command = [REPO / ".venv/bin/python", REPO / "scripts/bench_looks.py", clip]
    command += ["--mount", mount, "--detector", detector]
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


def _row(name: str, clips: Sequence[dict[str, Agreement]]) -> dict[str, Any]:
    first = [next(iter(clip.values())) for clip in clips]
    row: dict[str, Any] = {"clip": name}
    row["crossings"] = sum(each.matched + len(each.missed) for each in first)
    for way in clips[0]:
        missed = sum(len(clip[way].missed) for clip in clips)
        false = sum(len(clip[way].false) for clip in clips)
        row[way] = f"{missed} + {false}"
    return row
