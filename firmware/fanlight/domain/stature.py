"""How tall a body is, from its box and the ground plane.

A box says little about its body's height where the camera looks straight down, and much where it
looks from the side. So each look gives a distribution over statures: for every stature of a grid,
an upright body of usual proportions is put where its box would have the same middle, and the box
it would have is compared with the box seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fanlight.domain.ground_plane import GroundPlane

_MODELLED_M: Final = np.linspace(0.8, 2.2, 15)
STATURES_M: Final = np.linspace(0.8, 2.2, 29)
_RINGS: Final = np.array(
    [(0.0, 0.12), (0.46, 0.16), (0.62, 0.165), (0.81, 0.145), (0.93, 0.07), (1.01, 0.04)]
)
"""Heights and radii of a walking, clothed body, as shares of its stature."""
_COLUMNS, _ROWS = 11, 9
_CENTRING_STEPS = 3
_POINTS = 8


@dataclass(frozen=True, slots=True)
class StatureSettings:
    """What is known of bodies before one is looked at.

    Statures are about `mean_m`, give or take `spread_m`; how far a body reaches sideways differs
    by a share of `stance` with posture, clothes and the way it faces; boxes are wrong by a share of
    `box`. A look that fits no stature within `misfit` standard deviations tells nothing, nor does a
    box nearer than `margin` of the picture's width to its border.
    """

    mean_m: float = 1.55
    spread_m: float = 0.35
    stance: float = 0.22
    box: float = 0.08
    misfit: float = 3.0
    margin: float = 0.006


class StatureScale:
    """Reads statures off boxes in a picture of that size whose floor is `plane`; units are px."""

    def __init__(
        self,
        plane: GroundPlane,
        width: float,
        height: float,
        settings: StatureSettings = StatureSettings(),
    ) -> None:
        self._size = np.array([width, height])
        self._settings = settings
        self._sizes, self._doubts = _usual_boxes(plane, self._size, settings)
        self._prior = ((STATURES_M - settings.mean_m) / settings.spread_m) ** 2

    def estimate(self, boxes: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return mean and standard deviation in metres (n, 2) of boxes (n, 4); nan says nothing."""
        sides = boxes[:, 2:] - boxes[:, :2]
        with np.errstate(divide="ignore", invalid="ignore"):
            seen = np.log(sides)
        usual, doubts = self._at((boxes[:, :2] + boxes[:, 2:]) * 0.5)
        misfits = ((seen[:, None] - usual) ** 2 / doubts).sum(axis=2)
        misfits = np.where(np.isnan(misfits), np.inf, misfits)
        whole = self._is_whole(boxes) & (misfits.min(axis=1) <= self._settings.misfit**2)
        costs = np.where(whole[:, None], misfits, 0.0) + self._prior
        weights = np.exp(-0.5 * (costs - costs.min(axis=1, keepdims=True)))
        weights /= weights.sum(axis=1, keepdims=True)
        mean = weights @ STATURES_M
        spread = np.sqrt(np.maximum(weights @ STATURES_M**2 - mean**2, 0.0))
        return np.where(whole[:, None], np.stack([mean, spread], axis=1), np.nan)

    def _is_whole(self, boxes: NDArray[np.float64]) -> NDArray[np.bool_]:
        margin = self._settings.margin * self._size[0]
        inside = (boxes[:, :2] >= margin) & (boxes[:, 2:] <= self._size - margin)
        whole: NDArray[np.bool_] = inside.all(axis=1)
        return whole

    def _at(self, middles: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return usual log sizes and their variances (n, statures, 2) at middles (n, 2)."""
        last = np.array([_COLUMNS - 1, _ROWS - 1])
        with np.errstate(invalid="ignore"):
            places = np.clip(np.nan_to_num(middles / self._size), 0.0, 1.0) * last
        low = np.minimum(places.astype(np.int64), last - 1)
        share = (places - low)[:, :, None, None]
        sizes, doubts = (self._between(table, low, share) for table in (self._sizes, self._doubts))
        return sizes, doubts

    @staticmethod
    def _between(
        table: NDArray[np.float64], low: NDArray[np.int64], share: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        x, y = low[:, 0], low[:, 1]
        upper = table[y, x] * (1.0 - share[:, 0]) + table[y, x + 1] * share[:, 0]
        lower = table[y + 1, x] * (1.0 - share[:, 0]) + table[y + 1, x + 1] * share[:, 0]
        between: NDArray[np.float64] = upper * (1.0 - share[:, 1]) + lower * share[:, 1]
        return between


def _usual_boxes(
    plane: GroundPlane, size: NDArray[np.float64], settings: StatureSettings
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return log widths and heights of usual bodies, and their variances.

    Both are (rows, columns, statures, 2); every other stature is the mean of its neighbours.
    """
    x, y = np.meshgrid(np.linspace(0, size[0], _COLUMNS), np.linspace(0, size[1], _ROWS))
    shape = (_ROWS, _COLUMNS, len(_MODELLED_M))
    middles = np.broadcast_to(np.stack([x, y], axis=-1)[:, :, None, :], (*shape, 2)).reshape(-1, 2)
    statures = np.broadcast_to(_MODELLED_M, shape).reshape(-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        aimed = middles.copy()
        for _ in range(_CENTRING_STEPS):
            boxes = _boxes(plane, aimed, statures, 1.0)
            aimed += middles - (boxes[:, :2] + boxes[:, 2:]) * 0.5
        thin, usual, thick = (
            np.log(box[:, 2:] - box[:, :2])
            for box in (_boxes(plane, aimed, statures, breadth) for breadth in (0.8, 1.0, 1.25))
        )
    swing = (thick - thin) / (np.log(1.25) - np.log(0.8)) * settings.stance
    doubts = swing**2 + settings.box**2
    return _doubled(usual.reshape(*shape, 2)), _doubled(doubts.reshape(*shape, 2))


def _doubled(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Put the mean of each two neighbours along the statures between them."""
    between = (table[:, :, :-1] + table[:, :, 1:]) * 0.5
    doubled = np.empty((*table.shape[:2], len(STATURES_M), 2))
    doubled[:, :, ::2], doubled[:, :, 1::2] = table, between
    return doubled


def _boxes(
    plane: GroundPlane,
    aimed: NDArray[np.float64],
    statures: NDArray[np.float64],
    breadth: float,
) -> NDArray[np.float64]:
    """Return the boxes (n, 4) of bodies whose half height stands at the pixels `aimed` (n, 2)."""
    rays = plane.rays(aimed)
    ways = (statures * 0.5 - plane.height_m) / rays[:, 2]
    feet = np.where(ways[:, None] > 0.0, rays[:, :2] * ways[:, None], np.nan)
    around = np.arange(_POINTS) * (2.0 * np.pi / _POINTS)
    ring = np.stack([np.cos(around), np.sin(around)], axis=1) * breadth
    body = np.concatenate(
        [np.column_stack([ring * radius, np.full(_POINTS, level)]) for level, radius in _RINGS]
    )
    points = body * statures[:, None, None]
    points[..., :2] += feet[:, None]
    pixels = plane.pixels(points.reshape(-1, 3)).reshape(len(statures), -1, 2)
    return np.concatenate([pixels.min(axis=1), pixels.max(axis=1)], axis=1)
