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
    from models.render.clutter import Spot
    from models.render.lights import Mood
    from models.render.painter import Painter
    from models.render.people import Person
    from models.render.place import Door
    from models.render.sensor import Film

PEOPLE, DAYS, SCENES = 8, 3, 9
"""People of a lineup, days, and scenes a day."""
HOME, SECOND = 0, 1
POST_SHARES = (0.55, 0.25, 0.2)
"""Scenes before the shop's main camera, its second one, and a camera used only this once."""
OTHER_LIGHT_SHARE = 0.25
"""Scenes in another light than the usual one of that camera and day."""
NIGHT_SHARE, OTHER_SPECTRUM_SHARE = 0.12, 0.05
"""Days in infrared; scenes of a day that are in infrared against the others, or the reverse."""
BLURRED_SHARE, LONGEST_EXPOSURE_S = 0.35, 0.045
EXPOSURE_CHANGE, BALANCE_CHANGE = 0.12, 0.02
"""Deviations of the logarithms of exposure and white balance from one scene to the next."""
INFRARED = LIGHTS.index("infrared")
LEAST_VISIBLE, LEAST_PIXELS, LEAST_SIDE_PX = 0.6, 200, 26
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


@dataclass(frozen=True, slots=True)
class Post:
    """A camera of the shop; `seed` fixes the place before it, `number` tells posts apart."""

    seed: tuple[int, ...]
    number: int

    def camera(self) -> Camera:
        """Return where the camera hangs."""
        return draw_mount(self._stream(0))

    def place(self, things: Things, camera: Camera) -> tuple[Door, list[Spot]]:
        """Add what stands there every day; returns the door and where nobody can stand."""
        rng = self._stream(1)
        door = draw_place(things, rng, camera, aim(camera))
        spots = points_in_view(camera, rng, int(rng.integers(0, 4)))
        return door, draw_clutter(things, rng, spots, camera.height_m)

    def light(self, camera: Camera, door: Door, day: int, *, lighting: int, infrared: bool) -> Mood:
        """Return light number `lighting` of a day, 0 being the usual one."""
        rng = self._stream(2, day, lighting)
        while True:
            mood = draw_light(rng, aim(camera), camera.height_m)
            if (mood.kind == INFRARED) == infrared:
                return with_door(mood, door, rng)

    def film(self, light: np.ndarray, mood: Mood, day: int, rng: np.random.Generator) -> Film:
        """Return how the camera takes light (h, w, 3): the day's settings, changed a little."""
        film = draw_film(self._stream(3, day), light, mood.kind)
        gains = film.gains * np.exp(rng.normal(0.0, BALANCE_CHANGE, 3)).astype(np.float32)
        exposure = film.exposure * np.exp(rng.normal(0.0, EXPOSURE_CHANGE))
        grey = film.grey if mood.kind == INFRARED else None
        return replace(film, gains=gains, exposure=exposure, grey=grey)

    def _stream(self, *which: int) -> np.random.Generator:
        return np.random.default_rng((*self.seed, self.number, *which))


def draw_lineup(painter: Painter, bank: Bank, lineup: Lineup) -> list[Crop]:
    """Draw all scenes of a lineup and cut out who is visible."""
    rng = np.random.default_rng(lineup.seed)
    crops: list[Crop] = []
    for day in range(DAYS):
        night = rng.random() < NIGHT_SHARE
        for scene in range(day * SCENES, (day + 1) * SCENES):
            number = int(rng.choice(3, p=POST_SHARES))
            post = Post(lineup.seed, number if number in (HOME, SECOND) else 2 + scene)
            infrared = night != (rng.random() < OTHER_SPECTRUM_SHARE)
            lighting = 1 + scene if rng.random() < OTHER_LIGHT_SHARE else 0
            moment = Moment(lineup, day, scene, post, lighting, infrared)
            crops += _draw_scene(painter, bank, moment, rng)
    return crops


