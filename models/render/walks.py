"""Ways through a door: drawn at random for few people, recorded ones for dense flows.

All ways lie in the door's frame: the counting line is y = 0, people inside have y < 0.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

APART_M = 0.42
MOST_AT_ONCE = 5
SMOOTH_S = 0.4
MARGIN_S = 0.1
SLOWEST_M_S = 0.15
RECORDED = ("juelich/040_c_56_h-.txt", "juelich/bi_corr_400_b_03.txt",
            "juelich/uo-050-180-180.txt", "hermes/bo-360-050-050.txt",
            "hermes/bo-360-090-090.txt")  # fmt: skip
"""Recordings of the Pedestrian dynamics data archive, Forschungszentrum Juelich."""


@dataclass(frozen=True, slots=True)
class Walk:
    """Somebody's way from frame `first` on: places (n, 2) m in the door's frame."""

    first: int
    places: np.ndarray
    fps: int

    @property
    def speeds(self) -> np.ndarray:
        """Metres a second at every frame, (n,)."""
        if len(self.places) < 2:
            return np.zeros(len(self.places))
        return np.linalg.norm(np.gradient(self.places, axis=0), axis=1) * self.fps

    @property
    def walked(self) -> np.ndarray:
        """Metres walked so far at every frame, (n,)."""
        steps = np.linalg.norm(np.diff(self.places, axis=0), axis=1)
        return np.concatenate([[0.0], np.cumsum(steps)])

    @property
    def headings(self) -> np.ndarray:
        """Radians as in `things.Frame` at every frame, (n,); held by who stands."""
        if len(self.places) < 2:
            return np.zeros(len(self.places))
        step = np.gradient(self.places, axis=0)
        turn = np.arctan2(step[:, 0], -step[:, 1])
        moving = self.speeds > SLOWEST_M_S
        known = np.flatnonzero(moving) if moving.any() else np.array([0])
        turn = np.unwrap(turn[known])
        return _smooth(np.interp(np.arange(len(step)), known, turn), self.fps)


def random_walks(  # noqa: PLR0913, PLR0917 - a flow has as many measures
    rng: np.random.Generator,
    fps: int,
    duration_s: float,
    opening_m: float,
    reach: tuple[float, float],
    off_m: float = 0.0,
) -> list[Walk]:
    """Draw a sparse flow both ways through an opening `off_m` behind the line.

    `reach` is how far it goes in and out.
    """
    frames = round(duration_s * fps)
    taken = np.zeros((0, frames, 2))
    walks: list[Walk] = []
    pause_s = rng.uniform(0.4, 1.6)
    start_s = rng.uniform(-6.0, -3.0)
    while start_s < duration_s - 2.0:
        group = int(rng.choice((1, 2, 3), p=(0.74, 0.2, 0.06)))
        line = _way(rng, fps, opening_m, reach, off_m)
        apart = rng.uniform(0.5, 0.68)
        for member in range(group):
            side = (member - (group - 1) / 2.0) * apart
            beside = line + np.array([side, rng.normal(0.0, 0.15)])
            walk = _clipped(beside, round(start_s * fps), frames, fps)
            if walk is not None:
                mine = _spread(walk, frames)
                if not _crowded(mine, taken):
                    taken = np.concatenate([taken, mine[None]])
                    walks.append(walk)
        start_s += rng.exponential(pause_s) + 0.3
    return walks


def _way(
    rng: np.random.Generator, fps: int, opening_m: float, reach: tuple[float, float], off_m: float
) -> np.ndarray:
    """Return the places of one way at every frame: through, back from the door, or along it."""
    inside, outside = reach
    kind = rng.choice(("through", "back", "along"), p=(0.86, 0.07, 0.07))
    free = max(opening_m / 2.0 - 0.3, 0.05)
    half = rng.uniform(-free, free)
    if kind == "along":
        y = rng.choice((-1.0, 1.0)) * rng.uniform(1.1, 2.0)
        y = off_m + 0.6 + y if off_m and y > 0.0 else y
        corners = np.array([(-5.0, y), (0.0, y + rng.normal(0.0, 0.2)), (5.0, y)])
    else:
        corners = np.array(
            [(half + rng.normal(0.0, 1.0), outside + off_m), (half, off_m + 0.8), (half, -0.8),
             (half + rng.normal(0.0, 1.0), -inside)]
        )  # fmt: skip
    if kind == "back":
        turn = rng.choice((1.0, 1.3))
        corners = np.array([corners[0], (half, turn), (half + 0.3, turn + 0.1), corners[0] + 0.4])
    if rng.random() < 0.5:
        corners = corners[::-1] if kind != "back" else corners * (1.0, -1.0)
    return _paced(corners, rng, fps)


def _paced(corners: np.ndarray, rng: np.random.Generator, fps: int) -> np.ndarray:
    """Return a walk along corners at a person's pace, rounded, now and then with a stop."""
    speed = float(np.clip(rng.normal(1.15, 0.3), 0.45, 2.1))
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(corners, axis=0), axis=1))])
    gone = np.arange(0.0, along[-1], speed / fps)
    if rng.random() < 0.1 and len(gone) > 10:
        at = int(rng.uniform(0.05, 0.3) * len(gone))
        gone = np.insert(gone, at, np.full(int(rng.uniform(1.0, 3.0) * fps), gone[at]))
    places = np.column_stack([np.interp(gone, along, corners[:, axis]) for axis in (0, 1)])
    return np.column_stack([_smooth(places[:, axis], fps) for axis in (0, 1)])


