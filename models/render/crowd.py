"""Where people are: alone, in groups abreast, in two-way flows, in dense crowds; what they push."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from models.render import gear
from models.render.people import draw_person
from models.render.things import Frame

if TYPE_CHECKING:
    from models.render.bank import Bank
    from models.render.camera import Camera
    from models.render.clutter import Spot
    from models.render.people import Person
    from models.render.themes import Theme
    from models.render.things import Things

COUNTS = np.array([0, 20, 20, 15, 11, 8, 6, 5, 4, 3, 2, 2])
COUNT_SHARES = COUNTS / COUNTS.sum()
DENSE_SHARE = 0.09
MOST = 26
TRIES = 3
FARTHEST_M = 20.0


def draw_count(rng: np.random.Generator) -> int:
    """Draw how many people to try to place; never 0."""
    if rng.random() < DENSE_SHARE:
        return int(rng.integers(10, MOST))
    return int(rng.choice(len(COUNTS), p=COUNT_SHARES))


def floor_point(
    camera: Camera,
    rng: np.random.Generator,
    level_m: float,
    reach: float = 1.15,
    edge: float = 0.0,
) -> np.ndarray | None:
    """Return a floor point (2,) below a random point of the picture at a height, or None.

    The point lies `edge` to `reach` half pictures from the middle.
    """
    if level_m >= camera.height_m - 0.15:
        level_m = camera.height_m * 0.4
    x, y = rng.uniform(-reach, reach, 2)
    if max(abs(x), abs(y)) < edge:
        return None
    across = np.tan(np.radians(camera.hfov_deg) / 2.0) * (1.0 + camera.barrel * 0.5)
    ray = np.array([x * across, y * across * camera.height_px / camera.width_px, -1.0])
    way = camera.view()[:3, :3].T @ ray
    if way[2] > -0.02:
        return None
    place = camera.eye + way * (level_m - camera.height_m) / way[2]
    return place[:2] if np.hypot(*place[:2]) < FARTHEST_M else None


def draw_people(  # noqa: PLR0913, PLR0917 - where people are depends on all of the place
    bank: Bank,
    rng: np.random.Generator,
    camera: Camera,
    blocked: list[Spot],
    flow_rad: float,
    theme: Theme,
) -> list[Person]:
    """Draw people on free ground; `flow_rad` is the way through the door."""
    wanted = int(rng.integers(*theme.people)) if theme.people else draw_count(rng)
    dense = wanted > 9
    flows, opposite = rng.random() < 0.6, rng.choice((0.0, 0.5, 0.25))
    people: list[Person] = []
    for _ in range(wanted * TRIES):
        if len(people) >= wanted:
            break
        mate = None
        if people and rng.random() < (0.3 if dense else 0.38):
            mate = people[int(rng.integers(len(people)))]
        turn = flow_rad + (np.pi if rng.random() < opposite else 0.0) + rng.normal(0.0, 0.35)
        turn = turn if flows else rng.uniform(0.0, 2.0 * np.pi)
        if mate is None:
            level_m = rng.uniform(0.7, 1.65)
            place = floor_point(camera, rng, level_m, theme.reach, theme.edge)
        else:
            side, apart = rng.choice((-1.0, 1.0)), rng.uniform(0.42, 0.75)
            turn = mate.frame.turn_rad + rng.normal(0.0, 0.15)
            place = np.array(mate.frame.point(side * apart, rng.normal(0.0, 0.15)))
        if place is None or not _free(place, people, blocked, rng.uniform(*theme.apart_m)):
            continue
        if theme.away_m and np.hypot(*place) < theme.away_m:
            continue
        frame = Frame(float(place[0]), float(place[1]), turn_rad=float(turn))
        person = draw_person(bank, rng, len(people) + 1, frame)
        under = np.hypot(*place) < 0.4
        if under and person.stature_m > camera.height_m - 0.2:
            continue
        people.append(person)
    return people


def _free(place: np.ndarray, people: list[Person], blocked: list[Spot], apart_m: float) -> bool:
    near = any(
        np.hypot(place[0] - other.frame.x_m, place[1] - other.frame.y_m) < apart_m
        for other in people
    )
    return not near and not any(
        np.hypot(place[0] - x, place[1] - y) < radius + 0.2 for x, y, radius in blocked
    )


def equip(
    things: Things, bank: Bank, people: list[Person], rng: np.random.Generator
) -> tuple[list[Person], dict[int, int]]:
    """Give people what they wear, carry and push.

    Returns the people, some of them changed, and the kind of every further labelled thing by its
    number.
    """
    rainy = rng.random() < 0.04
    equipped, kinds = [], {}
    number = len(people)
    for person in people:
        one = replace(person, umbrella_share=0.6 if rainy else 0.008)
        if one.stance == "push":
            number += 1
            kinds[number] = gear.TROLLEY if rng.random() < 0.5 else gear.PRAM
            build = gear.trolley if kinds[number] == gear.TROLLEY else gear.pram
            build(things, number, one.frame, rng)
        elif rng.random() < 0.012:
            one = draw_person(bank, rng, one.number, one.frame, "sit")
            one = replace(one, speed_m_s=float(rng.uniform(0.0, 1.0)))
            gear.wheelchair(things, one, rng)
        gear.dress_up(things, one, rng)
        equipped.append(one)
    return equipped, kinds


def park_carts(
    things: Things, rng: np.random.Generator, places: np.ndarray, first: int
) -> dict[int, int]:
    """Leave trolleys and prams at places (n, 2); returns their kinds by number, from `first`."""
    kinds = {}
    for number, (x, y) in enumerate(places, start=first):
        kinds[number] = gear.TROLLEY if rng.random() < 0.55 else gear.PRAM
        build = gear.trolley if kinds[number] == gear.TROLLEY else gear.pram
        build(things, number, Frame(float(x), float(y), turn_rad=rng.uniform(0.0, 6.28)), rng)
    return kinds
