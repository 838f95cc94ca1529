"""Points, counting lines and zones in one flat scene.

A scene has one isotropic length unit: pixels for a picture, metres or centimetres for recorded
positions. x grows to the right and y grows downward, as on a screen.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """A place in the scene."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class CountingLine:
    """A directed segment: *in* goes to the right-hand side of a walk from start to end.

    As seen on the screen: 0,0.5 -> 1,0.5 counts downward as in.
    """

    name: str
    start: Point
    end: Point


@dataclass(frozen=True, slots=True)
class Zone:
    """A simple polygon of at least three corners."""

    name: str
    corners: tuple[Point, ...]
