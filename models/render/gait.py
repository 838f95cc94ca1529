"""Joint angles of walking and standing, in degrees, as functions of the gait's phase."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence


Joints = dict[str, dict[str, np.ndarray]]
"""Angles in degrees of `L`, `R` and `trunk`: an angle's name to an array with a value a pose."""


@dataclass(frozen=True, slots=True)
class Style:
    """How somebody moves: factors on the usual amplitudes, and what the arms do."""

    stride: float = 1.0
    arm_swing: float = 1.0
    lean_deg: float = 5.0
    head_down_deg: float = 8.0
    bent_left_arm: bool = False
    bent_right_arm: bool = False
    raised_left_arm: bool = False


def _bump(phase: np.ndarray, centre: float, width: float) -> np.ndarray:
    """Return a periodic bell over phase in turns, 1 at `centre`."""
    away = (phase - centre + 0.5) % 1.0 - 0.5
    return np.exp(-0.5 * (away / width) ** 2)


def leg(phase: np.ndarray, stride: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (hip flexion, knee flexion, ankle flexion) of the leg that lands at phase 0.

    Smooth fits to the usual curves of level walking (Winter, Biomechanics and Motor Control of
    Human Movement, 2009, chapter 5): extended at 0.5, toe-off at 0.6, knee peak at 0.72.
    """
    hip = 9.0 + 24.0 * stride * np.cos(2.0 * np.pi * (phase + 0.06))
    knee = 4.0 + 13.0 * stride * _bump(phase, 0.13, 0.06)
    knee = knee + 54.0 * min(stride, 1.1) * _bump(phase, 0.72, 0.095)
    ankle = 6.0 * _bump(phase, 0.4, 0.1) - 17.0 * stride * _bump(phase, 0.62, 0.06)
    return hip, knee, ankle


def arm(phase: np.ndarray, swing: float) -> tuple[np.ndarray, np.ndarray]:
    """Return (shoulder flexion, elbow flexion) of the arm beside the leg that lands at phase 0."""
    forward = -np.cos(2.0 * np.pi * (phase + 0.03))
    return -4.0 + 17.0 * swing * forward, 2.0 + 7.0 * swing * (1.0 + forward)


def joints(phase: np.ndarray, style: Style, amount: float) -> Joints:
    """Return every joint's angles for phases (n,) in turns; amount 0 stands, 1 walks.

    Keys are `L`, `R` and `trunk`; each maps an angle's name to an (n,) array.
    """
    angles: Joints = {}
    for side, shift, bent in (("L", 0.0, style.bent_left_arm), ("R", 0.5, style.bent_right_arm)):
        here = phase + shift
        hip, knee, ankle = leg(here, style.stride)
        shoulder, elbow = arm(here, style.arm_swing * style.stride)
        if bent:
            shoulder, elbow = 8.0 + 0.2 * shoulder, 84.0 + 0.2 * elbow
        elif side == "L" and style.raised_left_arm:
            shoulder, elbow = 30.0 + 0.2 * shoulder, 112.0 + 0.2 * elbow
        held = bent or (side == "L" and style.raised_left_arm)
        rest_shoulder, rest_elbow = (shoulder, elbow) if held else (-4.0, 4.0)
        angles[side] = {
            "hip": amount * hip + (1.0 - amount) * 2.0,
            "knee": amount * knee + (1.0 - amount) * 4.0,
            "ankle": amount * ankle + (1.0 - amount) * 2.0,
            "shoulder": amount * shoulder + (1.0 - amount) * rest_shoulder,
            "elbow": amount * elbow + (1.0 - amount) * rest_elbow,
            "forearm_in": np.full_like(phase, 42.0 if held else 0.0),
            "arm_down": np.full_like(phase, 33.0),
        }
    turn = np.cos(2.0 * np.pi * phase)
    angles["trunk"] = {
        "lean": np.full_like(phase, style.lean_deg * (0.3 + 0.7 * amount)),
        "pelvis_turn": 4.0 * amount * style.stride * turn,
        "chest_turn": -9.0 * amount * style.stride * turn,
        "sway": 2.0 * amount * np.cos(2.0 * np.pi * (phase - 0.15)),
        "head_down": np.full_like(phase, style.head_down_deg),
        "head_turn": np.zeros_like(phase),
    }
    return angles


def together(poses: Sequence[Joints]) -> Joints:
    """Return several sets of poses as one, in their order."""
    return {
        part: {name: np.concatenate([pose[part][name] for pose in poses]) for name in angles}
        for part, angles in poses[0].items()
    }
