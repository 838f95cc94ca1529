"""The poses in which every body of the bank is baked: walking, standing, carrying, sitting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.render.gait import joints, together

if TYPE_CHECKING:
    from models.render.gait import Joints, Style


@dataclass(frozen=True, slots=True)
class Hold:
    """What an arm does beside swinging: bounds in degrees, drawn anew for every body."""

    shoulder: tuple[float, float]
    elbow: tuple[float, float]
    forearm_in: tuple[float, float] = (0.0, 0.0)
    arm_down: tuple[float, float] = (29.0, 37.0)


@dataclass(frozen=True, slots=True)
class Stance:
    """A pose baked at `phases` instants of the gait; one phase stands still."""

    name: str
    phases: int
    left: Hold | None = None
    right: Hold | None = None
    head_down: tuple[float, float] = (-4.0, 14.0)


CARRY = Hold((5.0, 28.0), (35.0, 72.0), (40.0, 70.0))
PUSH = Hold((20.0, 40.0), (10.0, 45.0), (25.0, 42.0))
SCREEN = Hold((18.0, 40.0), (58.0, 92.0), (45.0, 75.0))
EAR = Hold((25.0, 45.0), (132.0, 148.0), (30.0, 50.0), (28.0, 35.0))
POCKET = Hold((-16.0, -4.0), (25.0, 42.0), (25.0, 45.0), (24.0, 32.0))
CROSSED = Hold((18.0, 26.0), (72.0, 84.0), (85.0, 100.0))
REACH = Hold((55.0, 95.0), (5.0, 30.0), (15.0, 40.0))
LAP = Hold((5.0, 25.0), (15.0, 45.0), (40.0, 60.0))

STANCES = (
    Stance("walk", 12),
    Stance("carry", 6, CARRY, CARRY),
    Stance("push", 6, PUSH, PUSH),
    Stance("phone", 6, None, SCREEN, (18.0, 40.0)),
    Stance("call", 4, EAR, None),
    Stance("pockets", 4, POCKET, POCKET),
    Stance("stand", 1),
    Stance("stand phone", 1, CARRY, SCREEN, (20.0, 42.0)),
    Stance("stand arms crossed", 1, CROSSED, CROSSED),
    Stance("stand reaching", 1, REACH, None),
    Stance("sit", 1, LAP, LAP),
)
ROWS = sum(stance.phases for stance in STANCES)


def rows_of(name: str) -> range:
    """Return the rows of the bank that hold a stance."""
    first = 0
    for stance in STANCES:
        if stance.name == name:
            return range(first, first + stance.phases)
        first += stance.phases
    known = ", ".join(stance.name for stance in STANCES)
    raise KeyError(f"no stance {name!r}: take one of {known}")


def all_poses(style: Style, rng: np.random.Generator) -> Joints:
    """Return the angles of every row of the bank, for somebody who moves with this style."""
    return together([_poses(stance, style, rng) for stance in STANCES])


def _poses(stance: Stance, style: Style, rng: np.random.Generator) -> Joints:
    phase = np.arange(stance.phases) / stance.phases
    angles = joints(phase, style, 1.0 if stance.phases > 1 else 0.0)
    for side, hold in (("L", stance.left), ("R", stance.right)):
        if hold is not None:
            swing = 0.15 * angles[side]["shoulder"]
            for name in ("shoulder", "elbow", "forearm_in", "arm_down"):
                angles[side][name] = np.full_like(phase, rng.uniform(*getattr(hold, name)))
            angles[side]["shoulder"] += swing
        angles[side]["arm_down"] -= rng.uniform(0.0, 8.0)
    trunk = angles["trunk"]
    trunk["head_down"] = np.full_like(phase, rng.uniform(*stance.head_down))
    trunk["head_turn"] = np.full_like(phase, rng.normal(0.0, 12.0 if stance.phases > 1 else 30.0))
    if stance.name == "sit":
        for side in "LR":
            angles[side]["hip"] = np.full_like(phase, rng.uniform(78.0, 92.0))
            angles[side]["knee"] = np.full_like(phase, rng.uniform(75.0, 98.0))
            angles[side]["ankle"] = np.zeros_like(phase)
    return angles
