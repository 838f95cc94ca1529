"""What a detector saw on one frame, and what the tracker made of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

LARGEST = 1e7
"""No scene has coordinates beyond this; what has is rubbish."""


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
        return Detections(
            corners,
            np.asarray(scores, dtype=np.float64).reshape(-1),
            (corners[:, :2] + corners[:, 2:]) * 0.5,
        )

    @staticmethod
    def of_points(points: ArrayLike, body: float) -> Detections:
        """Return certain detections of square bodies of that width, one around each point."""
        places = np.asarray(points, dtype=np.float64).reshape(-1, 2)
        half = body * 0.5
        boxes = np.concatenate([places - half, places + half], axis=1)
        return Detections(boxes, np.ones(len(places)), places)

    def __len__(self) -> int:
        return len(self.scores)

    def usable(self) -> Detections:
        """Return the detections without the rubbish: not finite, absurdly far or without area."""
        numbers = np.concatenate([self.boxes, self.anchors, self.scores[:, None]], axis=1)
        with np.errstate(invalid="ignore"):
            fine = (np.abs(numbers) <= LARGEST).all(axis=1)
            fine &= (self.boxes[:, 2:] - self.boxes[:, :2] > LARGEST * 1e-15).all(axis=1)
        if fine.all():
            return self
        return Detections(self.boxes[fine], self.scores[fine], self.anchors[fine])


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
