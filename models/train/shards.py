"""Rendered stills with their truth, as `models.render.dataset` writes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

PERSON = 0
LEAST_VISIBLE = 0.25
LEAST_PIXELS = 40


@dataclass(frozen=True, slots=True)
class Still:
    """A picture (height, width, 3) uint8 and the people in it, in px.

    `boxes` (n, 4) hold the visible parts as x1, y1, x2, y2 and `heads` (n, 2) the middle of the
    heads. People who are barely `seen` (n,) shall neither be learned nor be held against anybody.
    """

    picture: NDArray[np.uint8]
    boxes: NDArray[np.float32]
    heads: NDArray[np.float32]
    seen: NDArray[np.bool_]


class Shard:
    """The stills of one file; trolleys and prams count as things without a label."""

    def __init__(self, path: Path) -> None:
        with np.load(path, allow_pickle=False) as arrays:
            self._pictures = arrays["images"]
            self._starts = arrays["offsets"]
            self._boxes = arrays["boxes"]
            self._heads = arrays["heads"]
            self._person = arrays["kinds"] == PERSON
            self._seen = (arrays["visible"] >= LEAST_VISIBLE) & (arrays["pixels"] >= LEAST_PIXELS)

    def __len__(self) -> int:
        return len(self._pictures)

    def __getitem__(self, place: int) -> Still:
        rows = np.arange(self._starts[place], self._starts[place + 1])
        rows = rows[self._person[rows]]
        return Still(self._pictures[place], self._boxes[rows], self._heads[rows], self._seen[rows])


def shard_paths(folder: Path) -> list[Path]:
    """Return the finished shards of a folder, in order."""
    return sorted(folder.glob("scenes-*.npz"))
