"""From who owns each pixel to labels: boxes, heads, how much of everybody is visible."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LEAST_PX = 6
LEAST_HEAD_PX = 4
BODY, HEAD = 1, 2
PERSON = 0


@dataclass(frozen=True, slots=True)
class Labels:
    """What is in a picture, m rows; see README.md for `visible`.

    `boxes` (m, 4) and `heads` (m, 2) float32 px, `visible` (m,) float32, `pixels` (m,) int32,
    `kinds` (m,) uint8, `numbers` (m,) int32 the owner's number within the scene.
    """

    boxes: np.ndarray
    heads: np.ndarray
    visible: np.ndarray
    pixels: np.ndarray
    kinds: np.ndarray
    numbers: np.ndarray


def read_labels(
    owner: np.ndarray, part: np.ndarray, shares: np.ndarray, kinds: np.ndarray
) -> Labels:
    """Read the labels off a picture.

    `owner` (h, w) is each pixel's owner, 0 nobody; `part` (h, w) 0 carried, 1 body, 2 head and
    shoulders. `shares` and `kinds`, by owner from 1 on, are how much of each is visible and what
    it is. Whoever covers fewer than LEAST_PX pixels is left out. Boxes end after the last pixel;
    a head is the mean of its pixels' middles, or the visible body's where no head shows.
    """
    y, x = np.nonzero(owner)
    who, what = owner[y, x].astype(np.int64), part[y, x]
    size = len(kinds) + 1
    pixels = np.bincount(who, minlength=size)
    low = np.full((size, 2), np.iinfo(np.int64).max)
    high = np.full((size, 2), -1)
    places = np.stack([x, y], 1)
    np.minimum.at(low, who, places)
    np.maximum.at(high, who, places)
    heads = _middles(places[what >= HEAD], who[what >= HEAD], size, LEAST_HEAD_PX)
    bodies = _middles(places[what >= BODY], who[what >= BODY], size, 1)
    anything = _middles(places, who, size, 1)
    heads = np.where(np.isnan(heads), np.where(np.isnan(bodies), anything, bodies), heads)
    kept = np.flatnonzero(pixels >= LEAST_PX)
    kept = kept[kept > 0]
    return Labels(
        np.concatenate([low[kept], high[kept] + 1], axis=1).astype(np.float32),
        heads[kept].astype(np.float32),
        shares[kept - 1].astype(np.float32),
        pixels[kept].astype(np.int32),
        kinds[kept - 1].astype(np.uint8),
        kept.astype(np.int32),
    )


def _middles(places: np.ndarray, who: np.ndarray, size: int, least: int) -> np.ndarray:
    """Return the mean place of everybody's pixels (size, 2), nan below `least` of them."""
    count = np.bincount(who, minlength=size)
    sums = np.stack([np.bincount(who, places[:, k], size) for k in (0, 1)], 1)
    means = np.full((size, 2), np.nan)
    enough = count >= least
    means[enough] = sums[enough] / count[enough, None] + 0.5
    return means
