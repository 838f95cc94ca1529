# ruff: noqa: INP001 - a program's part, not a package
"""What attackers learn from a sketch whose noise they know everything about but its value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fanlight.domain.revisit_features import LENGTH
from fanlight.domain.revisits import draw_noise

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from retention_scene import Card, Shop

    from fanlight.domain.discrete_gaussian import RandBelow
    from fanlight.domain.privacy_budget import Noise

    Numbers = NDArray[np.float64]


TURNS = 8
PHOTOS = 25


def auc(present: Numbers, absent: Numbers) -> float:
    """Return how often a score of somebody present is above one of somebody absent."""
    order = np.argsort(np.concatenate([present, absent]), kind="stable")
    ranks = np.empty(len(order))
    ranks[order] = np.arange(1, len(order) + 1)
    above = ranks[: len(present)].sum() - len(present) * (len(present) + 1) / 2
    return float(above / (len(present) * len(absent)))


def exact_embedding_auc(
    shop: Shop, card: Card, noise: Noise, randbelow: RandBelow, draws: int
) -> float:
    """Attack with the exact embedding, everybody else known: only the noise hides the one.

    Each draw of noise hides so many people in turn; their scores are all but independent.
    """
    vectors = card.vectors(shop.look(shop.people(TURNS, shop.site_mean))).astype(np.float64)
    lengths = np.linalg.norm(vectors, axis=1)
    hidden, empty = (
        np.array([draw_noise(noise, randbelow)[:-1] for _draw in range(draws)]) @ vectors.T
        for _present in (True, False)
    )
    return auc((hidden / lengths + lengths).ravel(), (empty / lengths).ravel())


def fresh_photo_auc(shop: Shop, card: Card, noise: Noise, visitors: int, crowds: int) -> float:
    """Attack with another picture of people who came once, the other visitors unknown."""
    present, absent = [], []
    for _crowd in range(crowds):
        crowd = shop.people(visitors, shop.site_mean)
        sums = card.vectors(shop.look(crowd)).sum(axis=0) / LENGTH
        sums = sums + noise.sigma * shop.rng.standard_normal(len(sums))
        others = shop.people(PHOTOS, shop.site_mean)
        photos = card.vectors(shop.look(np.concatenate([crowd[:PHOTOS], others]))) / LENGTH
        scores = photos @ sums
        present += scores[:PHOTOS].tolist()
        absent += scores[PHOTOS:].tolist()
    return auc(np.array(present), np.array(absent))
