"""What is in a scene, as plain data: nothing here knows how to draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.render.bodies import Build
    from models.render.camera import Camera

Colour = tuple[float, float, float]
"""Linear red, green and blue; 1 is a white surface."""


@dataclass(frozen=True, slots=True)
class Box:
    """A cuboid standing on its `base_m`, turned about the vertical by `turn_deg`.

    `texture` names a picture of `textures.py`, repeated every `repeat_m`; `gloss` 0..1 mirrors
    the daylight; `glow` adds light of its own; a `glass` box is see-through and casts no shadow.
    """

    centre_m: tuple[float, float]
    size_m: tuple[float, float, float]
    base_m: float = 0.0
    turn_deg: float = 0.0
    texture: str = "plain"
    repeat_m: float = 1.0
    tint: Colour = (1.0, 1.0, 1.0)
    gloss: float = 0.0
    glow: float = 0.0
    glass: bool = False


@dataclass(frozen=True, slots=True)
class Outfit:
    """What somebody wears.

    Where it ends is told in landmark coordinates of the body (0 sole, 1 ankle, 2 knee, 3 hip,
    4 waist, 5 shoulder, 6 chin, 7 top) and of the arm (0 shoulder, 1 wrist).
    """

    skin: Colour
    hair: Colour
    top: Colour
    bottom: Colour
    shoes: Colour
    accent: Colour = (0.5, 0.5, 0.5)
    sleeve: float = 0.97
    hem: float = 3.55
    trouser_end: float = 0.95
    collar: float = 5.75
    hair_back: float = -0.45
    hair_volume_m: float = 0.02
    loose_m: float = 0.012
    open_front: float = 0.0
    pattern: int = 0
    """0 plain, 1 across, 2 along, 3 checked, 4 one broad band on the chest."""
    pattern_per_m: float = 12.0


@dataclass(frozen=True, slots=True)
class Stop:
    """A place on somebody's way; `wait_s` is how long they stand there."""

    x_m: float
    y_m: float
    wait_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody with a body, an outfit, perhaps a bag, and a way through the scene."""

    name: str
    build: Build
    outfit: Outfit
    stops: tuple[Stop, ...]
    start_s: float
    speed_m_s: float = 1.2
    carries: str = ""
    """`""`, `"shopping bag"` or `"backpack"`."""
    bag: Colour = (0.3, 0.3, 0.3)


@dataclass(frozen=True, slots=True)
class Light:
    """Daylight and lamps. `sun_towards` is where the sun's rays go; colours are linear."""

    sun_towards: tuple[float, float, float] = (0.35, -0.8, -0.62)
    sun: Colour = (1.7, 1.55, 1.3)
    lamp: Colour = (0.55, 0.52, 0.48)
    sky: Colour = (0.3, 0.34, 0.4)
    bounce: Colour = (0.16, 0.14, 0.12)
    exposure: float = 0.84


@dataclass(frozen=True, slots=True)
class Doorway:
    """A whole recording: camera, things, people, light, how long."""

    camera: Camera
    light: Light
    things: tuple[Box, ...]
    actors: tuple[Actor, ...]
    duration_s: float
    fps: int
    line: tuple[float, float, float, float]
    """x1, y1, x2, y2 as fractions of the picture; *in* is to the right of a walk along it."""
    opening_m: tuple[float, float, float]
    """Left, right and top of the hole in the wall at y = 0, through which daylight comes."""
