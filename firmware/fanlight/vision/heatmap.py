"""A heat map's peaks -> people as boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fanlight.ports.errors import Rejected
from fanlight.vision.ssd import real_values, stored_bytes, suppress

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fanlight.vision.interpreter import TensorSpec
    from fanlight.vision.model import HeatmapManifest

MOST_CANDIDATES = 100
_NOTHING = np.empty((0, 4), np.float32), np.empty(0, np.float32)


class HeatmapDecoder:
    """Decodes a network that marks heads on one map and tells the box's sides on another.

    Sources: Zhou et al., Objects as Points, 2019 (a peak is as high as its eight neighbours); Tian
    et al., FCOS, 2019 (distances to four sides). Bytes are compared as they are stored: what does
    not reach the floor is never looked at, what does is a peak or goes, and tables of 256 entries
    turn the rest into real numbers.

    Raises:
        Rejected: the outputs do not fit the manifest.
    """

    def __init__(
        self, specs: tuple[TensorSpec, ...], manifest: HeatmapManifest, score_floor: float
    ) -> None:
        subcells = manifest.maps.subcells
        self._heat_at, self._box_at = _find_outputs(specs, manifest)
        heat, box = specs[self._heat_at], specs[self._box_at]
        logits = manifest.maps.score_slope * real_values(heat) + manifest.maps.score_offset
        self._score_of = (1 / (1 + np.exp(-logits))).astype(np.float32)
        passing = stored_bytes(heat)[self._score_of >= score_floor]
        self._lowest = passing.min() if len(passing) else None
        self._overlap = manifest.overlap
        down, across = _fine_places(heat.shape[1], heat.shape[2], subcells)
        rows, columns = heat.shape[1] * subcells, heat.shape[2] * subcells
        self._order = down * columns + across
        self._around = _neighbours(down, across, rows, columns)
        extent = np.array((columns, rows, columns, rows), np.float32)
        points = np.stack((across, down, across, down), axis=1) + np.float32(0.5)
        self._point_at = (points / extent).astype(np.float32)
        self._sides = np.array((-1, -1, 1, 1), np.float32) / extent
        self._distance_of = np.exp(real_values(box) - np.float32(manifest.maps.distance_shift))

    def decode(
        self, outputs: tuple[NDArray[Any], ...]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return boxes (n, 4) as x1, y1, x2, y2 in fractions of the input, and scores (n,).

        Best first, overlapping ones suppressed, at most 100 peaks considered.
        """
        if self._lowest is None:
            return _NOTHING
        heat = outputs[self._heat_at].reshape(-1)
        high = (heat >= self._lowest).nonzero()[0]
        if not len(high):
            return _NOTHING
        stored = heat[high]
        is_peak = stored == heat[self._around[high]].max(axis=1)
        peaks, stored = high[is_peak], stored[is_peak]
        if len(peaks) > 1:
            falling = self._order[peaks] - stored.astype(np.intp) * self._order.size
            best = np.argsort(falling)[:MOST_CANDIDATES]
            peaks, stored = peaks[best], stored[best]
        boxes = self._boxes(outputs[self._box_at], peaks)
        scores = self._score_of[stored.view(np.uint8)]
        if len(peaks) == 1:
            return boxes, scores
        kept = suppress(boxes, self._overlap)
        return boxes[kept], scores[kept]

    def _boxes(self, cells: NDArray[Any], peaks: NDArray[np.intp]) -> NDArray[np.float32]:
        codes = cells.reshape(-1, 4)[peaks].view(np.uint8)
        boxes: NDArray[np.float32] = self._distance_of[codes]
        boxes *= self._sides
        boxes += self._point_at[peaks]
        np.maximum(boxes, 0, out=boxes)
        return np.minimum(boxes, 1, out=boxes)


def _fine_places(
    rows: int, columns: int, subcells: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return row and column of every point, in the order in which a map of cells stores them."""
    row, column, down, across = np.indices((rows, columns, subcells, subcells)).reshape(4, -1)
    return row * subcells + down, column * subcells + across


def _neighbours(
    down: NDArray[np.intp], across: NDArray[np.intp], rows: int, columns: int
) -> NDArray[np.intp]:
    """Return where each point's square of nine is stored, (n, 9); at a border some twice."""
    stored_at = np.empty((rows, columns), np.intp)
    stored_at[down, across] = np.arange(len(down))
    steps = np.arange(-1, 2)
    near_down = np.clip(down[:, None, None] + steps[:, None], 0, rows - 1)
    near_across = np.clip(across[:, None, None] + steps, 0, columns - 1)
    around: NDArray[np.intp] = stored_at[near_down, near_across].reshape(-1, 9)
    return around


def _find_outputs(specs: tuple[TensorSpec, ...], manifest: HeatmapManifest) -> tuple[int, int]:
    """Tell the map of heads from that of boxes by their shapes."""
    points = manifest.maps.subcells**2
    places = {
        spec.shape[3]: place
        for place, spec in enumerate(specs)
        if spec.dtype.itemsize == 1 and spec.scale > 0 and len(spec.shape) == 4
    }
    heat, box = places.get(points), places.get(4 * points)
    if heat is None or box is None or specs[heat].shape[:3] != specs[box].shape[:3]:
        found = ", ".join(f"{spec.dtype} {spec.shape}" for spec in specs)
        raise Rejected(
            "detector",
            f"{manifest.file} has outputs {found}; kind 'heatmap' with {manifest.maps.subcells} "
            f"subcells needs 8-bit maps with {points} and {4 * points} channels: use the files of "
            "one model package",
        )
    return heat, box
