"""Pairs of pictures, of one person or of two, and how well a likeness tells them apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from models.render.crops import Crops

PAIRS_OF_TWO = 12
"""Pairs of two people drawn for every pair of one."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Rows of the crops, first and second (n, 2), and whether they are the same person (n,)."""

    rows: np.ndarray
    same: np.ndarray


def pairs_of(crops: Crops, lineup: np.ndarray, kind: str, rng: np.random.Generator) -> Pairs:
    """Return all pairs of one person, and for each some pairs of two people of its lineup.

    Appearance: both pictures are of one day, in different scenes. Build: they are of different
    days. The two people of a pair come from the same lineup, so from the same places and lights,
    under the same rule; `lineup` (n,) tells lineups apart.
    """
    found: list[np.ndarray] = []
    same: list[np.ndarray] = []
    for one in np.unique(lineup):
        rows = np.flatnonzero(lineup == one)
        first, second = (rows[index] for index in np.triu_indices(len(rows), 1))
        days_differ = crops.day[first] != crops.day[second]
        allowed = days_differ if kind == "build" else ~days_differ
        allowed &= crops.scene[first] != crops.scene[second]
        first, second = first[allowed], second[allowed]
        is_same = crops.person[first] == crops.person[second]
        others = np.flatnonzero(~is_same)
        count = min(len(others), PAIRS_OF_TWO * int(is_same.sum()))
        chosen = np.concatenate([np.flatnonzero(is_same), rng.choice(others, count, replace=False)])
        found.append(np.stack([first[chosen], second[chosen]], 1))
        same.append(is_same[chosen])
    return Pairs(np.concatenate(found), np.concatenate(same))


def area(likeness: np.ndarray, same: np.ndarray) -> float:
    """Return the area under the ROC curve: how often a pair of one is more alike than one of two.

    Ties count half (Mann and Whitney, 1947).
    """
    ordered, inverse, counts = np.unique(likeness, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2.0
    ones, twos = int(same.sum()), int((~same).sum())
    if not ones or not twos or not len(ordered):
        return float("nan")
    above = ranks[inverse][same].sum() - ones * (ones + 1) / 2.0
    return float(above / (ones * twos))


def interval(
    likeness: np.ndarray,
    same: np.ndarray,
    people: np.ndarray,
    rng: np.random.Generator,
    rounds: int = 200,
) -> tuple[float, float]:
    """Return the 95 % interval of `area`: a bootstrap over people, not over pairs.

    `people` (n, 2) are who is on each pair; a pair weighs as often as both were drawn.
    """
    everybody, index = np.unique(people, return_inverse=True)
    index = index.reshape(people.shape)
    areas = []
    order = np.argsort(likeness, kind="stable")
    for _ in range(rounds):
        drawn = np.bincount(rng.integers(len(everybody), size=len(everybody)),
                            minlength=len(everybody))  # fmt: skip
        weight = np.where(same, drawn[index[:, 0]], drawn[index[:, 0]] * drawn[index[:, 1]])
        areas.append(_weighted(weight[order].astype(float), same[order]))
    low, high = np.quantile(areas, (0.025, 0.975))
    return float(low), float(high)


def _weighted(weight: np.ndarray, same: np.ndarray) -> float:
    below = np.cumsum(weight * ~same)
    return float((weight * same * below).sum() / ((weight * same).sum() * below[-1]))
