"""Pictures for a model's card: where it fails on rendered stills, and how true its scores are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from models.train.decode import intersection_over_union

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from models.train.shards import Still

    Found = tuple[NDArray[np.float32], NDArray[np.float32]]

GREEN, RED, YELLOW, GREY = (60, 200, 60), (50, 50, 230), (0, 220, 255), (150, 150, 150)
COLUMNS, ROWS = 6, 3
SIDE = 320


def draw_failures(path: Path, truth: list[Still], found: list[Found], share: float) -> None:
    """Write the stills with the most mistakes: people seen (green) or missed (red), false boxes
    (yellow), people barely visible (grey).

    `found` holds boxes and scores of what is to be drawn.
    """  # noqa: D205  # the colours belong to the contract
    drawn = [_draw(still, boxes, share) for still, (boxes, _) in zip(truth, found, strict=True)]
    worst = sorted(range(len(drawn)), key=lambda place: -drawn[place][1])[: COLUMNS * ROWS]
    tiles = [drawn[place][0] for place in worst]
    rows = [np.hstack(tiles[row * COLUMNS : (row + 1) * COLUMNS]) for row in range(ROWS)]
    cv2.imwrite(str(path), np.vstack(rows), [cv2.IMWRITE_JPEG_QUALITY, 80])


def draw_reliability(path: Path, bins: list[tuple[float, float, int]]) -> None:
    """Write a plot: of boxes with that mean score (across), the share that is right (up)."""
    plot = np.full((SIDE, SIDE, 3), 255, np.uint8)
    room = SIDE - 60
    cv2.rectangle(plot, (40, 20), (40 + room, 20 + room), GREY)
    cv2.line(plot, (40, 20 + room), (40 + room, 20), GREY, 1, cv2.LINE_AA)
    for mean, right, _ in bins:
        place = (40 + round(mean * room), 20 + round((1 - right) * room))
        cv2.circle(plot, place, 4, (160, 80, 20), -1, cv2.LINE_AA)
    for text, place in (("score", (room // 2 + 20, SIDE - 12)), ("right", (2, SIDE // 2))):
        cv2.putText(plot, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.45, (0, 0, 0), 1, cv2.LINE_AA)
    cv2.imwrite(str(path), plot)


def _draw(still: Still, boxes: NDArray[np.float32], share: float) -> tuple[NDArray[np.uint8], int]:
    """Return the picture (BGR) and how many mistakes were made on it."""
    picture = cv2.cvtColor(still.picture, cv2.COLOR_RGB2BGR)
    mistakes = 0
    for box, seen in zip(still.boxes, still.seen, strict=True):
        hit = len(boxes) > 0 and intersection_over_union(box, boxes).max() >= share
        mistakes += bool(seen and not hit)
        _frame(picture, box, GREY if not seen else GREEN if hit else RED)
    for box in boxes:
        known = len(still.boxes) > 0 and intersection_over_union(box, still.boxes).max() >= share
        if not known:
            mistakes += 1
            _frame(picture, box, YELLOW)
    return picture, mistakes


def _frame(picture: NDArray[np.uint8], box: NDArray[np.float32], colour: tuple[int, ...]) -> None:
    left, top, right, bottom = (round(float(side)) for side in box)
    cv2.rectangle(picture, (left, top), (right, bottom), colour, 1)
