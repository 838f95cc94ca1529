"""Unlabelled things that stand about: furniture, plants, boxes, signs, animals, lamps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models.render.place import any_look
from models.render.surfaces import COUNT, NOISES
from models.render.things import LEAVES, Frame, Look, Things

if TYPE_CHECKING:
    from collections.abc import Callable

Spot = tuple[float, float, float]
"""x, y and radius in metres of what nobody walks through."""


TUBES = (
    ((0.0, -0.52, 0.33), (0.0, -0.4, 0.95)), ((0.0, -0.42, 0.8), (0.0, 0.15, 0.8)),
    ((0.0, 0.15, 0.85), (0.0, 0.05, 0.3)), ((0.0, 0.05, 0.3), (0.0, 0.52, 0.33)),
    ((0.0, -0.42, 0.75), (0.0, 0.05, 0.3)), ((-0.28, -0.4, 1.0), (0.28, -0.4, 1.0)),
)  # fmt: skip
"""A bicycle's frame."""


def draw_clutter(
    things: Things,
    rng: np.random.Generator,
    places: np.ndarray,
    camera_m: float,
    shares: np.ndarray | None = None,
) -> list[Spot]:
    """Put something on every one of `places` (n, 2), below or away from the camera at the origin.

    `shares` says how often each of KINDS is taken, SHARES by default. Returns where people cannot
    stand.
    """
    spots = []
    for x, y in places:
        chances = SHARES if shares is None else shares
        build, radius, high = KINDS[int(rng.choice(len(KINDS), p=chances))]
        near = np.hypot(x, y) < radius + 0.5
        if near and high > camera_m - 0.8:
            continue
        scale = rng.uniform(0.75, 1.25)
        turn = rng.choice((rng.uniform(0, 6.28), 0.5 * np.pi * rng.integers(4)))
        build(things, rng, Frame(float(x), float(y), turn_rad=float(turn), scale=float(scale)))
        spots.append((float(x), float(y), radius * scale))
    return spots


def hang_lamps(things: Things, rng: np.random.Generator, camera_m: float) -> None:
    """Hang lamps, pipes or signs between the camera and the floor."""
    for _ in range(int(rng.integers(1, 4))):
        x, y = rng.normal(0.0, 1.2, 2)
        size = rng.uniform(0.12, 0.5)
        z = rng.uniform(2.0, max(camera_m - 0.3, 2.1))
        if np.hypot(x, y) < 0.7 or z > camera_m - 0.2:
            continue
        look = any_look(rng)._replace(glow=rng.choice((0.0, rng.uniform(0.5, 4.0))))
        mesh = str(rng.choice(("ball", "tub", "box", "brim")))
        things.add(mesh, (size, size, size * 0.7), (x, y, z), look)


def _table(things: Things, rng: np.random.Generator, frame: Frame) -> None:
    look, high = any_look(rng), rng.uniform(0.45, 1.05)
    wide, deep = rng.uniform(0.6, 1.6), rng.uniform(0.5, 0.9)
    round_top = rng.random() < 0.4
    deep = wide if round_top else deep
    mesh = "can" if round_top else "box"
    things.add(mesh, (wide, deep, 0.04), (0.0, 0.0, high), look, frame)
    for x in (-0.4, 0.4):
        for y in (-0.4, 0.4):
            things.stand(
                "box", (0.05, 0.05, high), (x * wide * 0.8, y * deep * 0.8, 0), look, frame
            )
    for _ in range(int(rng.integers(0, 6))):
        size = tuple(rng.uniform(0.05, 0.3, 3))
        at = (*(rng.uniform(-0.35, 0.35, 2) * (wide, deep)), high + 0.02)
        mesh = str(rng.choice(("box", "can", "ball", "tub")))
        things.stand(mesh, size, at, any_look(rng), frame)


def _chair(things: Things, rng: np.random.Generator, frame: Frame) -> None:
    look, back = any_look(rng), any_look(rng)
    things.add("pouch", (0.45, 0.45, 0.06), (0.0, 0.0, 0.45), back, frame)
    for x in (-0.19, 0.19):
        for y in (-0.19, 0.19):
            things.stand("box", (0.035, 0.035, 0.44), (x, y, 0.0), look, frame)
    if rng.random() < 0.75:
        things.add("box", (0.44, 0.04, 0.4), (0.0, 0.21, 0.7), back, frame)


