"""Lineups: the same few people in many scenes, on several days, with all views and lights."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from models.render.clutter import draw_clutter
from models.render.crops import Crop, cut
from models.render.crowd import floor_point
from models.render.identities import UNBURDENED_SHARE, Identity, appear
from models.render.labels import PERSON
from models.render.lights import LIGHTS, draw_light
from models.render.mount import aim, draw_mount
from models.render.place import draw_place
from models.render.sensor import developed, draw_film, lens_of, smeared
from models.render.shards import WIDTH_PX
from models.render.stills import labelled, motion_px, points_in_view, staged, with_door
from models.render.surfaces import COUNT, NOISES
from models.render.things import Frame, Things

if TYPE_CHECKING:
    from models.render.bank import Bank
    from models.render.camera import Camera
    from models.render.lights import Mood
    from models.render.painter import Painter
    from models.render.people import Person

PEOPLE, DAYS, SCENES = 8, 3, 9
"""People of a lineup, days, and scenes a day."""
SAME_MOUNT_SHARE = 0.6
NIGHT_SHARE, OTHER_SPECTRUM_SHARE = 0.12, 0.06
"""Days in infrared; scenes of a day that are in infrared against the others, or the reverse."""
BLURRED_SHARE, LONGEST_EXPOSURE_S = 0.35, 0.045
INFRARED = LIGHTS.index("infrared")
LEAST_VISIBLE, LEAST_PIXELS, LEAST_SIDE_PX = 0.5, 200, 26
LEAST_IN_SCENE = 2
APART_M = 0.55
TRIES = 12
HALF_STATURE_M = 0.85


@dataclass(frozen=True, slots=True)
class Lineup:
    """Who is seen, `first` being the number of the first of them; `seed` draws the rest."""

    seed: tuple[int, ...]
    first: int
    identities: tuple[Identity, ...]


def draw_lineup(painter: Painter, bank: Bank, lineup: Lineup) -> list[Crop]:
    """Draw all scenes of a lineup and cut out who is visible."""
    rng = np.random.default_rng(lineup.seed)
    home = draw_mount(rng)
    crops: list[Crop] = []
    for day in range(DAYS):
        night = rng.random() < NIGHT_SHARE
        for _ in range(SCENES):
            scene = len(crops)
            mount = 0 if rng.random() < SAME_MOUNT_SHARE else 1 + scene
            camera = draw_mount(rng) if mount else home
            infrared = night != (rng.random() < OTHER_SPECTRUM_SHARE)
            picture = _draw_scene(painter, bank, lineup, day, camera, rng, infrared=infrared)
            crops += [replace(crop, scene=scene, mount=mount) for crop in picture]
    return crops


def _draw_scene(  # noqa: PLR0913, PLR0917 - who, when and where
    painter: Painter,
    bank: Bank,
    lineup: Lineup,
    day: int,
    camera: Camera,
    rng: np.random.Generator,
    *,
    infrared: bool,
) -> list[Crop]:
    things = Things()
    middle = aim(camera)
    door = draw_place(things, rng, camera, middle)
    blocked = draw_clutter(
        things, rng, points_in_view(camera, rng, int(rng.integers(0, 4))), camera.height_m
    )
    people, who = _gather(bank, lineup, day, camera, blocked, rng)
    if not people:
        return []
    for person, index in zip(people, who, strict=True):
        burdened = rng.random() >= UNBURDENED_SHARE
        lineup.identities[index].dress_up(things, person, day, burdened=burdened)
    mood = with_door(_light(rng, middle, camera, infrared=infrared), door, rng)
    motion = {}
    if rng.random() < BLURRED_SHARE:
        motion = motion_px(people, camera, rng.uniform(0.01, LONGEST_EXPOSURE_S))
    cast = staged(things, bank, people, {}, motion)
    painting = painter.paint(cast, camera, mood, COUNT - 1 - int(rng.integers(NOISES)))
    film = draw_film(rng, painting.light, mood.kind)
    film = film if infrared else replace(film, grey=None)
    lens = lens_of(camera)
    image = developed(smeared(painting, motion), lens, film, rng)
    labels = labelled(painting, lens, len(people), {})
    crops = []
    for box, visible, pixels, kind, number in zip(
        labels.boxes, labels.visible, labels.pixels, labels.kinds, labels.numbers, strict=True
    ):
        side = float((box[2:] - box[:2]).max())
        if kind != PERSON or visible < LEAST_VISIBLE:
            continue
        if pixels < LEAST_PIXELS or side < LEAST_SIDE_PX:
            continue
        person = people[number - 1]
        crops.append(
            Crop(
                *cut(image, box), lineup.first + who[number - 1], day, 0, 0, mood.kind,
                _view_deg(camera, person), float(visible),
            )
        )  # fmt: skip
    return crops


def _gather(  # noqa: PLR0913, PLR0917 - who, when and where
    bank: Bank,
    lineup: Lineup,
    day: int,
    camera: Camera,
    blocked: list[tuple[float, float, float]],
    rng: np.random.Generator,
) -> tuple[list[Person], list[int]]:
    """Place some of the lineup where there is room, facing anywhere; returns who they are too."""
    people: list[Person] = []
    who: list[int] = []
    focal_px = WIDTH_PX / 2.0 / np.tan(np.radians(camera.hfov_deg) / 2.0)
    farthest_m = focal_px * 2.0 * HALF_STATURE_M / LEAST_SIDE_PX
    count = len(lineup.identities)
    for index in rng.permutation(count)[: rng.integers(LEAST_IN_SCENE, count)].tolist():
        for _ in range(TRIES):
            place = floor_point(camera, rng, rng.uniform(0.7, 1.5), 1.0)
            if place is None or np.hypot(*place) > farthest_m:
                continue
            spots = [(other.frame.x_m, other.frame.y_m, APART_M - 0.2) for other in people]
            if any(np.hypot(place[0] - x, place[1] - y) < r + 0.2 for x, y, r in spots + blocked):
                continue
            frame = Frame(float(place[0]), float(place[1]), turn_rad=rng.uniform(0.0, 2.0 * np.pi))
            identity = lineup.identities[index]
            person = appear(bank, identity, day, len(people) + 1, frame, rng)
            if np.hypot(*place) < 0.5 and person.stature_m > camera.height_m - 0.2:
                continue
            people.append(person)
            who.append(index)
            break
    return people, who


def _light(rng: np.random.Generator, middle: np.ndarray, camera: Camera, *, infrared: bool) -> Mood:
    """Draw light that is infrared or is not."""
    while True:
        mood = draw_light(rng, middle, camera.height_m)
        if (mood.kind == INFRARED) == infrared:
            return mood


def _view_deg(camera: Camera, person: Person) -> float:
    """Return the angle from straight down to the middle of somebody's body."""
    away = np.hypot(person.frame.x_m - camera.x_m, person.frame.y_m - camera.y_m)
    below = camera.height_m - person.stature_m / 2.0
    return float(np.degrees(np.arctan2(away, below)))
