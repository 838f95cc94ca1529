"""What a detector saw on one frame, and what the tracker made of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

LARGEST = 1e7
"""No scene has coordinates or bodies beyond this, nor bodies below its inverse."""
_LARGEST_LOOK = np.array([[np.log(LARGEST)], [np.log(LARGEST)], [LARGEST], [LARGEST]])


@dataclass(frozen=True, slots=True)
class Detections:
    """Bodies on one frame, in scene units.

    `boxes` (n,4) are x1,y1,x2,y2, `scores` (n,) lie in 0..1, `anchors` (n,2) are the reference
    points whose way over a line counts.
    """

    boxes: NDArray[np.float64]
    scores: NDArray[np.float64]
    anchors: NDArray[np.float64]

    @staticmethod
    def of_boxes(boxes: ArrayLike, scores: ArrayLike) -> Detections:
        """Return detections whose reference point is the centre of the box."""
        corners = np.asarray(boxes, dtype=np.float64).reshape(-1, 4)
        with np.errstate(invalid="ignore", over="ignore"):
            centres = (corners[:, :2] + corners[:, 2:]) * 0.5
        return Detections(corners, np.asarray(scores, dtype=np.float64).reshape(-1), centres)

    @staticmethod
    def of_points(points: ArrayLike, body: float) -> Detections:
        """Return certain detections of square bodies of that width, one around each point."""
        places = np.asarray(points, dtype=np.float64).reshape(-1, 2)
        half = body * 0.5
        boxes = np.concatenate([places - half, places + half], axis=1)
        return Detections(boxes, np.ones(len(places)), places)

    def __len__(self) -> int:
        return len(self.scores)

    def take(self, places: NDArray[np.int64]) -> Detections:
        """Return those detections alone."""
        return Detections(self.boxes[places], self.scores[places], self.anchors[places])

    def looks(self) -> tuple[Detections, NDArray[np.float64]]:
        """Return the detections without the rubbish, and how each looks to a tracker.

        Rubbish is what is not finite, absurdly far away or without area. A look (4, m) is the
        logarithms of the box's width and height, and the reference point's x and y.
        """
        looks = np.empty((4, len(self.scores)))
        looks[2:] = self.anchors.T
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            np.log((self.boxes[:, 2:] - self.boxes[:, :2]).T, out=looks[:2])
        sound = np.abs(looks) <= _LARGEST_LOOK
        if sound.all():
            return self, looks
        fine = sound.all(axis=0)
        return Detections(self.boxes[fine], self.scores[fine], self.anchors[fine]), looks[:, fine]


def singles(detections: Detections, most: float) -> NDArray[np.int64] | None:
    """Return the places of detections that are no part of a surer one, None if all are.

    A part shares more than `most` of its own or the surer one's area: arms, bags and shadows
    that a detector shows beside their owner. The detections are without rubbish.
    """
    count = len(detections)
    if most >= 1.0 or count < 2:
        return None
    kept: list[int] = []
    for index in np.argsort(-detections.scores, kind="stable").tolist():
        if most_shared(detections.boxes, index, kept)[0] <= most:
            kept.append(index)
    return None if len(kept) == count else np.array(sorted(kept), dtype=np.int64)


class Ending(StrEnum):
    """Why a track ended."""

    BORDER = "border"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Ended:
    """A confirmed track that will never be seen again."""

    track: int
    why: Ending


@dataclass(frozen=True, slots=True)
class Tracks:
    """The confirmed live tracks after one frame, in scene units.

    `ids` (n,) are unique and never reused; `anchors` (n,2) and `boxes` (n,4) are smoothed where
    `observed` (n,) and predicted where not; `bodies` (n,) are the square roots of the boxes'
    areas, the length by which near and far are judged; `births` (n,2) and `born_ns` (n,) are
    place and time of the very first detections. `ended` are the tracks that were live before
    and are no more.
    """

    ids: NDArray[np.int64]
    anchors: NDArray[np.float64]
    boxes: NDArray[np.float64]
    observed: NDArray[np.bool_]
    bodies: NDArray[np.float64]
    births: NDArray[np.float64]
    born_ns: NDArray[np.int64]
    ended: tuple[Ended, ...] = ()

    def __len__(self) -> int:
        return len(self.ids)


def most_shared(boxes: NDArray[np.float64], index: int, others: list[int]) -> tuple[float, int]:
    """Return the largest share of its own or the other's area that a box has in common.

    With it comes the place in `others` of the box it shares that with; `boxes` are (n,4).
    """
    if not others:
        return 0.0, 0
    box, rest = boxes[index], boxes[others]
    sides = np.minimum(box[2:], rest[:, 2:]) - np.maximum(box[:2], rest[:, :2])
    common = np.maximum(sides, 0.0).prod(axis=1)
    smaller = np.minimum((box[2:] - box[:2]).prod(), (rest[:, 2:] - rest[:, :2]).prod(axis=1))
    shares = common / smaller
    most = int(shares.argmax())
    return float(shares[most]), most