@dataclass(frozen=True, slots=True)
class Moment:
    """When and where some of a lineup are seen."""

    lineup: Lineup
    day: int
    scene: int
    post: Post
    lighting: int
    infrared: bool


def _draw_scene(
    painter: Painter, bank: Bank, moment: Moment, rng: np.random.Generator
) -> list[Crop]:
    things, camera, day = Things(), moment.post.camera(), moment.day
    door, blocked = moment.post.place(things, camera)
    people, who = _gather(bank, moment, camera, blocked, rng)
    if not people:
        return []
    for person, index in zip(people, who, strict=True):
        burdened = rng.random() >= UNBURDENED_SHARE
        moment.lineup.identities[index].dress_up(things, person, day, burdened=burdened)
    mood = moment.post.light(camera, door, day, lighting=moment.lighting, infrared=moment.infrared)
    motion = {}
    if rng.random() < BLURRED_SHARE:
        motion = motion_px(people, camera, rng.uniform(0.01, LONGEST_EXPOSURE_S))
    cast = staged(things, bank, people, {}, motion)
    painting = painter.paint(cast, camera, mood, COUNT - 1 - int(rng.integers(NOISES)))
    film = moment.post.film(painting.light, mood, day, rng)
    lens = lens_of(camera)
    image = developed(smeared(painting, motion), lens, film, rng)
    labels = labelled(painting, lens, len(people), {})
    large = (labels.boxes[:, 2:] - labels.boxes[:, :2]).max(axis=1) >= LEAST_SIDE_PX
    large &= (labels.pixels >= LEAST_PIXELS) & (labels.visible >= LEAST_VISIBLE)
    crops = []
    for row in np.flatnonzero(large & (labels.kinds == PERSON)):
        index = int(labels.numbers[row]) - 1
        crops.append(
            Crop(
                *cut(image, labels.boxes[row]), moment.lineup.first + who[index], day,
                moment.scene, moment.post.number, moment.lighting, mood.kind,
                _view_deg(camera, people[index]), float(labels.visible[row]),
            )
        )  # fmt: skip
    return crops


def _gather(
    bank: Bank, moment: Moment, camera: Camera, blocked: list[Spot], rng: np.random.Generator
) -> tuple[list[Person], list[int]]:
    """Place some of the lineup where there is room, facing anywhere; returns who they are too."""
    people: list[Person] = []
    who: list[int] = []
    focal_px = WIDTH_PX / 2.0 / np.tan(np.radians(camera.hfov_deg) / 2.0)
    farthest_m = focal_px * 2.0 * HALF_STATURE_M / LEAST_SIDE_PX
    count = len(moment.lineup.identities)
    for index in rng.permutation(count)[: rng.integers(LEAST_IN_SCENE, count)].tolist():
        for _ in range(TRIES):
            place = floor_point(camera, rng, rng.uniform(0.7, 1.5), 1.0)
            if place is None or np.hypot(*place) > farthest_m:
                continue
            spots = [(other.frame.x_m, other.frame.y_m, APART_M - 0.2) for other in people]
            if any(np.hypot(place[0] - x, place[1] - y) < r + 0.2 for x, y, r in spots + blocked):
                continue
            frame = Frame(float(place[0]), float(place[1]), turn_rad=rng.uniform(0.0, 2.0 * np.pi))
            identity = moment.lineup.identities[index]
            person = appear(bank, identity, moment.day, len(people) + 1, frame, rng)
            if np.hypot(*place) < 0.5 and person.stature_m > camera.height_m - 0.2:
                continue
            people.append(person)
            who.append(index)
            break
    return people, who


def _view_deg(camera: Camera, person: Person) -> float:
    """Return the angle from straight down to the middle of somebody's body."""
    away = np.hypot(person.frame.x_m - camera.x_m, person.frame.y_m - camera.y_m)
    below = camera.height_m - person.stature_m / 2.0
    return float(np.degrees(np.arctan2(away, below)))
