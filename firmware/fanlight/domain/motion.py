"""How bodies move between looks: a constant-velocity Kalman filter over all tracks at once.

Positions are in scene units, times in seconds. Uncertainty is kept in body lengths, the same for
x and y, so that one setting serves near and far bodies and every frame rate.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LOG_W, LOG_H, X, Y, VX, VY, P_XX, P_XV, P_VV, LAST_X, LAST_Y, BORN_X, BORN_Y = range(13)
SEEN_S, BORN_S, HITS, EVIDENCE, BESIDE = range(13, 18)
FIELDS: Final = 18
LOOK: Final = slice(LOG_W, Y + 1)
SHAPE: Final = slice(LOG_W, LOG_H + 1)
PLACE: Final = slice(X, Y + 1)
VELOCITY: Final = slice(VX, VY + 1)
MOTION: Final = slice(X, VY + 1)
DOUBT: Final = slice(P_XX, P_VV + 1)
LAST: Final = slice(LAST_X, LAST_Y + 1)
BIRTH: Final = slice(BORN_X, BORN_Y + 1)


@dataclass(frozen=True, slots=True)
class MotionSettings:
    """How restless bodies are and how far detections can be trusted.

    `place_noise` and `start_speed` (per second) are standard deviations in body lengths,
    `push` is the spectral density of accelerations in body lengths² per s³, `shape_s` the time
    over which the box's shape is averaged, `shape_doubt` how much less a detection's place is
    trusted when its shape is off (a half-hidden body), `coast_s` the time after which an unseen
    body has lost most of its speed.
    """

    place_noise: float = 0.11
    start_speed: float = 1.4
    push: float = 1.0
    shape_s: float = 0.35
    shape_doubt: float = 4.0
    contest_doubt: float = 50.0
    coast_s: float = 15.0


def born(looks: NDArray[np.float64], at_s: float, settings: MotionSettings) -> NDArray[np.float64]:
    """Return the states (FIELDS, n) of bodies just seen for the first time.

    `looks` (4, n) are log width, log height, x and y.
    """
    states = np.zeros((FIELDS, looks.shape[1]))
    states[LOOK] = looks
    states[LAST] = states[BIRTH] = states[PLACE]
    states[P_XX] = settings.place_noise**2
    states[P_VV] = settings.start_speed**2
    states[SEEN_S] = states[BORN_S] = at_s
    states[HITS] = 1.0
    return states


def predict(states: NDArray[np.float64], step_s: float, settings: MotionSettings) -> None:
    """Move all states (FIELDS, n) forward by that time, in place."""
    states[PLACE] += states[VELOCITY] * step_s
    forward = np.array([[1.0, 2.0 * step_s, step_s**2], [0.0, 1.0, step_s], [0.0, 0.0, 1.0]])
    pushed = np.array([[step_s**3 / 3.0], [step_s**2 / 2.0], [step_s]]) * settings.push
    states[DOUBT] = forward @ states[DOUBT] + pushed


def correct(
    states: NDArray[np.float64],
    looks: NDArray[np.float64],
    contested: NDArray[np.bool_] | None,
    now_s: float,
    settings: MotionSettings,
) -> None:
    """Bring states (FIELDS, n) to what was seen of each, looks (4, n), in place.

    What is `contested` (n,) may be a picture of another body as well and moves a state less.
    """
    surprise = looks - states[LOOK]
    noise = (surprise[SHAPE] ** 2).sum(axis=0)
    noise *= settings.shape_doubt
    noise += 1.0
    if contested is not None:
        noise += settings.contest_doubt * contested
    noise *= settings.place_noise**2
    noise += states[P_XX]
    gains = states[P_XX : P_XV + 1] / noise
    states[MOTION] += (gains[:, None] * surprise[PLACE]).reshape(4, -1)
    states[P_VV] -= gains[1] * states[P_XV]
    states[P_XX : P_XV + 1] *= 1.0 - gains[0]
    states[HITS] += 1.0
    aged = 1.0 - np.exp((states[SEEN_S] - now_s) / settings.shape_s)
    shape_gain = np.maximum(1.0 / states[HITS], aged)
    if contested is not None:
        shape_gain[contested] = 0.0
    states[SHAPE] += shape_gain * surprise[SHAPE]
    states[LAST] = states[PLACE]
    states[SEEN_S] = now_s


def coast(states: NDArray[np.float64], step_s: float, settings: MotionSettings) -> None:
    """Let unseen states (FIELDS, n) lose speed, in place."""
    states[VELOCITY] *= math.exp(-step_s / settings.coast_s)
