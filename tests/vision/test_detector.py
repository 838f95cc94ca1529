"""The shipped detector on a real recording, against people marked by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fanlight.domain.mount import Mount
from fanlight.vision.detector import load_detector
from fanlight.vision.package import check_package
from fanlight.vision.sources.clip import ClipSource

MANIFEST = Path(__file__).resolve().parents[2] / "models" / "detector" / "interim" / "manifest.toml"
EVERY = 20


def people_by_frame(file: Path) -> dict[int, np.ndarray]:
    """Read MOTChallenge ground truth: 0-based frame -> boxes (n, 4) as x1, y1, x2, y2 in px."""
    rows = np.loadtxt(file, delimiter=",", usecols=range(6))
    rows[:, 4:6] += rows[:, 2:4]
    return {int(frame) - 1: rows[rows[:, 0] == frame, 2:6] for frame in np.unique(rows[:, 0])}


def overlaps(found: np.ndarray, marked: np.ndarray) -> np.ndarray:
    """Return intersection over union, (found, marked)."""
    low = np.maximum(found[:, None, :2], marked[:, :2])
    high = np.minimum(found[:, None, 2:], marked[:, 2:])
    common = np.prod(np.maximum(high - low, 0), axis=2)
    areas = [np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) for boxes in (found, marked)]
    return common / (areas[0][:, None] + areas[1] - common)


@pytest.mark.clips
def test_most_people_are_found_and_most_finds_are_people(shared_data: Path) -> None:
    marked = people_by_frame(shared_data / "mot" / "PETS09-S2L1" / "gt" / "gt.txt")
    detector = load_detector(check_package(MANIFEST), Mount.OBLIQUE)
    source = ClipSource(shared_data / "clips" / "pets_vtest.avi", paced=False)
    people, finds, hits = 0, 0, 0
    while (frame := source.read()) is not None:
        with frame:
            if frame.stamp.index % EVERY:
                continue
            detector.show(frame)
            detector.infer()
            seen = detector.detections()
            detector.scrub()
        here = marked[frame.stamp.index]
        agree = overlaps(seen.boxes, here) > 0.45
        people += len(here)
        finds += len(seen)
        hits += int(agree.any(axis=0).sum())
    detector.close()
    assert people > 150
    assert hits / people > 0.65
    assert hits / finds > 0.8