def recorded_walks(
    folder: Path, rng: np.random.Generator, fps: int, duration_s: float
) -> list[Walk]:
    """Cut a piece of `duration_s` out of a recording of a dense flow, mirrored at random.

    `folder` holds `line_crossings.json`, which tells each recording's unit, rate and line.
    """
    name = str(rng.choice(RECORDED))
    about = json.loads((folder / "line_crossings.json").read_text())[name]
    rows = np.loadtxt(folder / name, comments="#", usecols=(0, 1, 2, 3))
    scale = 0.01 if about["unit"] == "cm" else 1.0
    x1, y1, x2, y2 = (scale * value for value in about["line"])
    along = np.array([x2 - x1, y2 - y1]) / np.hypot(x2 - x1, y2 - y1)
    away = rows[:, 2:] * scale - ((x1 + x2) / 2.0, (y1 + y2) / 2.0)
    local = np.column_stack([away @ along, along[0] * away[:, 1] - along[1] * away[:, 0]])
    near = np.abs(local[:, 1]) < 0.3
    local[:, 0] -= np.median(local[near, 0])
    local *= rng.choice((-1.0, 1.0), 2)
    time_s = rows[:, 1] / about["fps"]
    first_s, last_s = np.quantile(time_s[near], (0.02, 0.9))
    start_s = rng.uniform(first_s, max(last_s - duration_s, first_s + 0.1))
    middle_s = start_s + duration_s / 2.0
    walks = []
    for person in np.unique(rows[:, 0]):
        mine = (rows[:, 0] == person) & (np.abs(time_s - middle_s) <= duration_s / 2 + MARGIN_S)
        if mine.sum() > 4:
            begin, end = time_s[mine].min() - start_s, time_s[mine].max() - start_s
            frames = np.arange(
                max(0, int(np.ceil(begin * fps))),
                min(int(end * fps), round(duration_s * fps) - 1) + 1,
            )
            if len(frames) > 2:
                at = start_s + frames / fps
                places = [np.interp(at, time_s[mine], local[mine, axis]) for axis in (0, 1)]
                smooth = np.column_stack([_smooth(values, fps) for values in places])
                walks.append(Walk(int(frames[0]), smooth, fps))
    return walks


def _clipped(places: np.ndarray, first: int, frames: int, fps: int) -> Walk | None:
    """Return the part of a way within the frames 0 to `frames`, or None."""
    low, high = max(0, -first), min(len(places), frames - first)
    return Walk(first + low, places[low:high], fps) if high - low > 3 else None


def _spread(walk: Walk, frames: int) -> np.ndarray:
    """Return the places at every frame, (frames, 2), nan where there are none."""
    row = np.full((frames, 2), np.nan)
    row[walk.first : walk.first + len(walk.places)] = walk.places
    return row


def _crowded(mine: np.ndarray, taken: np.ndarray) -> bool:
    """Tell whether a way comes too near another or is one too many."""
    away = np.linalg.norm(taken - mine, axis=2)
    return bool((away < APART_M).any() or ((~np.isnan(away)).sum(axis=0) >= MOST_AT_ONCE).any())


def _smooth(values: np.ndarray, fps: int) -> np.ndarray:
    """Return values averaged over about SMOOTH_S, ends held."""
    reach = max(1, round(SMOOTH_S * fps / 2.0))
    padded = np.pad(values, reach, mode="edge")
    return np.convolve(padded, np.full(2 * reach + 1, 1.0 / (2 * reach + 1)), mode="valid")
