"""Everything that one picture shows, ready to be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True)
class Vertices:
    """What a scene shows, as vertices; the last `moving` people of all are drawn last.

    `solid` and `panes` (n, meshes.FLOATS), `bodies` (p * v, people.FLOATS), `outfits` (p, 8, 4),
    `numbers` (p,) each person's number, `carts` the numbers of labelled things.
    """

    solid: np.ndarray
    panes: np.ndarray
    bodies: np.ndarray
    outfits: np.ndarray
    numbers: np.ndarray
    carts: np.ndarray
    moving: int
