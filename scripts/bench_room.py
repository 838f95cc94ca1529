# ruff: noqa: INP001, T201 - a program that prints, not a package
"""Measure the sealed room on a recorded clip: stages, pixel lifetime, memory.

    .venv/bin/python scripts/bench_room.py [CLIP] [--json]

Times are medians over the clip's frames, on one thread; judge them by their ratios, since the
machine may be busy with other things.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
from dataclasses import astuple, fields
from pathlib import Path

import numpy as np

from fanlight.domain.crossings import Doorway, DoorwaySettings
from fanlight.domain.geometry import CountingLine, Point
from fanlight.domain.moment import StageTimes
from fanlight.domain.mount import Mount
from fanlight.domain.tracking import Tracker, TrackerSettings
from fanlight.vision.detector import load_detector
from fanlight.vision.package import check_package
from fanlight.vision.room import Room
from fanlight.vision.sources.clip import ClipSource

REPO = Path(__file__).resolve().parent.parent
CLIP = REPO.parent / "shared" / "data" / "clips" / "pets_vtest.avi"
MANIFEST = REPO / "models" / "detector" / "interim" / "manifest.toml"
WARM_UP_LOOKS = 20


def room_for(clip: Path) -> Room:
    """Close a room around the clip, with a line down its middle."""
    source = ClipSource(clip, paced=False)
    line = CountingLine("middle", Point(0.5, 0), Point(0.5, 1))
    mount = Mount.OBLIQUE
    return Room(
        source,
        load_detector(check_package(MANIFEST), mount),
        Tracker(TrackerSettings.for_mount(mount), source.width, source.height),
        Doorway(
            DoorwaySettings.for_mount(mount), [line.scaled(source.width, source.height)], [], []
        ),
        pixel_budget_ms=100,
    )


def measure(clip: Path) -> dict[str, float]:
    """Look at the whole clip and return medians in ms, ratios and memory in MB."""
    room = room_for(clip)
    stages, lifetimes, others, people = [], [], [], []
    while (moment := room.look()) is not None:
        if moment.pixel_lifetime_ms == 0:
            continue
        stages.append(astuple(moment.stages))
        lifetimes.append(moment.pixel_lifetime_ms)
        others.append(moment.pixel_lifetime_ms - moment.stages.infer_ms)
        people.append(len(moment.tracks))
    room.close()
    del stages[:WARM_UP_LOOKS], lifetimes[:WARM_UP_LOOKS], others[:WARM_UP_LOOKS]
    times = np.array(stages)
    names = [field.name for field in fields(StageTimes)]
    found = dict(zip(names, np.median(times, axis=0).tolist(), strict=True))
    infer = times[:, names.index("infer_ms")]
    found["all_but_inference_ms"] = float(np.median(times.sum(axis=1) - infer))
    found["all_but_inference_share"] = found["all_but_inference_ms"] / found["infer_ms"]
    own_ms = found["all_but_inference_ms"] - found["decode_ms"]
    found["without_decoding_share"] = own_ms / found["infer_ms"]
    for name, values in (("pixel_lifetime", lifetimes), ("lifetime_beyond_inference", others)):
        for share in (50, 99):
            found[f"{name}_p{share}_ms"] = float(np.percentile(values, share))
    found["frames"] = float(len(lifetimes))
    found["people_per_frame"] = float(np.mean(people))
    found["peak_memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return found


def main() -> int:
    """Print the table, or JSON for programs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clip", nargs="?", type=Path, default=CLIP)
    parser.add_argument("--json", action="store_true", dest="as_json")
    arguments = parser.parse_args()
    found = measure(arguments.clip)
    if arguments.as_json:
        print(json.dumps(found))
    else:
        for name, value in found.items():
            print(f"{name:34} {value:10.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
