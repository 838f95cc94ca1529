"""Procedural pictures that show the quantiser the range of values a network may meet.

Cloud-like backgrounds with shapes and rough upright figures, all drawn from a seed: no photograph
and no recorded person takes part in the model's quantisation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

OCTAVES = 7


def pictures(count: int, side_px: int, seed: int) -> Iterator[np.ndarray]:
    """Yield `count` pictures, (side_px, side_px, 3) uint8 RGB, the same for the same seed."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        canvas = _clouds(rng, side_px) * rng.uniform(0.3, 1.0)
        canvas += (1.0 - rng.uniform(0.3, 1.0)) * rng.random(3)
        for _ in range(rng.integers(2, 15)):
            draw = (_ellipse, _rectangle, _figure)[rng.integers(3)]
            draw(canvas, rng, (int(rng.integers(side_px)), int(rng.integers(side_px))))
        soft = cv2.GaussianBlur(canvas, (0, 0), rng.uniform(0.3, 1.5))
        yield np.clip(soft * 255.0, 0, 255).astype(np.uint8)


def _clouds(rng: np.random.Generator, side_px: int) -> np.ndarray:
    """Return noise in OCTAVES octaves, (side_px, side_px, 3) float32 in 0..1."""
    total = np.zeros((side_px, side_px, 3), np.float32)
    for octave in range(OCTAVES):
        cells = 2 ** (octave + 1) + 1
        coarse = rng.random((cells, cells, 3)).astype(np.float32)
        fine = cv2.resize(coarse, (side_px, side_px), interpolation=cv2.INTER_CUBIC)
        total += 0.6**octave * fine
    total -= total.min()
    return total / total.max()


def _colour(rng: np.random.Generator) -> tuple[float, float, float]:
    red, green, blue = rng.random(3)
    return float(red), float(green), float(blue)


def _ellipse(canvas: np.ndarray, rng: np.random.Generator, at: tuple[int, int]) -> None:
    axes = (int(rng.integers(5, 40)), int(rng.integers(5, 90)))
    cv2.ellipse(canvas, at, axes, float(rng.uniform(0, 180)), 0, 360, _colour(rng), -1)


def _rectangle(canvas: np.ndarray, rng: np.random.Generator, at: tuple[int, int]) -> None:
    far = (at[0] + int(rng.integers(5, 150)), at[1] + int(rng.integers(5, 150)))
    cv2.rectangle(canvas, at, far, _colour(rng), -1)


def _figure(canvas: np.ndarray, rng: np.random.Generator, at: tuple[int, int]) -> None:
    """Draw a head, a trunk and two legs, the head's centre at `at`."""
    height = int(rng.integers(40, 220))
    x, y = at
    shade = rng.uniform(0.4, 1.2)
    trunk, legs = _colour(rng), _colour(rng)
    cv2.circle(canvas, at, height // 14, (0.8 * shade, 0.6 * shade, 0.5 * shade), -1)
    cv2.ellipse(canvas, (x, y + height // 4), (height // 9, height // 6), 0, 0, 360, trunk, -1)
    top, bottom = y + height * 4 // 10, y + height * 9 // 10
    cv2.rectangle(canvas, (x - height // 10, top), (x - height // 60, bottom), legs, -1)
    cv2.rectangle(canvas, (x + height // 60, top), (x + height // 10, bottom), legs, -1)
