"""The demo's place: a small shop's door, seen from a camera under the shop's ceiling."""

from __future__ import annotations

import numpy as np

from models.render.camera import Camera
from models.render.scene import Box, Colour, Light

CAMERA = Camera(
    x_m=0.25,
    y_m=-4.1,
    height_m=2.9,
    tilt_deg=57.0,
    hfov_deg=66.0,
    width_px=640,
    height_px=480,
    barrel=0.06,
    pan_deg=-2.0,
)
LIGHT = Light()
LINE = (0.28, 0.385, 0.72, 0.385)
"""Across the door, where the box centre of somebody in the door's plane is."""
FRAME: Colour = (0.22, 0.24, 0.25)
WALL: Colour = (0.86, 0.82, 0.74)
DOOR_HALF_M = 0.95
OPENING_M = (-DOOR_HALF_M, DOOR_HALF_M, 2.6)
DOOR_TOP_M = 2.2


def things() -> tuple[Box, ...]:
    """Return everything that stands still."""
    return (*_ground(), *_front(), *_leaf(-1.0), *_leaf(1.0), *_furniture(), *_street())


def _ground() -> list[Box]:
    return [
        Box((0, -3.9), (7.0, 8.0, 0.1), -0.1, texture="tiles", repeat_m=2.4, gloss=0.55),
        Box((0, -0.85), (1.75, 1.25, 0.012), texture="mat", repeat_m=1.75),
        Box((0, 0.1), (1.9, 0.22, 0.015), texture="metal", repeat_m=0.8, gloss=0.4),
        Box((0, 1.8), (24, 3.4, 0.1), -0.1, texture="paving", repeat_m=1.8),
        Box((0, 3.5), (24, 0.16, 0.1), -0.1, texture="paving", tint=(1.25, 1.25, 1.25)),
        Box((0, 8.1), (24, 9.2, 0.1), -0.2, texture="asphalt", repeat_m=2.0, tint=(1.6, 1.6, 1.6)),
    ]


def _front() -> list[Box]:
    """Return the front wall with its windows, and the side walls."""
    boxes = [
        Box((0, 0.1), (7.0, 0.2, 0.7), 2.62, texture="plaster", tint=WALL),
        Box((0, 0.1), (1.9, 0.08, 0.07), DOOR_TOP_M, texture="metal", tint=FRAME),
        Box((0, 0.1), (1.9, 0.012, 0.36), DOOR_TOP_M + 0.07, glass=True),
        Box((-3.45, -2.6), (0.1, 5.4, 3.2), texture="plaster", tint=WALL),
        Box((3.45, -2.6), (0.1, 5.4, 3.2), texture="plaster", tint=WALL),
    ]
    for side in (-1.0, 1.0):
        boxes += [
            Box((side * 1.12, 0.1), (0.34, 0.2, 2.62), texture="plaster", tint=WALL),
            Box((side * 3.3, 0.1), (0.3, 0.2, 2.62), texture="plaster", tint=WALL),
            Box((side * 2.2, 0.1), (1.9, 0.2, 0.5), texture="wood", repeat_m=1.0),
            Box((side * 2.2, 0.02), (1.96, 0.4, 0.04), 0.5, texture="wood", repeat_m=1.0),
            Box((side * 2.2, 0.1), (1.9, 0.012, 2.08), 0.54, glass=True),
            Box((side * 2.2, 0.1), (0.05, 0.06, 2.08), 0.54, texture="metal", tint=FRAME),
            Box((side * DOOR_HALF_M, 0.1), (0.06, 0.1, 2.6), texture="metal", tint=FRAME),
        ]
    poster = Box((1.12, -0.02), (0.3, 0.01, 0.42), 1.25, texture="poster", repeat_m=0.42)
    return [*boxes, poster]


