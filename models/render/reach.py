"""How far light and shadow reach: shadow maps' matrices, and what people change in a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from models.render.cast import Figure
    from models.render.scene import Light

Area = tuple[int, int, int, int]
"""x, y, width, height in px from the lower left, as OpenGL counts."""
NOWHERE: Area = (0, 0, 0, 0)
LAMP_LEAN = 0.17
"""How far the lamps' light leans from straight down: metres aside a metre down."""
EDGE_PX = 14
MIN_DEPTH_M = 0.2
EVERY = 5


def unit(vector: np.ndarray) -> np.ndarray:
    """Return the vector at length 1."""
    return vector / np.linalg.norm(vector)


def shadow_matrix(
    towards: np.ndarray, reach_m: float, centre: tuple[float, float, float]
) -> np.ndarray:
    """Return the orthographic matrix (4, 4) of light that goes `towards`, round a centre."""
    forward = unit(towards)
    right = unit(np.cross(forward, (0.0, 1.0, 0.001)))
    turn = np.stack([right, np.cross(right, forward), forward])
    matrix = np.eye(4)
    matrix[:3, :3] = turn / reach_m
    matrix[:3, 3] = -turn @ np.array(centre) / reach_m
    return matrix


def touched(
    people: list[Figure], light: Light, matrix: np.ndarray, size_px: tuple[int, int]
) -> Area:
    """Return where people or their shadows change the empty picture that `matrix` projects."""
    if not people:
        return NOWHERE
    points = np.concatenate([figure.points()[::EVERY] for figure in people])
    height = points[:, 2:]
    fall = np.array(light.sun_towards)
    sunny = points + fall * (height / -fall[2])
    below = points * (1.0, 1.0, 0.0)
    aside = LAMP_LEAN * height + 0.12
    lean_x, lean_y = aside * (1.0, 0.0, 0.0), aside * (0.0, 1.0, 0.0)
    shade = [below + lean_x, below - lean_x, below + lean_y, below - lean_y]
    return _box(np.concatenate([points, sunny, *shade]), matrix, size_px)


def _box(points: np.ndarray, matrix: np.ndarray, size_px: tuple[int, int]) -> Area:
    seen = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    if seen[:, 3].min() < MIN_DEPTH_M:
        return (0, 0, *size_px)
    at = (seen[:, :2] / seen[:, 3:] * 0.5 + 0.5) * size_px
    low = np.clip(at.min(axis=0) - EDGE_PX, 0, size_px).astype(int)
    width, height = (np.clip(at.max(axis=0) + EDGE_PX, 0, size_px).astype(int) - low).tolist()
    left, bottom = low.tolist()
    return (left, bottom, width, height) if width and height else NOWHERE
