"""Real-valued maps -> people, plainly; the device reads the stored bytes in the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from models.train.targets import CELL_PX

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

MOST = 100


class Maps(NamedTuple):
    """What the network says of one picture: `heat` logits (h, w), `logs` (4, h, w)."""

    heat: Floats
    logs: Floats


def decode(maps: Maps, least_logit: float, overlap: float) -> tuple[Floats, Floats]:
    """Return boxes (n, 4) in px and logits (n,), best first, overlapping ones suppressed."""
    highest = cv2.dilate(maps.heat, np.ones((3, 3), np.uint8))
    rows, columns = np.nonzero((maps.heat == highest) & (maps.heat >= least_logit))
    logits = maps.heat[rows, columns]
    best = np.argsort(-logits, kind="stable")[:MOST]
    rows, columns, logits = rows[best], columns[best], logits[best]
    points = np.stack((columns, rows), 1) + 0.5
    distances = np.exp(maps.logs[:, rows, columns].T)
    boxes = np.hstack((points - distances[:, :2], points + distances[:, 2:])) * CELL_PX
    size = np.array(maps.heat.shape[::-1]) * CELL_PX
    boxes = np.clip(boxes, 0, np.tile(size, 2))
    kept: list[int] = []
    for place in range(len(boxes)):
        if not kept or intersection_over_union(boxes[place], boxes[kept]).max() <= overlap:
            kept.append(place)
    return boxes[kept].astype(np.float32), logits[kept]


def intersection_over_union(box: Floats, others: Floats) -> Floats:
    """Return how much a box (4,) shares with each of others (n, 4)."""
    sides = np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2])
    shared = np.prod(np.maximum(sides, 0), axis=1)
    area = np.prod(box[2:] - box[:2])
    areas = np.prod(others[:, 2:] - others[:, :2], axis=1)
    return np.asarray(shared / (area + areas - shared + 1e-9), np.float32)
