"""Crops -> the network's pictures: cut as the device cuts, and in training made more varied."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from models.train_embedder.config import Input

BAR_GREY = 127
LEVELS = np.arange(256)[:, None] / 255.0
NOISE = np.random.default_rng(5).standard_normal(1 << 18, np.float32)
"""Drawn once: a picture takes its noise from a random place in it."""
SHAKE = 0.05
"""How far a detector's box sides lie from the true ones: deviation, as a share of its size."""


def shown(pixels: np.ndarray, box: np.ndarray, wanted: Input) -> np.ndarray:
    """Return what the device shows the network of a box, (side, side, 3) uint8.

    The same window, in even px, and the same shrinking as `fanlight.vision.embedder`, within a
    picture that is all there is.
    """
    high, wide = pixels.shape[:2]
    (x1, y1), (x2, y2) = box[:2], box[2:]
    least = max(8.0, (x2 - x1) / 16, (y2 - y1) / 16)
    left, right = _span(x1, x2, wanted.margin, least, wide)
    top, bottom = _span(y1, y2, wanted.margin, least, high)
    window = pixels[top:bottom, left:right]
    across = down = wanted.side
    if wanted.fit == "letterbox":
        shrink = wanted.side / max(window.shape[:2])
        down, across = (2 * round(side * shrink / 2) for side in window.shape[:2])
    picture = np.full((wanted.side, wanted.side, 3), BAR_GREY, np.uint8)
    picture[:down, :across] = cv2.resize(window, (across, down), interpolation=cv2.INTER_LINEAR)
    return picture


def _span(start: float, end: float, margin: float, least: float, available: int) -> tuple[int, int]:
    """Return where a side of the window starts and ends."""
    length, centre = max((end - start) * (1 + 2 * margin), least), (start + end) / 2
    most = available // 2 * 2
    first = min(max(2 * int((centre - length / 2) // 2), 0), max(most - 8, 0))
    last = min(max(2 * int(-(-(centre + length / 2) // 2)), first + 8), max(most, 8))
    return first, last


def varied(
    pixels: np.ndarray, box: np.ndarray, wanted: Input, rng: np.random.Generator
) -> np.ndarray:
    """Return another picture of the same person: as another camera or detector might have it."""
    size = np.tile(box[2:] - box[:2], 2)
    shaken = box + np.clip(rng.normal(0.0, SHAKE, 4), -0.15, 0.15) * size
    if rng.random() < 0.2:
        pixels = _coarser(pixels, size, rng)
    picture = shown(pixels, shaken, wanted)
    if rng.random() < 0.5:
        picture = cv2.flip(picture, 1)
    if rng.random() < 0.12:
        picture = _hidden(picture, rng)
    return _relit(picture, rng)


def _coarser(pixels: np.ndarray, size: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the picture as if taken from farther away, or softer."""
    shrink = min(rng.uniform(18.0, 40.0) / float(size.max()), 1.0)
    if shrink == 1.0:
        return cv2.GaussianBlur(pixels, (0, 0), rng.uniform(0.4, 1.2))
    high, wide = pixels.shape[:2]
    small = (max(round(wide * shrink), 4), max(round(high * shrink), 4))
    return cv2.resize(cv2.resize(pixels, small, interpolation=cv2.INTER_AREA), (wide, high))


def _hidden(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the picture with a rectangle of one colour before it."""
    side = len(picture)
    high, wide = (rng.uniform(0.15, 0.5, 2) * side).astype(int)
    top, left = rng.integers(0, side - high), rng.integers(0, side - wide)
    picture = picture.copy()
    picture[top : top + high, left : left + wide] = rng.integers(0, 256, 3)
    return picture


def _relit(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the picture with other exposure, white balance, contrast and noise."""
    gains = np.exp(rng.normal(0.0, 0.04, 3) + rng.normal(0.0, 0.12))
    contrast, shift = np.exp(rng.normal(0.0, 0.1)), rng.normal(0.0, 0.02)
    levels = (LEVELS * gains - 0.4) * contrast + 0.4 + shift
    picture = cv2.LUT(picture, (np.clip(levels, 0.0, 1.0) * 255.0).astype(np.uint8)[None])
    if rng.random() < 0.3:
        start = int(rng.integers(len(NOISE) - picture.size))
        noise = NOISE[start : start + picture.size].reshape(picture.shape)
        values = picture + noise * np.float32(255.0 * rng.uniform(0.005, 0.03))
        picture = np.clip(values, 0.0, 255.0).astype(np.uint8)
    return picture
