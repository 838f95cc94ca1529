"""Rooms: floor, walls with a door, its leaves and glass, mats, markings, light fittings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.render.surfaces import COUNT, NOISES, PLAIN, paint
from models.render.things import GLASS, Frame, Look, Things

if TYPE_CHECKING:
    from models.render.camera import Camera


@dataclass(frozen=True, slots=True)
class Door:
    """A door's frame: the wall lies along its x axis, outside is at +y; `wide_m` may be 0: none."""

    frame: Frame
    wide_m: float

    def plane(self) -> tuple[float, float, float]:
        """Return a, b, c with a x + b y > c outside."""
        turn = self.frame.turn_rad
        a, b = -np.sin(turn), np.cos(turn)
        return float(a), float(b), float(a * self.frame.x_m + b * self.frame.y_m)


def any_look(rng: np.random.Generator, per_m: tuple[float, float] = (0.2, 2.0)) -> Look:
    """Draw a surface; half of them plain paint."""
    shift = (float(rng.random()), float(rng.random()))
    gloss = rng.uniform(0.05, 0.6) if rng.random() < 0.25 else 0.0
    if rng.random() < 0.45:
        return Look(paint(rng), PLAIN, rng.uniform(*per_m), shift, gloss)
    tint = np.clip(rng.uniform(0.5, 1.3) + rng.normal(0.0, 0.05, 3), 0.2, 1.5)
    layer = int(rng.integers(1, COUNT - NOISES))
    return Look(tint, layer, rng.uniform(*per_m), shift, gloss)


def draw_place(
    things: Things,
    rng: np.random.Generator,
    camera: Camera,
    middle: np.ndarray,
    *,
    leaves: bool = True,
) -> Door:
    """Add a floor and, mostly, a wall with a door near the picture's middle; `leaves` in it."""
    turn = rng.uniform(0.0, 2.0 * np.pi)
    things.add("box", (80.0, 80.0, 0.02), (0.0, 0.0, -0.01), any_look(rng, (0.12, 1.6)),
               Frame(turn_rad=turn))  # fmt: skip
    overhead = camera.tilt_deg < 25.0
    square = 0.5 * np.pi * rng.integers(0, 4) + rng.normal(0.0, 0.12)
    facing = square - np.radians(camera.roll_deg) if overhead else rng.normal(0.0, 0.5)
    away = rng.uniform(-1.4, 1.6) if overhead else rng.uniform(0.3, 4.0)
    x, y = middle + away * np.array([-np.sin(facing), np.cos(facing)])
    frame = Frame(float(x), float(y), turn_rad=float(facing))
    door = Door(frame, 0.0)
    if rng.random() < 0.72 and _clear_of(camera, door):
        door = Door(frame, float(rng.uniform(0.85, 3.2)))
        top = _wall(things, rng, door, camera)
        if leaves:
            _leaves(things, rng, door, top)
    _floor_patches(things, rng, door)
    if rng.random() < 0.4:
        _side_walls(things, rng, camera, middle)
    return door


def _clear_of(camera: Camera, door: Door) -> bool:
    """Tell whether the camera hangs before the wall: neither in it nor behind it."""
    a, b, c = door.plane()
    return a * camera.x_m + b * camera.y_m - c < -0.25 or camera.tilt_deg < 12.0


def _wall(things: Things, rng: np.random.Generator, door: Door, camera: Camera) -> float:
    """Add the wall beside the door, lintel and frame; returns how high leaves may be."""
    frame, half = door.frame, door.wide_m / 2.0
    a, b, c = door.plane()
    inside = a * camera.x_m + b * camera.y_m - c < -0.25
    high = rng.uniform(2.3, 4.0) if inside else rng.uniform(0.0, 1.0)
    top = min(rng.uniform(1.95, 2.6), high)
    thick, look = rng.uniform(0.06, 0.35), any_look(rng)
    glass_wall = rng.random() < 0.25
    for side in (-1.0, 1.0):
        size = (8.0, thick, max(high, 0.05))
        pane = look._replace(cut=GLASS, glow=rng.uniform(0.0, 0.3), gloss=0.5)
        which = pane if glass_wall and high > 1.5 else look
        things.stand("box", size, (side * (half + 4.0), 0.0, 0.0), which, frame)
    trim = any_look(rng)
    for side in (-1.0, 1.0):
        post = (0.07, thick + 0.05, max(top, 0.1))
        things.stand("box", post, (side * (half + 0.03), 0.0, 0.0), trim, frame)
    if inside and high > top + 0.05:
        size = (door.wide_m, thick, high - top)
        things.stand("box", size, (0.0, 0.0, top), look, frame)
    things.add("box", (door.wide_m, thick, 0.016), (0.0, 0.0, 0.004), trim, frame)
    return top if inside else min(2.1, camera.height_m - 0.25)


