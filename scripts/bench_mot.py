# ruff: noqa: INP001 - a program's part, not a package
"""MOTChallenge sequences with their public detections: tracking scores and line crossings."""

from __future__ import annotations

import configparser
import contextlib
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from fanlight.domain.crossings import Crossing, Doorway, DoorwaySettings
from fanlight.domain.geometry import CountingLine, Heading, Point
from fanlight.domain.mount import Mount
from fanlight.domain.tracking import Detections, Tracker, TrackerSettings

if TYPE_CHECKING:
    from pathlib import Path

try:
    import supervision
    import trackers
    from trackeval.metrics import CLEAR, HOTA, Identity
except ImportError:
    supervision = trackers = HOTA = None

MATCH_S = 1.2
Seen = tuple[np.ndarray, np.ndarray]
"""Ids (n,) and boxes (n, 4) on one frame."""


@dataclass
class Sequence:
    """One sequence: boxes as x1,y1,x2,y2; frames count from 1."""

    name: str
    detections: np.ndarray
    truth: np.ndarray
    frames: int
    fps: float
    width: int
    height: int
    crossings: dict[str, Any]

    def on(self, table: np.ndarray, frame: int) -> np.ndarray:
        """Rows of one frame."""
        return table[table[:, 0] == frame]


def read_sequence(folder: Path, crossings: dict[str, Any]) -> Sequence:
    """Read one sequence's detections, truth and facts."""
    ini = configparser.ConfigParser()
    ini.read(folder / "seqinfo.ini")
    facts = ini["Sequence"]
    tables = []
    for part in ("det", "gt"):
        table = np.loadtxt(folder / part / f"{part}.txt", delimiter=",")
        table[:, 4:6] += table[:, 2:4]
        tables.append(table)
    sizes = int(facts["imWidth"]), int(facts["imHeight"])
    length, fps = int(facts["seqLength"]), float(facts["frameRate"])
    return Sequence(folder.name, tables[0], tables[1], length, fps, *sizes, crossings)


def track_with_fanlight(sequence: Sequence) -> tuple[dict[int, Seen], list[tuple[int, str]]]:
    """Return what was seen on each frame and the crossings (frame, direction)."""
    tracker = Tracker(TrackerSettings.for_mount(Mount.OBLIQUE), sequence.width, sequence.height)
    x1, y1, x2, y2 = sequence.crossings["line"]
    line = CountingLine("line", Point(x1, y1), Point(x2, y2)).turned(Heading.RIGHT)
    line = line.scaled(sequence.width, sequence.height)
    doorway = Doorway(DoorwaySettings.for_mount(Mount.OBLIQUE), [line])
    seen, events, at_ns = {}, [], 0
    for frame in range(1, sequence.frames + 1):
        rows = sequence.on(sequence.detections, frame)
        at_ns = round((frame - 1) / sequence.fps * 1e9)
        tracks = tracker.step(at_ns, Detections.of_boxes(rows[:, 2:6], rows[:, 6]))
        events += doorway.step(at_ns, frame, tracks)
        seen[frame] = tracks.ids[tracks.observed], tracks.boxes[tracks.observed]
    events += doorway.close(at_ns, sequence.frames)
    told = [(e.frame, e.direction.value) for e in events if isinstance(e, Crossing)]
    return seen, told


def track_with_peer(sequence: Sequence, kind: str) -> tuple[dict[int, Seen], list[tuple[int, str]]]:
    """Return the same for a tracker of `trackers` with plain settings and a LineZone."""
    tracker = getattr(trackers, kind)()
    size = np.array([sequence.width, sequence.height] * 2)
    ends = np.array(sequence.crossings["line"]) * size
    zone = supervision.LineZone(
        supervision.Point(*ends[:2]),
        supervision.Point(*ends[2:]),
        triggering_anchors=[supervision.Position.CENTER],
    )
    seen, told = {}, []
    for frame in range(1, sequence.frames + 1):
        rows = sequence.on(sequence.detections, frame)
        found = supervision.Detections(
            xyxy=rows[:, 2:6], confidence=rows[:, 6], class_id=np.zeros(len(rows), int)
        )
        tracked = tracker.update(found)
        tracked = tracked[tracked.tracker_id >= 0]
        crossed_in, crossed_out = zone.trigger(tracked)
        told += [(frame, "in")] * int(crossed_in.sum()) + [(frame, "out")] * int(crossed_out.sum())
        seen[frame] = tracked.tracker_id, tracked.xyxy
    return seen, told


