"""The demo's people: who they are, what they wear, and who walks where when."""

from __future__ import annotations

from dataclasses import replace

from models.render.bodies import Build
from models.render.gait import Style
from models.render.motion import Way
from models.render.scene import Actor, Colour, Outfit, Stop

DURATION_S = 54.0
FPS = 20
FAIR: Colour = (0.68, 0.42, 0.31)
TAN: Colour = (0.5, 0.29, 0.19)
BROWN: Colour = (0.27, 0.14, 0.085)
DARK: Colour = (0.12, 0.065, 0.04)
BLACK_HAIR: Colour = (0.018, 0.015, 0.013)
BROWN_HAIR: Colour = (0.09, 0.05, 0.03)
BLOND_HAIR: Colour = (0.42, 0.29, 0.14)
GREY_HAIR: Colour = (0.4, 0.39, 0.37)
JEANS: Colour = (0.06, 0.1, 0.2)
BLACK: Colour = (0.022, 0.022, 0.025)
CHINO: Colour = (0.4, 0.31, 0.2)
WHITE: Colour = (0.72, 0.71, 0.68)
LEATHER: Colour = (0.1, 0.055, 0.03)

MAN = Build(gender=0.05, age=0.67, muscle=0.55, weight=0.5, height=0.33)
WOMAN = Build(gender=0.95, age=0.67, muscle=0.45, weight=0.48, height=0.4)
CHILD = Build(gender=0.5, age=0.29, muscle=0.5, weight=0.5, height=0.5)


def cast() -> tuple[Actor, ...]:
    """Return every actor of the demo."""
    return (*_singles(), *_groups(), *_turning(), *_passing())


def _due(actor: Actor, door_s: float) -> Actor:
    """Return the actor timed so that they first stand in the door's plane at `door_s`."""
    way = Way(replace(actor, start_s=0.0))
    began = way.at(0.0)
    side = began is not None and began.y_m > 0.0
    for tick in range(int(way.end_s * 50)):
        state = way.at(tick / 50)
        if state is not None and (state.y_m > 0.0) != side:
            return replace(actor, start_s=door_s - tick / 50)
    raise ValueError(f"{actor.name} never reaches the door")


def _inward(street_x: float, door_x: float, shop_x: float) -> tuple[Stop, ...]:
    """Return a way from the street through the door and past the camera."""
    return (
        Stop(street_x, 1.7),
        Stop(door_x + 0.25 * (1 if street_x > 0 else -1), 1.3),
        Stop(door_x, 0.3),
        Stop(door_x * 1.05, -1.2),
        Stop(shop_x, -5.6),
    )


def _outward(shop_x: float, door_x: float, street_x: float) -> tuple[Stop, ...]:
    return tuple(reversed(_inward(street_x, door_x, shop_x)))


def _actor(
    name: str, build: Build, outfit: Outfit, stops: tuple[Stop, ...], speed_m_s: float = 1.2
) -> Actor:
    return Actor(name, build, outfit, stops, 0.0, speed_m_s)


BLUE_JACKET = Outfit(
    FAIR, BROWN_HAIR, (0.05, 0.09, 0.22), CHINO, LEATHER, WHITE,
    hem=3.3, open_front=0.07, loose_m=0.022, collar=5.93,
)  # fmt: skip
RED_COAT = Outfit(
    FAIR, BLOND_HAIR, (0.42, 0.045, 0.05), BLACK, BLACK, (0.1, 0.1, 0.1),
    hem=2.75, hair_back=-1.9, hair_volume_m=0.028, loose_m=0.025,
)  # fmt: skip
STRIPED = Outfit(
    TAN, BLACK_HAIR, WHITE, JEANS, WHITE, (0.08, 0.1, 0.25),
    sleeve=0.45, pattern=1, pattern_per_m=14.0, hem=3.5,
)  # fmt: skip
GREEN_PARKA = Outfit(
    BROWN, BLACK_HAIR, (0.11, 0.15, 0.06), JEANS, LEATHER, (0.45, 0.4, 0.3),
    hem=3.0, loose_m=0.035, collar=5.95, open_front=0.05,
)  # fmt: skip
YELLOW_KID = Outfit(
    FAIR, BROWN_HAIR, (0.75, 0.5, 0.04), JEANS, (0.5, 0.06, 0.06), WHITE,
    hem=3.3, loose_m=0.02,
)  # fmt: skip
SHIRT = Outfit(
    DARK, BLACK_HAIR, (0.5, 0.6, 0.75), BLACK, BLACK, WHITE, sleeve=0.95, hem=3.9, collar=5.8
)
GREY_SUIT = Outfit(
    FAIR, GREY_HAIR, (0.13, 0.135, 0.15), (0.12, 0.125, 0.14), BLACK, WHITE,
    hem=3.1, open_front=0.05, collar=5.93, loose_m=0.018,
)  # fmt: skip
TEAL_DRESS = Outfit(
    TAN, BLACK_HAIR, (0.03, 0.25, 0.26), (0.03, 0.25, 0.26), BLACK, WHITE,
    sleeve=0.3, trouser_end=2.1, hair_back=-1.5, hair_volume_m=0.03,
)  # fmt: skip
CHECKED = Outfit(
    FAIR, BROWN_HAIR, (0.45, 0.08, 0.06), JEANS, LEATHER, (0.04, 0.04, 0.06),
    pattern=3, pattern_per_m=18.0, hem=3.35,
)  # fmt: skip
HOODIE = Outfit(
    BROWN, BLACK_HAIR, (0.35, 0.34, 0.34), BLACK, WHITE, (0.8, 0.3, 0.08),
    pattern=4, loose_m=0.03, collar=5.93, hem=3.3,
)  # fmt: skip
BEIGE_CARDIGAN = Outfit(
    FAIR, GREY_HAIR, (0.5, 0.42, 0.32), (0.1, 0.08, 0.09), LEATHER, (0.35, 0.12, 0.16),
    open_front=0.08, hem=3.1, collar=5.75, hair_back=-0.7, hair_volume_m=0.035,
)  # fmt: skip


