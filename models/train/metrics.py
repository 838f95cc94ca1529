"""Detections against the truth of rendered stills."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from models.train.decode import intersection_over_union

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.train.shards import Still

STEPS = 200


class Verdicts(NamedTuple):
    """Every detection's logit and whether it is somebody; how many people there are in all.

    `empty` are the logits of detections in pictures without any person.
    """

    logits: NDArray[np.float64]
    right: NDArray[np.bool_]
    people: int
    empty: NDArray[np.float64]


def judge_all(
    found: list[tuple[NDArray[np.float32], NDArray[np.float32]]],
    truth: list[Still],
    share: float,
) -> Verdicts:
    """Match each picture's boxes, best first, with people that share at least so much (IoU).

    A box on somebody who is barely seen is neither right nor wrong.
    """
    logits, right, empty, people = [], [], [], 0
    for (boxes, values), still in zip(found, truth, strict=True):
        people += int(still.seen.sum())
        free = still.seen.copy()
        if not len(still.boxes):
            empty += values.tolist()
        for box, value in zip(boxes, values, strict=True):
            shares = intersection_over_union(box, still.boxes)
            taken = np.where(free, shares, 0)
            if len(taken) and taken.max() >= share:
                free[taken.argmax()] = False
                logits.append(value)
                right.append(True)
            elif not (shares[~still.seen] >= share / 2).any():
                logits.append(value)
                right.append(False)
    return Verdicts(np.array(logits, float), np.array(right, bool), people, np.array(empty, float))


def average_precision(verdicts: Verdicts) -> float:
    """Return the area under precision over recall, precision made to fall only."""
    order = np.argsort(-verdicts.logits, kind="stable")
    hits = np.cumsum(verdicts.right[order])
    precision = hits / np.arange(1, len(hits) + 1)
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    gains = verdicts.right[order] / max(verdicts.people, 1)
    return float((precision * gains).sum())


def calibrate(verdicts: Verdicts) -> tuple[float, float]:
    """Return slope and offset that turn a logit into the chance of being right.

    Source: Platt, Probabilistic Outputs, 1999; fitted with Newton's method.
    """
    design = np.stack((verdicts.logits, np.ones(len(verdicts.logits))), 1)
    weights = np.array((1.0, 0.0))
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-design @ weights))
        curve = design.T @ (design * (chance * (1 - chance) + 1e-9)[:, None])
        step = np.linalg.solve(curve + 1e-6 * np.eye(2), design.T @ (verdicts.right - chance))
        weights += step
        if np.abs(step).max() < 1e-9:
            break
    return float(weights[0]), float(weights[1])


def reliability(
    verdicts: Verdicts, slope: float, offset: float, bins: int = 10
) -> list[tuple[float, float, int]]:
    """Return for each tenth of the scores: mean score, share that is right, how many."""
    scores = 1 / (1 + np.exp(-(slope * verdicts.logits + offset)))
    places = np.minimum((scores * bins).astype(int), bins - 1)
    return [
        (
            float(scores[places == place].mean()),
            float(verdicts.right[places == place].mean()),
            int((places == place).sum()),
        )
        for place in range(bins)
        if (places == place).any()
    ]