def _stool(things: Things, rng: np.random.Generator, frame: Frame) -> None:
    high, wide = rng.uniform(0.4, 0.85), rng.uniform(0.25, 0.42)
    things.add("pouch", (wide, wide, 0.08), (0.0, 0.0, high), any_look(rng), frame)
    things.stand("can", (0.06, 0.06, high), (0.0, 0.0, 0.0), any_look(rng), frame)
    things.stand("can", (wide, wide, 0.03), (0.0, 0.0, 0.0), any_look(rng), frame)


def _shelf(things: Things, rng: np.random.Generator, frame: Frame) -> None:
    wide, deep, high = rng.uniform(0.6, 2.0), rng.uniform(0.3, 0.6), rng.uniform(0.8, 2.0)
    look = any_look(rng)
    things.stand("box", (wide, 0.03, high), (0.0, deep / 2.0, 0.0), look, frame)
    levels = np.arange(0.15, high, rng.uniform(0.3, 0.5))
    for level in levels:
        things.add("box", (wide, deep, 0.03), (0.0, 0.0, float(level)), look, frame)
        for x in np.arange(-wide / 2 + 0.1, wide / 2 - 0.1, rng.uniform(0.14, 0.4)):
            size = (rng.uniform(0.08, 0.2), rng.uniform(0.1, deep), rng.uniform(0.1, 0.28))
            at = (float(x), 0.0, float(level) + 0.015)
            things.stand(str(rng.choice(("box", "can"))), size, at, any_look(rng), frame)


def _counter(things: Things, rng: np.random.Generator, frame: Frame) -> None:
    wide, deep, high = rng.uniform(0.8, 2.4), rng.uniform(0.5, 0.9), rng.uniform(0.8, 1.15)
    things.stand("box", (wide, deep, high), (0.0, 0.0, 0.0), any_look(rng), frame)
    things.add("box", (wide + 0.06, deep + 0.06, 0.04), (0.0, 0.0, high), any_look(rng), frame)
    if rng.random() < 0.6:
        at = (rng.uniform(-0.3, 0.3), 0.0, high + 0.02)
        things.stand("box", (0.4, 0.05, 0.3), at, any_look(rng), frame)


def _plant(things: Things, rng: np.random.Generator, frame: Frame) -> None:
    size, pot = rng.uniform(0.25, 0.6), rng.uniform(0.2, 0.5)
    things.stand("tub", (size * 0.8, size * 0.8, pot), (0.0, 0.0, 0.0), any_look(rng), frame)
    green = np.array([rng.uniform(0.03, 0.2), rng.uniform(0.12, 0.4), rng.uniform(0.02, 0.12)])
    layer = COUNT - 1 - int(rng.integers(NOISES))
    leaf = Look(green, layer, rng.uniform(0.8, 2.5), cut=LEAVES)
    for _ in range(int(rng.integers(1, 6))):
        wide, high = rng.uniform(0.3, 0.9), rng.uniform(0.3, 0.9)
        at = (*rng.normal(0.0, 0.12, 2), pot + high * 0.4)
        mesh = str(rng.choice(("ball", "cone", "canopy")))
        things.add(mesh, (wide, wide, high), at, leaf, frame, (0.0, 0.0, rng.uniform(0.0, 6.0)))


def _boxes(things: Things, rng: np.random.Generator, frame: Frame) -> None:
    level = 0.0
    card = np.array([0.42, 0.27, 0.14])
    for _ in range(int(rng.integers(1, 4))):
        size = tuple(rng.uniform(0.2, 0.65, 3))
        plain = rng.random() < 0.5
        look = Look(card * rng.uniform(0.6, 1.3), 0) if plain else any_look(rng)
        at = (*rng.normal(0.0, 0.05, 2), level + size[2] / 2.0)
        things.add("box", size, at, look, frame, (0.0, 0.0, rng.normal(0.0, 0.2)))
        level += size[2]


def _sign(things: Things, rng: np.random.Generator, frame: Frame) -> None:
    wide, high = rng.uniform(0.4, 0.9), rng.uniform(0.6, 1.2)
    look = any_look(rng, (0.6, 2.0))
    for side in (-1.0, 1.0):
        at = (0.0, side * 0.16, high / 2.0)
        things.add("box", (wide, 0.02, high), at, look, frame, (side * 0.25, 0.0, 0.0))


