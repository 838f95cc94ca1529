"""Judge what a short training left: `python -m models.recipe_check RUN PACKAGE STILLS`.

Runs in the firmware's own environment, with the firmware's own reader of packages, interpreter and
decoder: the loss must have fallen, and the 8-bit file must find people of rendered stills.
"""

from __future__ import annotations

import argparse
import csv
import sys
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np

from fanlight.domain.mount import Mount
from fanlight.vision.detector import load_detector
from fanlight.vision.frame import Frame, Layout, Stamp
from fanlight.vision.model import Threshold
from fanlight.vision.package import check_package
from models.train.shards import Shard, Still, shard_paths

FALLEN = 0.95
"""The smoothed loss must end below this share of its first entry."""
FOUND = 0.3
LEAST_SHARE = 0.2
"""Two hundred steps teach little; a decoder that reads the maps wrongly finds nobody at all."""
FLOOR = 0.1
"""They teach no certainty either, so boxes count below the floors of a finished detector."""


def losses(run: Path) -> list[float]:
    """Return the logged losses of a run."""
    with (run / "log.csv").open() as file:
        return [float(row["loss"]) for row in csv.DictReader(file)]


def found_in(package: Path, stills: list[Still]) -> tuple[int, int, int]:
    """Return how many people there are, how many are found, and the number of boxes.

    Raises:
        SystemExit: a box reaches out of its picture.
    """
    checked = check_package(package / "manifest.toml")
    floors = Threshold(overhead=FLOOR, oblique=FLOOR)
    unsure = replace(checked, manifest=msgspec.structs.replace(checked.manifest, threshold=floors))
    detector = load_detector(unsure, Mount.OBLIQUE)
    people = found = boxes = 0
    for still in stills:
        height, width = still.picture.shape[:2]
        with Frame(still.picture, Layout.RGB, (width, height), Stamp(0, 0, 0)) as frame:
            detector.show(frame)
            detector.infer()
            seen = detector.detections().boxes
        if (seen < 0).any() or (seen > (width, height, width, height)).any():
            sys.exit("a box reaches out of its picture: the maps are decoded wrongly")
        wanted = still.boxes[still.seen]
        people += len(wanted)
        boxes += len(seen)
        found += int((overlaps(wanted, seen) >= FOUND).any(axis=1).sum())
    detector.close()
    return people, found, boxes


def overlaps(some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return intersections over unions (n, m) of boxes (n, 4) and (m, 4)."""
    low = np.maximum(some[:, None, :2], others[:, :2])
    high = np.minimum(some[:, None, 2:], others[:, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=2)
    areas, other_areas = ((each[:, 2:] - each[:, :2]).prod(axis=1) for each in (some, others))
    return np.asarray(shared / (areas[:, None] + other_areas - shared))


def main() -> None:
    """Say what was found, or what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("package", type=Path)
    parser.add_argument("stills", type=Path)
    given = parser.parse_args()
    logged = losses(given.run)
    if len(logged) < 2:
        sys.exit(f"{given.run} logged {len(logged)} losses: it ended before its 200 steps")
    first, last = logged[0], logged[-1]
    if not last < FALLEN * first:
        sys.exit(f"the loss did not fall: {first:.2f} at first, {last:.2f} in the end")
    stills = [
        shard[place]
        for path in shard_paths(given.stills)
        for shard in [Shard(path)]
        for place in range(len(shard))
    ]
    people, found, boxes = found_in(given.package, stills)
    said = f"{boxes} boxes find {found} of {people} people on {len(stills)} stills"
    if found < LEAST_SHARE * people:
        sys.exit(f"{said}: fewer than {LEAST_SHARE:.0%}")
    sys.stdout.write(f"the loss fell from {first:.2f} to {last:.2f}; {said}\n")


if __name__ == "__main__":
    main()
