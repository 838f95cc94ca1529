"""Tell how well a detector package sees the people of the demo clip.

python -m models.render.check MODEL_FOLDER [--clip FOLDER] [--every N]

Runs in the firmware's own environment. For everybody near the line it prints in how many frames
the best box that overlaps theirs (intersection over union above 0.4) scores more than 0.4.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from fanlight.domain.mount import Mount
from fanlight.vision.detector import load_detector
from fanlight.vision.frame import Frame, Layout, Stamp
from fanlight.vision.package import check_package

GOOD_SCORE = 0.4
SAME_BODY = 0.4
NEAR = 0.09
"""A box centre is near the line within this part of the picture's height."""


@dataclass(frozen=True, slots=True)
class Sight:
    """The best score of one visible person in one frame, 0 when not found."""

    who: str
    near: bool
    score: float


class Looker:
    """A detector package, asked for boxes in px of any picture."""

    def __init__(self, folder: Path) -> None:
        self._detector = load_detector(check_package(folder / "manifest.toml"), Mount.OBLIQUE)

    def look(self, picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return boxes (n, 4) px as x1, y1, x2, y2 and scores (n,) of a BGR picture."""
        size = picture.shape[1], picture.shape[0]
        with Frame(picture, Layout.BGR, size, Stamp(0, 0, 0)) as frame:
            self._detector.show(frame)
            self._detector.infer()
            found = self._detector.detections()
        return found.boxes, found.scores


def overlaps(boxes: np.ndarray, body: np.ndarray) -> np.ndarray:
    """Return intersection over union of boxes (n, 4) with one body's box (4,)."""
    low, high = np.maximum(boxes[:, :2], body[:2]), np.minimum(boxes[:, 2:], body[2:])
    shared = np.clip(high - low, 0.0, None).prod(axis=1)
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    return shared / (areas + (body[2:] - body[:2]).prod() - shared)


def sights(looker: Looker, folder: Path, every: int) -> list[Sight]:
    """Return what the looker sees of everybody in every n-th frame of the clip."""
    truth = json.loads((folder / "doorway.json").read_text())
    people = json.loads((folder / "doorway_tracks.json").read_text())["people"]
    clip = cv2.VideoCapture(str(folder / truth["file"]))
    left, line_y, right, _ = np.array(truth["line"]) * np.tile([truth["width"], truth["height"]], 2)
    found = []
    for frame in range(truth["frames"]):
        read, picture = clip.read()
        if not read or frame % every:
            continue
        boxes, scores = looker.look(picture)
        for person in people:
            row = frame - person["first_frame"]
            if not 0 <= row < len(person["rows"]) or person["rows"][row] is None:
                continue
            body = np.array(person["rows"][row][:4], float)
            centre = (body[:2] + body[2:]) / 2.0
            near = abs(centre[1] - line_y) < NEAR * truth["height"] and left < centre[0] < right
            best = scores[overlaps(boxes, body) > SAME_BODY].max(initial=0.0)
            found.append(Sight(person["who"], bool(near), float(best)))
    return found


def share(found: list[Sight]) -> str:
    """Return in how many of the sights the person is found well, as text."""
    good = sum(sight.score > GOOD_SCORE for sight in found)
    return f"{good:4d} of {len(found):4d} ({good / max(len(found), 1):4.0%})"


def main() -> None:
    """Print one line a person and the sums."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path, help="folder with a manifest.toml")
    parser.add_argument("--clip", type=Path, default=Path(__file__).parent / "demo")
    parser.add_argument("--every", type=int, default=2, help="look at every n-th frame")
    arguments = parser.parse_args()
    found = sights(Looker(arguments.model), arguments.clip, arguments.every)
    for who in dict.fromkeys(sight.who for sight in found):
        own = [sight for sight in found if sight.who == who]
        near = [sight for sight in own if sight.near]
        sys.stdout.write(f"{who:18}  near the line {share(near)}  anywhere {share(own)}\n")
    near = [sight for sight in found if sight.near]
    sys.stdout.write(f"{'everybody':18}  near the line {share(near)}  anywhere {share(found)}\n")


if __name__ == "__main__":
    main()
