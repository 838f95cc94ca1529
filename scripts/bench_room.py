# ruff: noqa: INP001, T201 - a program that prints, not a package
"""Measure the sealed room on recorded clips: stages, whole pass, pixel lifetime.

    .venv/bin/python scripts/bench_room.py [CLIP ...] [--detectors NAMES] [--json]

Every detector has a room of its own, on one thread, and they take turns of some frames on the same
clip. Judge times by their ratios, and on a busy machine by the 10th percentile (p10): other work
interrupts a long inference more often than a short one.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import astuple, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bench_detectors
import numpy as np

from fanlight.app.cli.settings import with_clip
from fanlight.app.config import Config
from fanlight.domain.geometry import CountingLine, Point
from fanlight.domain.moment import StageTimes
from fanlight.vision.sources.clip import ClipSource

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fanlight.domain.moment import Moment
    from fanlight.vision.room import Room

REPO = Path(__file__).resolve().parent.parent
CROWDED = REPO.parent / "shared" / "data" / "clips" / "pets_vtest.avi"
DEMO = REPO / "models" / "render" / "demo" / "doorway.mp4"
TURN = 50
WARM_UP_LOOKS = 20
STAGES = [field.name for field in fields(StageTimes)]


@dataclass(slots=True)
class Diary:
    """What one room's looks took, in ms: stages (looks, 6), and each picture's life."""

    stages: list[tuple[float, ...]] = field(default_factory=list)
    lifetimes: list[float] = field(default_factory=list)
    people: list[int] = field(default_factory=list)

    def note(self, moment: Moment) -> None:
        """Take in one look; a Moment without a picture is none."""
        if moment.pixel_lifetime_ms > 0:
            self.stages.append(astuple(moment.stages))
            self.lifetimes.append(moment.pixel_lifetime_ms)
            self.people.append(len(moment.tracks))

    def figures(self) -> dict[str, float]:
        """Return medians in ms, percentiles of whole passes, and shares."""
        times = np.array(self.stages[WARM_UP_LOOKS:])
        lifetimes = np.array(self.lifetimes[WARM_UP_LOOKS:])
        found = dict(zip(STAGES, np.median(times, axis=0).tolist(), strict=True))
        whole, infer = times.sum(axis=1), times[:, STAGES.index("infer_ms")]
        found["all_but_inference_ms"] = float(np.median(whole - infer))
        found["all_but_inference_share"] = found["all_but_inference_ms"] / found["infer_ms"]
        found["infer_p10_ms"] = float(np.percentile(infer, 10))
        for name, values in (("pass", whole), ("pixel_lifetime", lifetimes)):
            for share in (10, 50, 99):
                found[f"{name}_p{share}_ms"] = float(np.percentile(values, share))
        found["frames"] = float(len(times))
        found["people_per_frame"] = float(np.mean(self.people))
        return found


def measure(clip: Path, detectors: Sequence[str], reference: str) -> list[dict[str, Any]]:
    """Return one row a figure with a column for each detector, and times the reference's."""
    rooms = [_room_for(clip, name) for name in detectors]
    diaries = [Diary() for _ in rooms]
    going = True
    while going:
        turns = [_take_turn(room, diary) for room, diary in zip(rooms, diaries, strict=True)]
        going = any(turns)
    for room in rooms:
        room.close()
    figures = {name: diary.figures() for name, diary in zip(detectors, diaries, strict=True)}
    rows = [
        {"what": f"{clip.stem} {what}"} | {name: figures[name][what] for name in detectors}
        for what in figures[detectors[0]]
    ]
    if reference in figures:
        for what in ("infer_p10_ms", "infer_ms", "pass_p10_ms", "pass_p50_ms", "pass_p99_ms"):
            row: dict[str, Any] = {"what": f"{clip.stem} {what}, times {reference}'s"}
            of = figures[reference][what]
            rows.append(row | {name: figures[name][what] / of for name in detectors})
    return rows


def _room_for(clip: Path, detector: str) -> Room:
    """Close a room around the clip, with a line down its middle."""
    line = CountingLine("middle", Point(0.5, 0), Point(0.5, 1))
    config = with_clip(Config(), clip, (line,), None)
    return bench_detectors.room(detector, ClipSource(clip, paced=False), config)


def _take_turn(room: Room, diary: Diary) -> bool:
    """Look at some frames; False once the clip has ended."""
    for _ in range(TURN):
        moment = room.look()
        if moment is None:
            return False
        diary.note(moment)
    return True


def main() -> int:
    """Print the table, or JSON for programs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clips", nargs="*", type=Path, default=[CROWDED, DEMO])
    parser.add_argument(
        "--detectors", default=",".join(bench_detectors.NAMES), help="see bench_detectors.py"
    )
    parser.add_argument("--json", action="store_true", dest="as_json")
    given = parser.parse_args()
    names = given.detectors.split(",")
    rows = [row for clip in given.clips for row in measure(clip, names, "ssdlite")]
    if given.as_json:
        print(json.dumps(rows))
        return 0
    for row in rows:
        print(f"{row['what']:44}" + "".join(f"{row[name]:10.3f}" for name in names))
    return 0


if __name__ == "__main__":
    sys.exit(main())