def _leaves(things: Things, rng: np.random.Generator, door: Door, top: float) -> None:
    """Add one or two leaves, swung open anywhere or slid aside."""
    kind = rng.choice(("swing", "slide", "none"), p=(0.5, 0.28, 0.22))
    two = door.wide_m > 1.3
    if kind == "none" or top < 1.2:
        return
    leaf = door.wide_m / (2.0 if two else 1.0)
    glass = rng.random() < 0.6
    look = any_look(rng)
    pane = look._replace(cut=GLASS, glow=rng.uniform(0.0, 0.25), gloss=0.6)
    for side in (-1.0, 1.0) if two else (-1.0,):
        if kind == "swing":
            swing = side * rng.choice((-1.0, 1.0)) * rng.uniform(0.2, 2.0)
            hinge = door.frame.point(side * door.wide_m / 2.0, 0.0)
            turn = door.frame.turn_rad + swing
            own = Frame(*hinge, turn_rad=turn)
            at = (-side * leaf / 2.0, 0.0)
        else:
            own = door.frame
            open_share = rng.uniform(0.1, 1.0)
            at = (side * (leaf / 2.0 + leaf * open_share), 0.06)
        if glass:
            things.stand("box", (leaf, 0.02, top), (*at, 0.0), pane, own)
            for edge in (-0.5, 0.5):
                post = (at[0] + edge * (leaf - 0.05), at[1], 0.0)
                things.stand("box", (0.05, 0.05, top), post, look, own)
            things.stand("box", (leaf, 0.05, 0.08), (*at, top - 0.08), look, own)
        else:
            things.stand("box", (leaf, 0.05, top), (*at, 0.0), look, own)


def _floor_patches(things: Things, rng: np.random.Generator, door: Door) -> None:
    """Add what lies flat: the ground outside, mats, stickers, stripes, puddles."""
    frame, level = door.frame, 0.0
    if rng.random() < 0.6:
        things.add(
            "box", (60.0, 30.0, 0.004), (0.0, 15.0, 0.002), any_look(rng, (0.15, 1.5)), frame
        )
        level = 0.004
    for side in (-1.0, 1.0):
        if rng.random() < 0.4:
            wide, long = (door.wide_m or 1.5) * rng.uniform(0.6, 1.3), rng.uniform(0.5, 2.5)
            look = any_look(rng, (0.3, 3.0))
            dark = look._replace(tint=np.array(look.tint) * rng.uniform(0.1, 0.8))
            at = (rng.normal(0.0, 0.1), side * (long / 2.0 + 0.1), level + 0.004)
            things.add("box", (wide, long, 0.012), at, dark, frame)
    for number in range(int(rng.choice((0, 0, 1, 2, 4, 7)))):
        at = (*rng.normal(0.0, 1.8, 2), level + 0.014 + 0.0015 * number)
        lean = (0.0, 0.0, rng.uniform(0.0, np.pi))
        kind = rng.random()
        look = any_look(rng)
        if kind < 0.4:
            wide = rng.uniform(0.15, 0.7)
            size = (wide, wide * rng.uniform(0.4, 1.0), 0.002)
            things.add("can", size, at, look, frame, lean)
        elif kind < 0.7:
            size = (rng.uniform(0.04, 0.2), rng.uniform(0.5, 6.0), 0.002)
            things.add("box", size, at, look, frame, lean)
        elif kind < 0.85:
            wet = look._replace(tint=np.array(look.tint) * 0.5, gloss=rng.uniform(0.3, 1.0))
            size = (rng.uniform(0.3, 1.8), rng.uniform(0.2, 1.2), 0.002)
            things.add("can", size, at, wet, frame, lean)
        else:
            wide, long = rng.uniform(0.1, 1.0, 2)
            size = (wide, long, 0.002)
            things.add("box", size, at, look, frame, lean)


def _side_walls(
    things: Things, rng: np.random.Generator, camera: Camera, middle: np.ndarray
) -> None:
    """Add walls or shelves at the sides of the picture, as in a corridor."""
    high = rng.uniform(0.8, 3.5)
    reach = max(camera.height_m, 2.0) * rng.uniform(0.6, 1.1)
    axis = np.radians(rng.normal(0.0, 12.0)) + (
        0.5 * np.pi * rng.integers(0, 4) if camera.tilt_deg < 25.0 else 0.0
    )
    for side in (-1.0, 1.0):
        if rng.random() < 0.35:
            continue
        frame = Frame(float(middle[0]), float(middle[1]), turn_rad=axis)
        at = (side * (reach + 0.4), 0.0, 0.0)
        things.stand("box", (0.5, rng.uniform(2.0, 20.0), high), at, any_look(rng), frame)
