"""Whose past a new body has: a lost body's, or that of the one it came out from behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fanlight.domain.assignment import FREE
from fanlight.domain.motion import (
    BESIDE,
    BIRTH,
    BORN_S,
    LAST,
    LOG_H,
    PLACE,
    SEEN_S,
    SHAPE,
    VELOCITY,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

TENTATIVE = 0
"""The id of a body that is not confirmed yet."""


@dataclass(frozen=True, slots=True)
class ContinuitySettings:
    """When two tracks are one body, or two that walk together.

    A new track within `stitch_reach` body widths and heights of where a lost one should be
    continues it. A body first seen when it shared at least `beside` of its area with another,
    as tall as the other but for a factor of `stature` and walking along with it faster than
    `pace` body lengths a second, but for a share of `stray` of that speed, was hidden by it for
    the last `hidden_s` seconds at least.
    """

    stitch_reach: float = 0.7
    beside: float = 0.12
    stature: float = 1.3
    pace: float = 0.3
    stray: float = 1.1
    hidden_s: float = 0.7


def lost_half(
    states: NDArray[np.float64], ids: NDArray[np.int64], row: int, settings: ContinuitySettings
) -> int:
    """Find the row of the lost track that a new one continues, or -1.

    Where the lost one should be by now is compared with where the new one is, and where it was
    last seen with where the new one began; the smaller distance decides.
    """
    gone = (ids != TENTATIVE) & (states[SEEN_S] < states[BORN_S, row])
    if not gone.any():
        return FREE
    size = np.exp(states[SHAPE])
    now = np.hypot(*((states[PLACE] - states[PLACE, row, None]) / size))
    then = np.hypot(*((states[LAST] - states[BIRTH, row, None]) / size))
    apart = np.where(gone, np.minimum(now, then), np.inf)
    best = int(apart.argmin())
    return best if apart[best] <= settings.stitch_reach else FREE


def adopt(states: NDArray[np.float64], row: int, lost: int) -> None:
    """Give a new track the beginning of the lost one that it continues, in place."""
    states[BIRTH, row] = states[BIRTH, lost]
    states[BORN_S, row] = states[BORN_S, lost]


def come_along(
    states: NDArray[np.float64], ids: NDArray[np.int64], row: int, settings: ContinuitySettings
) -> None:
    """Date a new track back if it came out from behind another that it walks with, in place.

    Without this, the one of two people abreast who was hidden until they reached the line
    would seem to begin on the line, and never to have come from anywhere.
    """
    companions = np.flatnonzero((ids == states[BESIDE, row]) & (ids != TENTATIVE))
    if not companions.size:
        return
    new, old = states[:, row], states[:, companions[0]]
    body = float(np.exp(old[SHAPE].mean()))
    speed = float(np.hypot(*old[VELOCITY])) / body
    stray = float(np.hypot(*(new[VELOCITY] - old[VELOCITY]))) / body
    in_sight = old[SEEN_S] >= new[SEEN_S] and old[BORN_S] <= new[BORN_S] - settings.hidden_s
    as_tall = abs(new[LOG_H] - old[LOG_H]) <= np.log(settings.stature)
    if in_sight and as_tall and speed >= settings.pace and stray <= settings.stray * speed:
        states[BIRTH, row] -= old[VELOCITY] * settings.hidden_s
        states[BORN_S, row] -= settings.hidden_s
