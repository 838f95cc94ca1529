"""Points, counting lines and zones in one flat scene.

A scene has one isotropic length unit: pixels for a picture, metres or centimetres for recorded
positions. x grows to the right and y grows downward, as on a screen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Heading(StrEnum):
    """The way that counts as *in*, as seen on the screen."""

    DOWN = "down"
    UP = "up"
    LEFT = "left"
    RIGHT = "right"

    @property
    def step(self) -> tuple[float, float]:
        """One unit step that way."""
        return {"down": (0.0, 1.0), "up": (0.0, -1.0), "left": (-1.0, 0.0), "right": (1.0, 0.0)}[
            self.value
        ]


@dataclass(frozen=True, slots=True)
class Point:
    """A place in the scene."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class CountingLine:
    """A directed segment: *in* goes to the right-hand side of a walk from start to end.

    As seen on the screen: 0,0.5 -> 1,0.5 counts downward as in.

    Raises:
        ValueError: the line has no length, or an end that is not a finite place.
    """

    name: str
    start: Point
    end: Point

    def __post_init__(self) -> None:
        for place in (self.start, self.end):
            if not (math.isfinite(place.x) and math.isfinite(place.y)):
                raise ValueError(f"line '{self.name}': {place.x},{place.y} is not a place")
        if self.length == 0.0:
            raise ValueError(
                f"line '{self.name}' has no length: it starts and ends at "
                f"{self.start.x:g},{self.start.y:g}; give two different points"
            )

    @property
    def length(self) -> float:
        """Distance from start to end, in scene units."""
        return math.hypot(self.end.x - self.start.x, self.end.y - self.start.y)

    def inside_picture(self) -> CountingLine:
        """Return the line itself, once its ends are known to be fractions of a picture.

        Raises:
            ValueError: an end lies outside 0..1.
        """
        for which, place in (("start", self.start), ("end", self.end)):
            if not (0.0 <= place.x <= 1.0 and 0.0 <= place.y <= 1.0):
                raise ValueError(
                    f"line '{self.name}': its {which} {place.x:g},{place.y:g} lies outside the "
                    "picture; give fractions of width and height from 0 to 1"
                )
        return self

    def scaled(self, width: float, height: float) -> CountingLine:
        """Return the line in scene units, from fractions of a scene of that width and height."""
        return CountingLine(
            self.name,
            Point(self.start.x * width, self.start.y * height),
            Point(self.end.x * width, self.end.y * height),
        )

    def moved(self, x: float, y: float) -> CountingLine:
        """Return the line moved by that many scene units."""
        start, end = self.start, self.end
        return CountingLine(self.name, Point(start.x + x, start.y + y), Point(end.x + x, end.y + y))

    def reversed(self) -> CountingLine:
        """Return the same segment with in and out swapped."""
        return CountingLine(self.name, self.end, self.start)

    def turned(self, heading: Heading) -> CountingLine:
        """Return the same segment, directed so that walking that way counts as in.

        Raises:
            ValueError: the line runs along the heading, so nobody who walks that way crosses it.
        """
        step_x, step_y = heading.step
        along = (self.end.x - self.start.x) * step_y - (self.end.y - self.start.y) * step_x
        if along == 0.0:
            raise ValueError(
                f"line '{self.name}' runs {heading} or back itself, so {heading} cannot be its "
                "way in; turn the line or choose another way"
            )
        return self if along > 0.0 else self.reversed()

    def offsets(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return signed distances (n,) of points (n,2) from the infinite line; in is positive."""
        run_x, run_y = self.end.x - self.start.x, self.end.y - self.start.y
        across = run_x * (points[:, 1] - self.start.y) - run_y * (points[:, 0] - self.start.x)
        return across / self.length


@dataclass(frozen=True, slots=True)
class Zone:
    """A simple polygon of at least three corners.

    Raises:
        ValueError: fewer than three corners, or no area.
    """

    name: str
    corners: tuple[Point, ...]

    def __post_init__(self) -> None:
        if len(self.corners) < 3:
            raise ValueError(f"zone '{self.name}' needs at least three corners")
        following = self.corners[1:] + self.corners[:1]
        pairs = zip(self.corners, following, strict=True)
        if sum(a.x * b.y - b.x * a.y for a, b in pairs) == 0.0:
            raise ValueError(f"zone '{self.name}' has no area: its corners lie on one line")

    def scaled(self, width: float, height: float) -> Zone:
        """Return the zone in scene units, from fractions of a scene of that width and height."""
        return Zone(self.name, tuple(Point(c.x * width, c.y * height) for c in self.corners))

    def moved(self, x: float, y: float) -> Zone:
        """Return the zone moved by that many scene units."""
        return Zone(self.name, tuple(Point(c.x + x, c.y + y) for c in self.corners))

    def contains(self, points: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return which of the points (n,2) lie inside, by the even-odd rule."""
        inside = np.zeros(len(points), dtype=np.bool_)
        x, y = points[:, 0], points[:, 1]
        for a, b in zip(self.corners, self.corners[1:] + self.corners[:1], strict=True):
            if a.y == b.y:
                continue
            spans = (a.y > y) != (b.y > y)
            inside ^= spans & (x < a.x + (b.x - a.x) * (y - a.y) / (b.y - a.y))
        return inside


ROUNDING = 1e-9
"""Both ends belong to a segment, whichever way it is directed and however their places round."""


def meeting(line: CountingLine, a: Point, b: Point) -> float | None:
    """Where on the way from a to b the segment is met, as a share 0..1 of the way.

    Returns None when the way stays on one side or passes beside the segment's ends. A point
    exactly on the line belongs to the in side, so a way is met at most once.
    """
    run_x, run_y = line.end.x - line.start.x, line.end.y - line.start.y
    side_a = run_x * (a.y - line.start.y) - run_y * (a.x - line.start.x)
    side_b = run_x * (b.y - line.start.y) - run_y * (b.x - line.start.x)
    if (side_a >= 0.0) == (side_b >= 0.0):
        return None
    share = side_a / (side_a - side_b)
    x, y = a.x + share * (b.x - a.x), a.y + share * (b.y - a.y)
    square = run_x * run_x + run_y * run_y
    along = ((x - line.start.x) * run_x + (y - line.start.y) * run_y) / square
    return share if -ROUNDING <= along <= 1.0 + ROUNDING else None