def _singles() -> list[Actor]:
    young = replace(MAN, age=0.6, height=0.38, weight=0.42)
    heavy = replace(MAN, weight=0.78, height=0.3, age=0.75)
    old = replace(WOMAN, age=0.96, height=0.3, weight=0.6, style=Style(stride=0.75, lean_deg=12.0))
    tall = replace(WOMAN, height=0.5, style=Style(bent_left_arm=True))
    bag = Style(arm_swing=0.5)
    shopper = replace(WOMAN, weight=0.55, style=bag)
    shopping = replace(
        _actor("shopper", shopper, TEAL_DRESS, _outward(1.1, 0.55, 5.6)),
        carries="shopping bag", bag=(0.7, 0.62, 0.45),
    )  # fmt: skip
    hiker = replace(
        _actor("backpack", young, BLUE_JACKET, _outward(-0.6, 0.35, 5.6), 1.3),
        carries="backpack", bag=(0.12, 0.05, 0.2),
    )  # fmt: skip
    return [
        _due(_actor("first", MAN, BLUE_JACKET, _inward(-5.6, -0.15, 0.9)), 3.2),
        _due(shopping, 9.2),
        _due(_actor("past the waiting", tall, RED_COAT, _inward(5.6, 0.3, 1.0), 1.25), 31.6),
        _due(hiker, 35.6),
        _due(_actor("hurried", young, HOODIE, _inward(5.6, 0.2, -1.0), 1.9), 41.0),
        _due(_actor("slow", old, BEIGE_CARDIGAN, _outward(-1.0, -0.45, -5.6), 0.75), 45.3),
        _due(_actor("against", heavy, SHIRT, _inward(5.6, 0.45, 1.2), 1.1), 45.6),
    ]


def _groups() -> list[Actor]:
    mother = replace(WOMAN, weight=0.52, style=Style(arm_swing=0.6))
    tall = replace(MAN, height=0.42, muscle=0.65)
    lad = replace(MAN, age=0.52, height=0.36, weight=0.4)
    elder = replace(MAN, age=0.9, weight=0.62, height=0.28)
    return [
        _due(_actor("couple, him", tall, GREEN_PARKA, _inward(-5.6, -0.6, -1.1)), 9.0),
        _due(_actor("couple, her", WOMAN, RED_COAT, _inward(-5.0, -0.02, -0.35)), 9.35),
        _due(_actor("mother in", mother, STRIPED, _inward(5.6, 0.3, 0.7), 1.0), 16.2),
        _due(_actor("child in", CHILD, YELLOW_KID, _inward(5.1, -0.25, 0.15), 1.0), 16.5),
        _due(_actor("three, front", elder, GREY_SUIT, _outward(0.5, 0.0, 5.6), 1.15), 24.8),
        _due(_actor("three, left", lad, HOODIE, _outward(-0.4, -0.52, 5.6), 1.15), 25.5),
        _due(_actor("three, right", tall, SHIRT, _outward(1.5, 0.52, 5.6), 1.15), 26.2),
        _due(_actor("mother out", mother, STRIPED, _outward(0.9, 0.35, -5.6), 1.0), 50.2),
        _due(_actor("child out", CHILD, YELLOW_KID, _outward(0.2, -0.2, -5.1), 1.0), 49.8),
    ]


def _turning() -> list[Actor]:
    """Return those who come to the door without going through for good."""
    forgetful = (
        Stop(-5.6, 1.7), Stop(-0.1, 1.2), Stop(0.05, 0.3), Stop(0.08, -0.5, 0.04),
        Stop(0.1, 0.5), Stop(0.5, 1.2), Stop(5.6, 1.1),
    )  # fmt: skip
    waiting = (
        Stop(5.6, 2.7), Stop(0.7, 2.5), Stop(-0.3, 1.3), Stop(-0.58, 0.34, 3.2),
        Stop(-0.54, 0.2, 3.6), Stop(-0.6, 0.36, 2.4), Stop(-0.9, 1.3), Stop(-5.6, 1.8),
    )  # fmt: skip
    phone = Style(raised_left_arm=True, head_down_deg=24.0)
    loiterer = replace(MAN, age=0.58, weight=0.45, height=0.36, style=phone)
    return [
        _due(_actor("U-turn", replace(WOMAN, age=0.8), BEIGE_CARDIGAN, forgetful, 1.35), 20.6),
        replace(_actor("waiting", loiterer, CHECKED, waiting, 1.1), start_s=23.0),
    ]


def _passing() -> list[Actor]:
    left, right = Stop(-6.0, 2.4), Stop(6.0, 2.5)
    return [
        replace(_actor("passing by", MAN, GREY_SUIT, (left, right), 1.35), start_s=10.5),
        replace(_actor("passing back", WOMAN, TEAL_DRESS, (right, left), 1.25), start_s=37.0),
    ]