def _stand(things: Things, rng: np.random.Generator, frame: Frame) -> None:
    """A post with something on it: roll-up, post with a screen, coat stand, fan."""
    high = rng.uniform(0.9, 1.8)
    things.stand("can", (0.05, 0.05, high), (0.0, 0.0, 0.0), any_look(rng), frame)
    things.stand("can", (0.4, 0.4, 0.03), (0.0, 0.0, 0.0), any_look(rng), frame)
    top = (rng.uniform(0.1, 0.6), rng.uniform(0.05, 0.4), rng.uniform(0.05, 0.5))
    mesh = str(rng.choice(("box", "ball", "pouch", "can")))
    things.add(mesh, top, (0.0, 0.0, high), any_look(rng), frame)


def _bin(things: Things, rng: np.random.Generator, frame: Frame) -> None:
    wide, high = rng.uniform(0.25, 0.5), rng.uniform(0.3, 1.0)
    mesh = str(rng.choice(("tub", "can", "pouch", "box")))
    things.stand(mesh, (wide, wide, high), (0.0, 0.0, 0.0), any_look(rng), frame)
    if rng.random() < 0.4:
        things.add("ball", (wide, wide, 0.2), (0.0, 0.0, high), any_look(rng), frame)


def _barrier(things: Things, rng: np.random.Generator, frame: Frame) -> None:
    look, long = any_look(rng), rng.uniform(0.8, 2.0)
    high = rng.uniform(0.8, 1.1)
    for end in (-0.5, 0.5):
        things.stand("can", (0.06, 0.06, high), (end * long, 0.0, 0.0), look, frame)
        things.stand("can", (0.32, 0.32, 0.03), (end * long, 0.0, 0.0), look, frame)
    belt = any_look(rng)
    things.add("box", (long, 0.01, 0.06), (0.0, 0.0, high - 0.08), belt, frame)


def _gate(things: Things, rng: np.random.Generator, frame: Frame) -> None:
    look = any_look(rng)
    for side in (-1.0, 1.0):
        size = (0.06, rng.uniform(0.3, 0.6), rng.uniform(1.2, 1.7))
        things.stand("box", size, (side * 0.5, 0.0, 0.0), look, frame)


def _rounds(things: Things, rng: np.random.Generator, frame: Frame) -> None:
    """Balloons, balls, vases: round as heads are."""
    for _ in range(int(rng.integers(1, 6))):
        size = rng.uniform(0.12, 0.4)
        at = (*rng.normal(0.0, 0.25, 2), rng.choice((size / 2.0, rng.uniform(0.3, 1.6))))
        look = any_look(rng)._replace(gloss=rng.uniform(0.0, 0.6))
        things.add("ball", (size, size, size * rng.uniform(0.8, 1.3)), at, look, frame)


def _animal(things: Things, rng: np.random.Generator, frame: Frame) -> None:
    """A dog or a cat."""
    size = rng.uniform(0.25, 0.75)
    fur = Look(np.array([0.4, 0.28, 0.17]) * rng.uniform(0.05, 1.9), int(rng.integers(0, 20)), 2.0)
    body = (size * 0.36, size, size * 0.4)
    level = size * 0.62
    things.add("pouch", body, (0.0, 0.0, level), fur, frame)
    turn = rng.normal(0.0, 0.1)
    head = (turn, -size * 0.6, level + size * rng.uniform(0.0, 0.3))
    things.add("ball", (size * 0.3, size * 0.38, size * 0.3), head, fur, frame)
    snout = (turn, head[1] - size * 0.2, head[2] - 0.02)
    things.add("ball", (size * 0.14, size * 0.24, size * 0.14), snout, fur, frame)
    for side in (-1.0, 1.0):
        for end in (-0.38, 0.38):
            at = (side * size * 0.12, end * size, 0.0)
            things.stand("can", (size * 0.1, size * 0.1, size * 0.5), at, fur, frame)
        ear = (turn + side * size * 0.1, head[1] + 0.02, head[2] + size * 0.16)
        things.add("cone", (size * 0.1, size * 0.06, size * 0.14), ear, fur, frame)
    tail = (rng.normal(0.0, 0.08), size * 0.8, level + size * rng.uniform(-0.2, 0.4))
    things.bar((0.0, size * 0.45, level), tail, size * 0.07, fur, frame)


