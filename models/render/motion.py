"""Where somebody is, which way they face and how they step, at any time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from models.render.scene import Actor, Stop

TICKS_PER_S = 100
ACCELERATION_M_S2 = 2.2
TURN_TIME_S = 0.22
ROUNDING_PASSES = 3
CORNER_M = 0.35


@dataclass(frozen=True, slots=True)
class State:
    """Somebody at one instant; `heading_deg` 0 faces -y and grows counter-clockwise from above."""

    x_m: float
    y_m: float
    heading_deg: float
    walked_m: float
    stepping: float
    """0 stands, 1 walks at their own speed."""


class Way:
    """An actor's whole way, sampled once; outside its time the actor is not in the scene."""

    def __init__(self, actor: Actor) -> None:
        legs = _legs(actor.stops)
        places, waits = [], []
        for points, wait_s in legs:
            places.append(_walk(points, actor.speed_m_s, ends=_ends(points, actor.stops)))
            waits.append(round(wait_s * TICKS_PER_S))
        rows = [
            np.concatenate([place, np.repeat(place[-1:], wait, axis=0)])
            for place, wait in zip(places, waits, strict=True)
        ]
        self._place = np.concatenate(rows)
        step = np.diff(self._place, axis=0, prepend=self._place[:1])
        pace = np.linalg.norm(step, axis=1)
        self._walked = np.cumsum(pace)
        self._stepping = _smooth(pace * TICKS_PER_S / actor.speed_m_s, 0.12).clip(0.0, 1.0)
        self._heading = _headings(step, pace)
        self._start_s = actor.start_s

    @property
    def end_s(self) -> float:
        """When the actor has left."""
        return self._start_s + (len(self._place) - 1) / TICKS_PER_S

    def at(self, time_s: float) -> State | None:
        """Return the actor's state, or None before they come and after they have gone."""
        if not self._start_s <= time_s <= self.end_s:
            return None
        tick = (time_s - self._start_s) * TICKS_PER_S
        low = min(int(tick), len(self._place) - 2)
        share = tick - low

        def between(values: np.ndarray) -> float:
            return float(values[low] * (1.0 - share) + values[low + 1] * share)

        return State(
            between(self._place[:, 0]),
            between(self._place[:, 1]),
            float(np.degrees(between(self._heading))),
            between(self._walked),
            between(self._stepping),
        )


def _legs(stops: tuple[Stop, ...]) -> list[tuple[np.ndarray, float]]:
    """Split the way at every stop where somebody waits: (points (n, 2), wait at its end)."""
    legs: list[tuple[np.ndarray, float]] = []
    points = [(stops[0].x_m, stops[0].y_m)]
    for stop in stops[1:]:
        points.append((stop.x_m, stop.y_m))
        if stop.wait_s > 0.0 or stop is stops[-1]:
            legs.append((np.array(points), stop.wait_s))
            points = [points[-1]]
    return legs


def _ends(points: np.ndarray, stops: tuple[Stop, ...]) -> tuple[bool, bool]:
    """Return whether a leg begins and ends at rest; people come and go at full speed."""
    first, last = stops[0], stops[-1]
    begins = not np.array_equal(points[0], (first.x_m, first.y_m))
    return begins, not np.array_equal(points[-1], (last.x_m, last.y_m))


def _walk(points: np.ndarray, speed_m_s: float, *, ends: tuple[bool, bool]) -> np.ndarray:
    """Return the places (n, 2) at every tick of a walk along rounded points."""
    line = _rounded(points)
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    gone, places = 0.0, [0.0]
    speed = 0.0 if ends[0] else speed_m_s
    while gone < along[-1] - 1e-3 and len(places) < 300 * TICKS_PER_S:
        brake = np.sqrt(2.0 * ACCELERATION_M_S2 * (along[-1] - gone)) if ends[1] else speed_m_s
        speed = min(speed + ACCELERATION_M_S2 / TICKS_PER_S, speed_m_s, brake + 0.02)
        gone = min(gone + speed / TICKS_PER_S, along[-1])
        places.append(gone)
    return np.column_stack([np.interp(places, along, line[:, axis]) for axis in (0, 1)])


def _rounded(points: np.ndarray) -> np.ndarray:
    """Return the polyline with its corners cut over CORNER_M, again and again (Chaikin, 1974)."""
    for _ in range(ROUNDING_PASSES):
        if len(points) < 3:
            break
        rounded = [points[0]]
        for before, corner, after in zip(points[:-2], points[1:-1], points[2:], strict=True):
            for neighbour in (before, after):
                arm = neighbour - corner
                length = np.linalg.norm(arm)
                rounded.append(corner + arm * min(0.25, CORNER_M / max(length, 1e-6)))
        points = np.array([*rounded, points[-1]])
    return points


def _smooth(values: np.ndarray, time_s: float) -> np.ndarray:
    """Return values blurred by a bell of standard deviation `time_s`, ends held."""
    reach = int(4 * time_s * TICKS_PER_S)
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) / (time_s * TICKS_PER_S)) ** 2)
    return np.convolve(np.pad(values, reach, mode="edge"), bell / bell.sum(), mode="valid")


def _headings(step: np.ndarray, pace: np.ndarray) -> np.ndarray:
    """Return the heading in radians at every tick: the way of walking, held when standing."""
    moving = pace > 0.1 / TICKS_PER_S
    raw = np.arctan2(step[:, 0], -step[:, 1])
    index = np.where(moving, np.arange(len(raw)), 0)
    index = np.maximum.accumulate(index)
    index[index == 0] = int(moving.argmax())
    return _smooth(np.unwrap(raw[index]), TURN_TIME_S)