def _leaf(side: float) -> list[Box]:
    """Return one glass leaf of the door, opened inward."""
    length, x = 0.92, side * (DOOR_HALF_M + 0.015)

    def bar(y_m: float, size: tuple[float, float], base_m: float) -> Box:
        return Box((x, y_m), (0.045, *size), base_m, texture="metal", tint=FRAME)

    return [
        bar(-0.03, (0.06, DOOR_TOP_M), 0.01),
        bar(-length, (0.06, DOOR_TOP_M), 0.01),
        bar(-length / 2, (length, 0.16), 0.01),
        bar(-length / 2, (length, 0.07), DOOR_TOP_M - 0.06),
        Box((x - side * 0.05, -0.82), (0.03, 0.03, 0.9), 0.75, texture="metal", gloss=0.5),
        Box((x, -length / 2), (0.012, length - 0.06, 2.0), 0.17, glass=True),
    ]


def _furniture() -> list[Box]:
    dark, pale = (0.16, 0.12, 0.1), (0.7, 0.66, 0.58)
    boxes = [
        Box((-3.15, -2.3), (0.5, 2.6, 1.7), texture="goods", repeat_m=1.7),
        Box((3.2, -2.5), (0.42, 2.4, 1.7), texture="goods", repeat_m=1.7),
        Box((-2.15, -0.55), (1.1, 0.5, 0.72), texture="wood", repeat_m=1.1),
        Box((2.1, -0.5), (0.42, 0.42, 0.5), texture="plain", tint=dark),
        Box((2.78, -0.5), (0.46, 0.34, 0.62), turn_deg=4, texture="plain", tint=pale),
    ]
    boxes += _parcels((-2.15, -0.55), (0.95, 0.38), 0.72, 14)
    boxes += _parcels((2.1, -0.5), (0.3, 0.3), 0.5, 5)
    for k in range(4):
        boxes.append(
            Box((2.78, -0.5), (0.48, 0.36, 0.03), 0.16 + 0.14 * k, 4, tint=(0.05, 0.1, 0.3))
        )
    for side in (-1.0, 1.0):
        x = side * 1.28
        boxes += [
            Box((x, -1.55), (0.07, 0.5, 0.06), texture="metal", tint=(0.5, 0.5, 0.5)),
            Box((x, -1.34), (0.05, 0.05, 1.45), texture="plain", tint=(0.8, 0.8, 0.8)),
            Box((x, -1.76), (0.05, 0.05, 1.45), texture="plain", tint=(0.8, 0.8, 0.8)),
            Box((x, -1.55), (0.05, 0.46, 0.06), 1.4, texture="plain", tint=(0.8, 0.8, 0.8)),
        ]
    return boxes


def _parcels(
    centre_m: tuple[float, float], spread_m: tuple[float, float], top_m: float, count: int
) -> list[Box]:
    """Return small coloured goods scattered over a table's top."""
    rng = np.random.default_rng(count)
    parcels = []
    for _ in range(count):
        offset = (rng.random(2) - 0.5) * spread_m
        size = rng.uniform((0.07, 0.07, 0.05), (0.2, 0.16, 0.22))
        red, green, blue = (rng.random(3) ** 1.6 * 0.75 + 0.03).tolist()
        place = (centre_m[0] + float(offset[0]), centre_m[1] + float(offset[1]))
        turn = float(rng.uniform(-25, 25))
        parcels.append(Box(place, tuple(size), top_m, turn, tint=(red, green, blue)))
    return parcels


def _street() -> list[Box]:
    boxes = [
        Box((0, 13.2), (30, 1.0, 9.0), texture="brick", repeat_m=1.6, tint=(1.2, 1.15, 1.1)),
        Box((0, 11.6), (30, 2.2, 0.12), -0.1, texture="paving", repeat_m=1.8),
        Box((-2.9, 2.9), (1.5, 0.5, 0.5), texture="wood", tint=(0.6, 0.6, 0.6)),
        Box((-2.9, 2.9), (1.35, 0.4, 0.22), 0.5, texture="plain", tint=(0.05, 0.1, 0.035)),
        Box((3.1, 3.2), (0.1, 0.1, 3.4), texture="metal", tint=(0.4, 0.4, 0.4)),
    ]
    for k in range(-4, 5):
        boxes.append(Box((k * 2.6, 12.68), (1.2, 0.05, 1.7), 1.2, tint=(0.06, 0.075, 0.09)))
        boxes.append(Box((k * 2.6, 12.66), (1.4, 0.09, 0.12), 1.08, tint=(0.6, 0.58, 0.55)))
    return boxes
