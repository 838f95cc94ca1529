"""Where cameras hang: mostly under a ceiling above a door, some oblique, some at the side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models.render.camera import Camera

if TYPE_CHECKING:
    from collections.abc import Callable

OVERHEAD, SLANTED, OBLIQUE, SIDE = range(4)
WIDTH_PX, HEIGHT_PX = 448, 336
"""Scenes are drawn larger than the picture, which smooths edges."""
LENSES = ((52.0, 0.015), (66.0, 0.03), (86.0, 0.09), (102.0, 0.16))
"""Horizontal field and barrel distortion: Camera Module 3 cropped to 4:3 and at full width (66
degrees), the same for its Wide variant (102 degrees); fields as Raspberry Pi publishes them."""


def draw_mount(rng: np.random.Generator, view: int | None = None) -> Camera:
    """Draw a camera at x = y = 0 that looks along +y: half of them at most 25 degrees tilted.

    `view` is OVERHEAD, SLANTED, OBLIQUE or SIDE, any by default.
    """
    views: tuple[Callable[..., tuple[float, float]], ...] = (_overhead, _slanted, _oblique, _side)
    which = int(rng.choice(4, p=(0.5, 0.17, 0.2, 0.13))) if view is None else view
    tilt_deg, height_m = views[which](rng)
    field_deg, barrel = LENSES[int(rng.integers(len(LENSES)))]
    if rng.random() < 0.4:
        field_deg, barrel = rng.uniform(46.0, 104.0), rng.uniform(0.0, 0.2)
    if height_m > 4.2 and tilt_deg < 30.0:
        field_deg = min(field_deg, 86.0)
    across = np.tan(np.radians(field_deg / 2.0)) / (1.0 + barrel)
    return Camera(
        0.0, 0.0, height_m, tilt_deg, float(2.0 * np.degrees(np.arctan(across))),
        WIDTH_PX, HEIGHT_PX, barrel * rng.uniform(0.7, 1.2),
        roll_deg=rng.uniform(-180.0, 180.0) if tilt_deg < 12.0 else rng.normal(0.0, 2.5),
    )  # fmt: skip


def field_deg(camera: Camera) -> float:
    """Return the horizontal field that the picture shows, distortion included."""
    across = np.tan(np.radians(camera.hfov_deg / 2.0)) * (1.0 + camera.barrel)
    return float(2.0 * np.degrees(np.arctan(across)))


def aim(camera: Camera) -> np.ndarray:
    """Return the point of the floor at the picture's middle, (2,) m, at most 9 m away."""
    ahead = camera.height_m * np.tan(np.radians(min(camera.tilt_deg, 80.0)))
    return np.array([0.0, min(ahead, 9.0)])


def _overhead(rng: np.random.Generator) -> tuple[float, float]:
    height_m = rng.uniform(2.2, 3.6) if rng.random() < 0.72 else rng.uniform(3.4, 6.0)
    return min(abs(rng.normal(0.0, 9.0)), 25.0), height_m


def _slanted(rng: np.random.Generator) -> tuple[float, float]:
    return rng.uniform(20.0, 45.0), rng.uniform(2.2, 5.0)


def _oblique(rng: np.random.Generator) -> tuple[float, float]:
    return rng.uniform(45.0, 66.0), rng.uniform(2.1, 6.0)


def _side(rng: np.random.Generator) -> tuple[float, float]:
    if rng.random() < 0.35:
        return rng.uniform(62.0, 78.0), rng.uniform(3.0, 6.5)
    return rng.uniform(64.0, 86.0), rng.uniform(1.1, 3.2)
