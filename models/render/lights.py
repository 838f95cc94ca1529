"""Light of a scene: sun, lamps, daylight beyond a door, night, infrared."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

LIGHTS = ("even", "sun", "lamp", "dark", "infrared")
"""Light classes, in the order of their numbers in the shards."""
SHARES = (0.3, 0.3, 0.2, 0.1, 0.1)
NEAREST_REACH_M = 6.5


@dataclass(frozen=True, slots=True)
class Lamp:
    """A lamp at a place, or the sun (`at[3]` 0) from a direction; `soft_px` blurs its shadows."""

    at: np.ndarray
    colour: np.ndarray
    soft_px: int
    matrix: np.ndarray
    plane: np.ndarray


@dataclass(frozen=True, slots=True)
class Mood:
    """All light of a scene, colours linear; `kind` indexes LIGHTS, `beam` as in `light.glsl`."""

    kind: int
    main: Lamp
    second: Lamp
    sky: np.ndarray
    ground: np.ndarray
    beam: tuple[float, float, float, float]
    outdoors: np.ndarray
    headlight: float = 0.0
    door: np.ndarray = field(default_factory=lambda: np.array([0.0, 1.0, 99.0, 1.0]))
    """The plane beyond which it is outdoors: a, b, c with a x + b y > c; how soft, in metres."""


def draw_light(rng: np.random.Generator, middle: np.ndarray, camera_m: float) -> Mood:
    """Draw the light round a point of the floor (2,), the camera hanging `camera_m` high."""
    kind = int(rng.choice(len(LIGHTS), p=SHARES))
    name = LIGHTS[kind]
    tint = np.array([1.0, rng.uniform(0.86, 1.02), rng.uniform(0.62, 1.15)])
    base = rng.uniform(0.35, 1.0) * tint
    strong = rng.uniform(0.2, 1.4)
    outdoors = np.zeros(3)
    if rng.random() < 0.45:
        outdoors = np.array([0.95, 1.0, 1.08]) * rng.uniform(0.3, 4.5)
    sunny = name == "sun" or (name == "even" and rng.random() < 0.2)
    headlight = 0.0
    if name == "sun":
        strong, base = rng.uniform(1.0, 4.0), base * rng.uniform(0.5, 1.0)
    elif name == "even":
        strong = rng.uniform(0.0, 0.5)
    elif name == "dark":
        base, strong, outdoors = base * 0.25, rng.uniform(0.1, 0.6), outdoors * 0.1
    elif name == "infrared":
        base, strong, outdoors = base * 0.08, rng.uniform(0.0, 0.2), outdoors * 0.05
        headlight = rng.uniform(1.5, 6.0)
    colour = strong * np.array([1.0, rng.uniform(0.88, 1.0), rng.uniform(0.68, 1.05)])
    main = _sun(rng, middle, colour) if sunny else _lamp(rng, middle, camera_m, colour)
    weak = rng.uniform(0.0, 0.7) * base
    second = _lamp(rng, middle, camera_m, weak)
    beam = _beam(rng, sunny=sunny)
    ground = base * rng.uniform(0.3, 0.8)
    return Mood(kind, main, second, base, ground, beam, outdoors, headlight)


def _beam(rng: np.random.Generator, *, sunny: bool) -> tuple[float, float, float, float]:
    """Draw what shapes the main light: nothing, leaves, a door's or window's frame, blinds, a spot.

    Lengths are shares of the reach of the light's shadow map.
    """
    kind = int(rng.choice(5, p=(0.45, 0.2, 0.2, 0.08, 0.07) if sunny else (0.75, 0, 0, 0, 0.25)))
    soft = rng.choice((rng.uniform(0.005, 0.02), rng.uniform(0.02, 0.12)))
    if kind == 1:
        return 1.0, rng.uniform(0.3, 2.2), rng.random(), rng.uniform(0.01, 0.2)
    if kind == 3:
        return 3.0, rng.uniform(0.5, 4.0), rng.random(), soft
    return float(kind), rng.uniform(0.1, 0.35), rng.normal(0.0, 0.15), soft


def _soft(rng: np.random.Generator) -> int:
    return 0 if rng.random() < 0.5 else int(rng.integers(2, 16))


def _sun(rng: np.random.Generator, middle: np.ndarray, colour: np.ndarray) -> Lamp:
    height, turn = np.radians(rng.uniform(18.0, 80.0)), rng.uniform(0.0, 2.0 * np.pi)
    way = np.array([np.cos(turn) * np.cos(height), np.sin(turn) * np.cos(height), np.sin(height)])
    matrix = np.eye(4)
    turned = _facing(-way)
    reach_m = max(NEAREST_REACH_M, 1.2 * float(np.linalg.norm(middle)))
    matrix[:3, :3] = turned / reach_m
    centre = np.array([*middle, 0.8])
    matrix[:3, 3] = -turned @ centre / reach_m
    depth = np.array([*turned[2], -turned[2] @ centre + 2.0 * reach_m]) / (4.0 * reach_m)
    matrix[2] = (*(turned[2] / (2.0 * reach_m)), -turned[2] @ centre / (2.0 * reach_m))
    return Lamp(np.array([*way, 0.0]), colour, _soft(rng), matrix, depth)


def _lamp(
    rng: np.random.Generator, middle: np.ndarray, camera_m: float, colour: np.ndarray
) -> Lamp:
    at = np.array([*(middle + rng.normal(0.0, 2.0, 2)), camera_m * 0.9 + rng.uniform(0.3, 2.0)])
    at[2] = max(at[2], 2.3)
    turned = _facing(np.array([*middle, 0.4]) - at)
    view = np.eye(4)
    view[:3, :3] = turned
    view[:3, 3] = -turned @ at
    near, far = 0.15, 14.0
    wide = np.tan(np.radians(65.0))
    lens = np.zeros((4, 4))
    lens[0, 0] = lens[1, 1] = 1.0 / wide
    lens[2] = (0.0, 0.0, (far + near) / (far - near), -2.0 * far * near / (far - near))
    lens[3, 2] = 1.0
    return Lamp(np.array([*at, 1.0]), colour, _soft(rng), lens @ view, view[2] / far)


def _facing(way: np.ndarray) -> np.ndarray:
    """Return a rotation (3, 3) whose last row looks along `way`."""
    forward = way / np.linalg.norm(way)
    right = np.cross(forward, (0.0, 1.0, 0.013))
    right /= np.linalg.norm(right)
    return np.stack([right, np.cross(right, forward), forward])