def scores(sequence: Sequence, seen: dict[int, Seen]) -> dict[str, Any]:
    """HOTA, MOTA, IDF1 and identity switches by `trackeval`."""
    people = {person: row for row, person in enumerate(np.unique(sequence.truth[:, 1]))}
    ids = sorted({int(track) for found, _ in seen.values() for track in found})
    rows = {track: row for row, track in enumerate(ids)}
    data: dict[str, Any] = {"gt_ids": [], "tracker_ids": [], "similarity_scores": []}
    for frame in range(1, sequence.frames + 1):
        truth, (found, boxes) = sequence.on(sequence.truth, frame), seen[frame]
        data["gt_ids"].append(np.array([people[person] for person in truth[:, 1]], int))
        data["tracker_ids"].append(np.array([rows[int(track)] for track in found], int))
        data["similarity_scores"].append(overlap(truth[:, 2:6], boxes))
    data |= {"num_timesteps": sequence.frames, "num_gt_ids": len(people)}
    data |= {"num_tracker_ids": len(ids), "num_gt_dets": len(sequence.truth)}
    data["num_tracker_dets"] = sum(len(found) for found, _ in seen.values())
    with contextlib.redirect_stdout(io.StringIO()):
        hota = HOTA().eval_sequence(data)
        clear = CLEAR().eval_sequence(data)
        identity = Identity().eval_sequence(data)
    return {
        "HOTA": float(np.mean(hota["HOTA"])),
        "MOTA": float(clear["MOTA"]),
        "IDF1": float(identity["IDF1"]),
        "switches": int(clear["IDSW"]),
    }


def overlap(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Intersection over union (n, m)."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    common = np.clip(high - low, 0, None).prod(axis=2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(axis=1) for boxes in (a, b)]
    return common / (areas[0][:, None] + areas[1][None] - common)


def compare(sequence: Sequence, told: list[tuple[int, str]]) -> dict[str, Any]:
    """Wrong counts, and crossings missed and invented, matched by direction and time."""
    truth = [(each["frame"], each["dir"]) for each in sequence.crossings["crossings"]]
    ways = ("in", "out")
    wrong = sum(
        abs(sum(way == w for _, w in told) - sum(way == w for _, w in truth)) for way in ways
    )
    near = sorted(
        (abs(at - frame), i, j)
        for i, (at, way) in enumerate(told)
        for j, (frame, wanted) in enumerate(truth)
        if way == wanted and abs(at - frame) <= MATCH_S * sequence.fps
    )
    used_told: set[int] = set()
    used_truth: set[int] = set()
    for _, i, j in near:
        if i not in used_told and j not in used_truth:
            used_told.add(i)
            used_truth.add(j)
    missed, invented = len(truth) - len(used_truth), len(told) - len(used_told)
    return {"wrong_counts": wrong, "missed": missed, "invented": invented}


def measure_mot(folder: Path) -> list[dict[str, Any]]:
    """Measure Fanlight and the peers on every sequence."""
    rows = []
    known = json.loads((folder / "line_crossings.json").read_text(encoding="utf-8"))
    peers = ["SORTTracker", "ByteTrackTracker", "OCSORTTracker"] if trackers else []
    for name, crossings in known.items():
        sequence = read_sequence(folder / name, crossings)
        for kind in ["fanlight", *peers]:
            ours = kind == "fanlight"
            seen, told = track_with_fanlight(sequence) if ours else track_with_peer(sequence, kind)
            row = {"sequence": name, "tracker": kind.removesuffix("Tracker")}
            row |= scores(sequence, seen) if HOTA is not None else {}
            rows.append(row | compare(sequence, told))
    return rows
