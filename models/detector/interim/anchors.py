"""The prior boxes of the interim detector, from the rule that its training used."""

from __future__ import annotations

import numpy as np

GRIDS = (19, 10, 5, 3, 2, 1)
SCALES = (0.2, 0.35, 0.5, 0.65, 0.8, 0.95, 1.0)
FINEST_SHAPES = ((0.1, 1.0), (0.2, 2.0), (0.2, 0.5))
RATIOS = (1.0, 2.0, 0.5, 3.0, 0.3333)  # a third as the training's configuration wrote it


def prior_boxes() -> np.ndarray:
    """Return (1917, 4) float32: ymin, xmin, ymax, xmax as fractions of the input's side.

    Liu et al., SSD: Single Shot MultiBox Detector, 2016, section 2.2, with the reduced set of
    shapes on the finest grid. Rows, then columns, then shapes, grid after grid.
    """
    return np.concatenate([_grid(level) for level in range(len(GRIDS))]).astype(np.float32)


def _grid(level: int) -> np.ndarray:
    centres = (np.arange(GRIDS[level]) + 0.5) / GRIDS[level]
    y, x = np.meshgrid(centres, centres, indexing="ij")
    centre = np.stack([y, x], axis=-1)[:, :, None, :]
    half = np.array([(scale / ratio**0.5, scale * ratio**0.5) for scale, ratio in _shapes(level)])
    half = half / 2.0
    return np.concatenate([centre - half, centre + half], axis=-1).reshape(-1, 4)


def _shapes(level: int) -> tuple[tuple[float, float], ...]:
    """Return (scale, width over height) of each box in a cell."""
    if level == 0:
        return FINEST_SHAPES
    between = (SCALES[level] * SCALES[level + 1]) ** 0.5
    return (*((SCALES[level], ratio) for ratio in RATIOS), (between, 1.0))
