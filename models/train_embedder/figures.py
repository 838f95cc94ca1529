"""Pictures for an embedder's card: how alike pairs are, and the pairs it gets most wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from models.train_embedder.evaluate import LEAST_PAIRS, groups

if TYPE_CHECKING:
    from models.train_embedder.evaluate import Measured

PANEL = (300, 190)
COLUMNS = 3
BINS = np.linspace(-1.0, 1.0, 61)
SAME_BGR, DIFFERENT_BGR, INK = (170, 110, 20), (60, 90, 220), (40, 40, 40)
CELL_PX = 72
WORST = 16


def distributions(measured: Measured) -> np.ndarray:
    """Return histograms of cosines, a panel a group: blue of one person, red of two; BGR."""
    panels = []
    for name, chosen in groups(measured).items():
        same = measured.pairs.same[chosen]
        if min(int(same.sum()), int((~same).sum())) >= LEAST_PAIRS:
            likeness = measured.likeness[chosen]
            panels.append(_panel(name, likeness[same], likeness[~same]))
    blank = np.full_like(panels[0], 255)
    panels += [blank] * (-len(panels) % COLUMNS)
    rows = [np.hstack(panels[start : start + COLUMNS]) for start in range(0, len(panels), COLUMNS)]
    return np.vstack(rows)


def _panel(name: str, same: np.ndarray, different: np.ndarray) -> np.ndarray:
    width, height = PANEL
    panel = np.full((height, width, 3), 255, np.uint8)
    base, top = height - 25, 30
    for values, colour in ((different, DIFFERENT_BGR), (same, SAME_BGR)):
        shares = np.histogram(values, BINS)[0] / len(values)
        across = 10 + (BINS[:-1] + BINS[1:] + 2) / 4 * (width - 20)
        down = base - shares / 0.2 * (base - top)
        points = np.stack([across, np.maximum(down, top)], 1).round().astype(np.int32)
        cv2.polylines(panel, [points], isClosed=False, color=colour, thickness=2)
    cv2.line(panel, (10, base), (width - 10, base), INK, 1)
    font = cv2.FONT_HERSHEY_SIMPLEX
    cv2.putText(panel, name, (8, 18), font, 0.42, INK, 1, cv2.LINE_AA)
    for value in (-1, -0.5, 0, 0.5, 1):
        x = round(10 + (value + 1) / 2 * (width - 20))
        cv2.line(panel, (x, base), (x, base + 4), INK, 1)
        cv2.putText(panel, f"{value:g}", (x - 9, height - 6), font, 0.36, INK, 1, cv2.LINE_AA)
    return panel


def failures(measured: Measured) -> np.ndarray:
    """Return the least alike pairs of one person, then the most alike of two; RGB, rendered."""
    same = measured.pairs.same
    worst = np.argsort(np.where(same, measured.likeness, np.inf))
    most = np.argsort(np.where(same, -np.inf, measured.likeness))[::-1]
    return np.vstack([_strip(measured, _spread(measured, order)) for order in (worst, most)])


def _spread(measured: Measured, order: np.ndarray) -> list[int]:
    """Return the first WORST pairs in which nobody comes twice."""
    chosen: list[int] = []
    known: set[int] = set()
    for pair in order.tolist():
        people = set(measured.people[pair].tolist())
        if not people & known:
            chosen.append(pair)
            known |= people
        if len(chosen) == WORST:
            break
    return chosen


def _strip(measured: Measured, pairs: list[int]) -> np.ndarray:
    columns = []
    for pair in pairs:
        cells = []
        for row in measured.pairs.rows[pair]:
            x1, y1, x2, y2 = measured.crops.boxes[row].astype(int)
            cell = cv2.resize(measured.crops.pixels[row][y1:y2, x1:x2], (CELL_PX, CELL_PX))
            cells.append(cv2.copyMakeBorder(cell, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=[255] * 3))
        columns.append(np.vstack(cells))
    strip = np.hstack(columns)
    return cv2.copyMakeBorder(strip, 4, 4, 0, 0, cv2.BORDER_CONSTANT, value=[255] * 3)
