"""Random still scenes: place, clutter, people, light, camera; drawn, taken and labelled."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from models.render.clutter import HARD_SHARES, draw_clutter, hang_lamps
from models.render.crowd import draw_people, equip, floor_point, park_carts
from models.render.labels import Labels, read_labels
from models.render.lights import draw_light
from models.render.mount import aim, field_deg
from models.render.people import FLOATS, vertices
from models.render.place import Door, draw_place
from models.render.sensor import developed, draw_film, lens_of, seen, smeared
from models.render.surfaces import COUNT, NOISES
from models.render.themes import USUAL, Theme, dressed, filmed, mounted
from models.render.things import Things
from models.render.vertices import Vertices

if TYPE_CHECKING:
    from models.render.bank import Bank
    from models.render.camera import Camera
    from models.render.lights import Mood
    from models.render.painter import Painter, Painting
    from models.render.people import Person
    from models.render.sensor import Lens

EMPTY_SHARE = 0.08
PARKED_SHARE = 0.05
BLURRED_SHARE = 0.4
EXPOSURES_S = (0.01, 0.09)
LONGEST_BLUR_PX = 40.0
LEAST_BLUR_PX = 2.0


@dataclass(frozen=True, slots=True)
class Still:
    """A picture (h, w, 3) uint8, its labels, and height, tilt, field and light class (4,)."""

    image: np.ndarray
    labels: Labels
    camera: np.ndarray


def draw_still(painter: Painter, bank: Bank, seed: tuple[int, ...], theme: Theme = USUAL) -> Still:
    """Draw one random scene; the same seed gives the same picture on the same OpenGL driver."""
    rng = np.random.default_rng(seed)
    camera = mounted(theme, rng)
    middle = aim(camera)
    things = Things()
    door = draw_place(things, rng, camera, middle)
    empty = (rng.random() < EMPTY_SHARE and not theme.people) or theme.empty
    blocked = draw_clutter(things, rng, _spots(camera, rng, crowded=empty), camera.height_m)
    if theme.clutter[1]:
        more = points_in_view(camera, rng, int(rng.integers(*theme.clutter)))
        blocked += draw_clutter(things, rng, more, camera.height_m, HARD_SHARES)
    if rng.random() < 0.12:
        hang_lamps(things, rng, camera.height_m)
    people: list[Person] = []
    if not empty:
        people = draw_people(bank, rng, camera, blocked, door.frame.turn_rad, theme)
        people = dressed(theme, people, rng)
    people, kinds = equip(things, bank, people, rng)
    if rng.random() < PARKED_SHARE:
        first = len(people) + len(kinds) + 1
        kinds |= park_carts(
            things, rng, points_in_view(camera, rng, int(rng.integers(1, 4))), first
        )
    mood = with_door(draw_light(rng, middle, camera.height_m), door, rng)
    motion = {}
    if rng.random() < BLURRED_SHARE or theme.exposure_s:
        motion = motion_px(people, camera, rng.uniform(*(theme.exposure_s or EXPOSURES_S)))
    cast = staged(things, bank, people, kinds, motion)
    leaves = COUNT - 1 - int(rng.integers(NOISES))
    painting = painter.paint(cast, camera, mood, leaves)
    film = filmed(theme, draw_film(rng, painting.light, mood.kind), rng)
    lens = lens_of(camera)
    image = developed(smeared(painting, motion), lens, film, rng)
    labels = labelled(painting, lens, len(people), kinds)
    facts = (camera.height_m, camera.tilt_deg, field_deg(camera), mood.kind)
    return Still(image, labels, np.array(facts, np.float32))


def staged(
    things: Things,
    bank: Bank,
    people: list[Person],
    kinds: dict[int, int],
    motion: dict[int, np.ndarray],
) -> Vertices:
    """Return everything as vertices, those who move last."""
    ordered = sorted(people, key=lambda person: person.number in motion)
    bodies = vertices(ordered, bank) if ordered else np.zeros((0, FLOATS), np.float32)
    outfits = [person.outfit for person in ordered]
    return Vertices(
        things.solid(),
        things.panes(),
        bodies,
        np.stack(outfits) if outfits else np.zeros((0, 8, 4), np.float32),
        np.array([person.number for person in ordered], int),
        np.array(sorted(kinds), int),
        sum(person.number in motion for person in ordered),
    )


def labelled(painting: Painting, lens: Lens, people: int, kinds: dict[int, int]) -> Labels:
    """Read the labels of a painting through its lens."""
    owner = seen(painting.owner, lens, labels=True)
    part = seen(painting.part, lens, labels=True)
    every = np.array([0] * people + [kinds[number] for number in sorted(kinds)], np.uint8)
    body = (part > 0) & (owner > 0)
    area = np.bincount(owner[body], lens.area[body], len(every) + 1)[1:]
    shares = np.minimum(area / np.maximum(painting.outlines, 1.0), 1.0)
    return read_labels(owner, part, shares, every)


def with_door(mood: Mood, door: Door, rng: np.random.Generator) -> Mood:
    """Return the light with daylight beyond a door."""
    a, b, c = door.plane()
    return replace(mood, door=np.array([a, b, c, rng.uniform(0.1, 2.0)]))


def points_in_view(camera: Camera, rng: np.random.Generator, count: int) -> np.ndarray:
    """Return up to `count` floor points in the picture, (n, 2)."""
    points = [floor_point(camera, rng, 0.3, 1.25) for _ in range(count)]
    return np.array([point for point in points if point is not None]).reshape(-1, 2)


def _spots(camera: Camera, rng: np.random.Generator, *, crowded: bool) -> np.ndarray:
    """Return where clutter stands; empty scenes have more of it."""
    count = int(rng.choice((0, 1, 2, 3, 5, 8), p=(0.2, 0.2, 0.2, 0.18, 0.14, 0.08)))
    return points_in_view(camera, rng, count + (int(rng.integers(1, 6)) if crowded else 0))


def motion_px(people: list[Person], camera: Camera, exposure_s: float) -> dict[int, np.ndarray]:
    """Return how far those who walk fast move during an exposure, px in the pinhole image."""
    moving = [person for person in people if person.speed_m_s > 0.0]
    if not moving:
        return {}
    start = np.array([[p.frame.x_m, p.frame.y_m, 0.62 * p.stature_m] for p in moving])
    turn = np.array([person.frame.turn_rad for person in moving])
    speed = np.array([person.speed_m_s for person in moving])
    way = np.stack([np.sin(turn), -np.cos(turn), np.zeros(len(turn))], 1)
    pinhole = replace(camera, barrel=0.0)
    ends = (start, start + way * (speed * exposure_s)[:, None])
    shift = (pinhole.project(ends[1]) - pinhole.project(ends[0])) / camera.margin
    length = np.linalg.norm(shift, axis=1)
    far = {}
    for person, one, px in zip(moving, shift, length, strict=True):
        if px > LEAST_BLUR_PX:
            far[person.number] = one * min(1.0, LONGEST_BLUR_PX / px)
    return far