def _bicycle(things: Things, rng: np.random.Generator, frame: Frame) -> None:
    look, rubber = any_look(rng), Look((0.02, 0.02, 0.02), 0)
    for y in (-0.52, 0.52):
        things.add("wheel", (0.66, 0.66, 0.04), (0.0, y, 0.33), rubber, frame, (0.0, 1.5708, 0.0))
    for start, end in TUBES:
        things.bar(start, end, 0.04, look, frame)
    things.add("pouch", (0.16, 0.28, 0.06), (0.0, 0.18, 0.95), rubber, frame)


def _luggage(things: Things, rng: np.random.Generator, frame: Frame) -> None:
    """Bags, backpacks and suitcases that somebody left."""
    for _ in range(int(rng.integers(1, 4))):
        wide, deep, high = rng.uniform(0.2, 0.5), rng.uniform(0.15, 0.35), rng.uniform(0.2, 0.65)
        x, y = rng.normal(0.0, 0.25, 2)
        look, mesh = any_look(rng), str(rng.choice(("pouch", "pouch", "box")))
        things.stand(mesh, (wide, deep, high), (x, y, 0.0), look, frame)
        top = high + rng.uniform(0.05, 0.3)
        things.bar((x - wide * 0.3, y, high * 0.9), (x, y, top), 0.025, look, frame)
        things.bar((x + wide * 0.3, y, high * 0.9), (x, y, top), 0.025, look, frame)


def _coats(things: Things, rng: np.random.Generator, frame: Frame) -> None:
    """A coat stand or a rail with clothes."""
    high, wood = rng.uniform(1.3, 1.8), any_look(rng)
    rail = rng.random() < 0.5
    things.stand("can", (0.05, 0.05, high), (0.0, 0.0, 0.0), wood, frame)
    for _ in range(int(rng.integers(1, 7))):
        long, turn = rng.uniform(0.5, 1.0), rng.uniform(0.0, 6.28)
        size = (0.1 if rail else rng.uniform(0.15, 0.3), rng.uniform(0.35, 0.5), long)
        at = (rng.uniform(-0.6, 0.6), 0.0) if rail else (0.16 * np.cos(turn), 0.16 * np.sin(turn))
        lean = (0.0, 0.0, rng.normal(0.0, 0.1) if rail else turn)
        things.add("pouch", size, (*at, high - long / 2.0), any_look(rng), frame, lean)
    if rail:
        things.bar((-0.7, 0.0, high), (0.7, 0.0, high), 0.04, wood, frame)


def _hoop(things: Things, rng: np.random.Generator, frame: Frame) -> None:
    """Wheels and rings, lying or leaning, alone or several."""
    for _ in range(int(rng.integers(1, 3))):
        wide, lean = rng.uniform(0.3, 0.75), rng.choice((0.0, rng.uniform(0.9, 1.57)))
        at = (*rng.normal(0.0, 0.25, 2), wide / 2.0 * np.sin(lean) + 0.03)
        size = (wide, wide, rng.uniform(0.02, 0.1))
        things.add("wheel", size, at, any_look(rng), frame, (0.0, lean, 0.0))


KINDS: tuple[tuple[Callable[[Things, np.random.Generator, Frame], None], float, float], ...] = (
    (_table, 0.7, 1.0), (_chair, 0.3, 0.9), (_stool, 0.25, 0.9), (_shelf, 0.8, 2.0),
    (_counter, 1.0, 1.2), (_plant, 0.4, 1.4), (_boxes, 0.35, 1.9), (_sign, 0.45, 1.2),
    (_stand, 0.25, 1.8), (_bin, 0.3, 1.0), (_barrier, 0.3, 1.1), (_gate, 0.2, 1.7),
    (_rounds, 0.3, 1.6), (_animal, 0.3, 0.8), (_bicycle, 0.5, 1.0), (_luggage, 0.35, 0.9),
    (_coats, 0.35, 1.7), (_hoop, 0.4, 0.9),
)  # fmt: skip
"""How to build each kind, its radius and height in metres."""
WEIGHTS = np.array([2, 2.5, 2, 1.2, 1, 2, 2, 1.5, 1.5, 2, 1, 1, 1.5, 1.5, 0.8, 0, 0, 0])
SHARES = WEIGHTS / WEIGHTS.sum()
HARD_WEIGHTS = np.array([1, 1.5, 1.5, 1, 0.6, 3, 2, 1, 1.5, 1.5, 0.7, 0.5, 3, 3, 2.5, 2, 1.5, 1])
HARD_SHARES = HARD_WEIGHTS / HARD_WEIGHTS.sum()
"""More of what was taken for people."""
