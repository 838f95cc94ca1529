"""Drawn bodies in their boxes, in the wardrobe of the rendered scenes, with a vest or without."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from models.render.wardrobe import SKIN, cloth

VEST_XY: Final = np.array([[0.387, 0.610], [0.356, 0.494], [0.398, 0.452], [0.460, 0.540]])
"""Corners of the colour fluorescent yellow of warning clothes (EN ISO 20471), CIE 1931."""
TO_LINEAR_RGB: Final = np.array(
    [[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]]
)
GOLDEN: Final = np.array([0.42, 0.31, 0.01])


def vest(rng: np.random.Generator) -> np.ndarray:
    """Return a warning vest's colour, linear RGB, as bright as 0.6 to 1 of white."""
    x, y = rng.dirichlet(np.ones(4)) @ VEST_XY
    bright = rng.uniform(0.6, 1.0)
    of_light = np.array([x * bright / y, bright, (1 - x - y) * bright / y])
    return np.clip(TO_LINEAR_RGB @ of_light, 0.0, None)


def body(
    rng: np.random.Generator, *, worn: np.ndarray | None = None, top: np.ndarray | None = None
) -> np.ndarray:
    """Draw a box with somebody in it, (height, width, 3) uint8, blue first.

    Light is 0.3 to 1.1 of what fills the sensor and up to 12 % too warm or too cold. A vest that
    is `worn` leaves arms and legs free, and every other one is open at the front.
    """
    height = int(rng.uniform(60, 200))
    width = int(height * rng.uniform(0.35, 0.6))
    down, across = np.mgrid[:height, :width] / np.array([height, width])[:, None, None]
    across = np.abs(across - 0.5) * 2
    picture = np.empty((height, width, 3))
    picture[:] = cloth(rng)
    picture[(across < 0.3) & (down < 0.17)] = SKIN * (0.1 + rng.beta(1.6, 1.1))
    shirt = cloth(rng) if top is None else top
    picture[(across < 0.75) & (down > 0.17) & (down < 0.52)] = shirt
    picture[(across < 0.5) & (down >= 0.52) & (down < 0.96)] = cloth(rng)
    if worn is not None:
        front = 0.12 * rng.integers(2)
        picture[(across >= front) & (across < 0.5) & (down > 0.19) & (down < 0.5)] = worn
    picture *= 1 + 0.25 * np.sin(7 * across + 4 * down + rng.uniform(0, 6))[..., None]
    return _seen(picture, rng)


def _seen(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    warm, green = rng.uniform(-0.12, 0.12), rng.uniform(-0.04, 0.04)
    light = np.exp(rng.uniform(np.log(0.3), np.log(1.1)))
    linear = np.clip(picture * light * np.array([1 + warm, 1 + green, 1 - warm]), 0.0, 1.0)
    curved = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    blurred = cv2.GaussianBlur(255 * curved, (0, 0), rng.uniform(0.5, 1.5))
    noised = blurred + rng.normal(0.0, 5.0, blurred.shape)
    return np.ascontiguousarray(np.clip(noised, 0, 255).astype(np.uint8)[..., ::-1])
