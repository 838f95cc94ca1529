"""Random sequences: people walk through one place, with tracks and the truth of a line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from models.render import gear
from models.render.clutter import draw_clutter
from models.render.lights import draw_light
from models.render.mount import aim, draw_mount, field_deg
from models.render.people import STANCES, WALKING, draw_person, moved
from models.render.place import draw_place
from models.render.sensor import developed, draw_film, lens_of, smeared
from models.render.shards import HEIGHT_PX, WIDTH_PX, Truth
from models.render.stills import labelled, motion_px, points_in_view, staged, with_door
from models.render.surfaces import COUNT, NOISES
from models.render.things import Frame, Things
from models.render.truth import Meeting, Track, meetings, split_u_turns
from models.render.walks import random_walks, recorded_walks

if TYPE_CHECKING:
    from pathlib import Path

    from models.render.bank import Bank
    from models.render.camera import Camera
    from models.render.labels import Labels
    from models.render.lights import Mood
    from models.render.painter import Painter
    from models.render.people import Person
    from models.render.place import Door
    from models.render.sensor import Film
    from models.render.walks import Walk

FPS = 12
DURATION_S = 20.0
DENSE_SHARE = 0.15
LINE_HEIGHT_M = 0.9
LEAST_SIDE_PX = 8.0
CLOSE = (0.7, 0.04, 0.08, 0.04, 0.14, 0.0)
"""How often each walking stance is taken in a dense flow, where nobody pushes a trolley."""
EVERY = 3
"""Boxes of the truth are taken from every third vertex."""


@dataclass(frozen=True, slots=True)
class Sequence:
    """Frames (n, h, w, 3) with labels, whose numbers are tracks; `camera` (4,) as in `Still`."""

    images: np.ndarray
    labels: list[Labels]
    camera: np.ndarray
    truth: Truth


@dataclass(frozen=True, slots=True)
class Stage:
    """What stays the same throughout a sequence."""

    camera: Camera
    door: Door
    still: Things
    mood: Mood
    leaves: int
    exposure_s: float


@dataclass(frozen=True, slots=True)
class Walker:
    """Somebody, their way, what they push, and the seed of what they carry."""

    person: Person
    walk: Walk
    cart: int | None
    seed: int


def draw_sequence(
    painter: Painter, bank: Bank, seed: tuple[int, ...], recordings: Path | None
) -> Sequence:
    """Draw a sequence; dense flows follow recordings, where there are some."""
    rng = np.random.default_rng((*seed, 77))
    dense = recordings is not None and rng.random() < DENSE_SHARE
    stage = _stage(rng, dense=dense)
    opening_m = stage.door.wide_m or 2.4
    if dense and recordings is not None:
        walks = recorded_walks(recordings, rng, FPS, DURATION_S)
    else:
        walks = random_walks(rng, FPS, DURATION_S, opening_m, _reach(stage))
    stances = CLOSE if dense else WALKING
    walkers = [_walker(bank, rng, walk, k, stances) for k, walk in enumerate(walks, start=1)]
    tracks: dict[int, Track] = {}
    images, labels, film = [], [], None
    for frame in range(round(DURATION_S * FPS)):
        image, one, film = _frame(painter, bank, stage, walkers, frame, film, rng, tracks)
        images.append(image)
        labels.append(one)
    line_px = _line_px(stage)
    crossings, turns = _truth(list(tracks.values()), line_px)
    camera = stage.camera
    facts = (camera.height_m, camera.tilt_deg, field_deg(camera), stage.mood.kind)
    size = np.array([WIDTH_PX, HEIGHT_PX] * 2)
    truth = Truth(FPS, (line_px / size).astype(np.float32), crossings, turns, dense)
    return Sequence(np.stack(images), labels, np.array(facts, np.float32), truth)


def _stage(rng: np.random.Generator, *, dense: bool) -> Stage:
    """Draw place, camera and light until the line is well within the picture."""
    while True:
        camera = draw_mount(rng)
        middle = aim(camera)
        things = Things()
        door = draw_place(things, rng, camera, middle, leaves=False)
        if camera.tilt_deg > 60.0 and door.wide_m == 0.0 and rng.random() < 0.6:
            aside = door.frame.turn_rad + 0.5 * np.pi
            door = replace(door, frame=replace(door.frame, turn_rad=aside))
        if dense and door.wide_m > 0.0:
            continue
        if _in_view(camera, door):
            break
    spots = points_in_view(camera, rng, int(rng.integers(0, 7)))
    away = [abs((np.linalg.inv(door.frame.matrix()) @ (*spot, 0.0, 1.0))[0]) for spot in spots]
    spots = spots[np.array(away).reshape(-1) > (3.0 if dense else 2.2)]
    draw_clutter(things, rng, spots, camera.height_m)
    mood = with_door(draw_light(rng, middle, camera.height_m), door, rng)
    exposure_s = rng.uniform(0.004, 0.035)
    return Stage(camera, door, things, mood, COUNT - 1 - int(rng.integers(NOISES)), exposure_s)


def _in_view(camera: Camera, door: Door) -> bool:
    """Tell whether the line's middle lies in the inner half of the picture, at a fit distance."""
    at = camera.project(np.array([[door.frame.x_m, door.frame.y_m, LINE_HEIGHT_M]]))[0]
    away = np.abs(at / (camera.width_px, camera.height_px) - 0.5)
    near = np.hypot(door.frame.x_m, door.frame.y_m) < 9.0
    return bool(near and (away < 0.25).all())


def _reach(stage: Stage) -> tuple[float, float]:
    """Return how far people come from and go to, inside and outside: out of the picture."""
    camera, door = stage.camera, stage.door
    wide = camera.height_m * np.tan(np.radians(field_deg(camera) / 2.0)) + 1.0
    far = float(np.hypot(door.frame.x_m, door.frame.y_m)) + 1.5
    if camera.tilt_deg < 25.0:
        return wide + 1.0, wide + 1.0
    return max(far, 3.0), 9.0


def _walker(
    bank: Bank, rng: np.random.Generator, walk: Walk, number: int, shares: tuple[float, ...]
) -> Walker:
    stance = str(rng.choice(STANCES, p=shares))
    person = draw_person(bank, rng, number, Frame(), stance)
    cart = None
    if stance == "push":
        cart = int(rng.choice((gear.TROLLEY, gear.PRAM)))
    return Walker(person, walk, cart, int(rng.integers(1 << 31)))


def _frame(  # noqa: PLR0913, PLR0917 - a frame depends on all that came before it
    painter: Painter,
    bank: Bank,
    stage: Stage,
    walkers: list[Walker],
    frame: int,
    film: Film | None,
    rng: np.random.Generator,
    tracks: dict[int, Track],
) -> tuple[np.ndarray, Labels, Film]:
    """Draw one frame; the first decides exposure and colours for all."""
    things = stage.still.copy()
    present = [w for w in walkers if 0 <= frame - w.walk.first < len(w.walk.places)]
    people: list[Person] = []
    kinds: dict[int, int] = {}
    for number, walker in enumerate(present, start=1):
        person = _at(walker, bank, stage.door, frame, number)
        own = np.random.default_rng(walker.seed)
        gear.dress_up(things, person, own)
        if walker.cart is not None:
            cart = len(present) + len(kinds) + 1
            kinds[cart] = walker.cart
            build = gear.trolley if walker.cart == gear.TROLLEY else gear.pram
            build(things, cart, person.frame, own)
        people.append(person)
    motion = motion_px(people, stage.camera, stage.exposure_s)
    cast = staged(things, bank, people, kinds, motion)
    painting = painter.paint(cast, stage.camera, stage.mood, stage.leaves)
    film = film or draw_film(rng, painting.light, stage.mood.kind)
    lens = lens_of(stage.camera)
    image = developed(smeared(painting, motion), lens, film, rng)
    labels = labelled(painting, lens, len(people), kinds)
    every = [walker.person.number for walker in present]
    every += [1000 + w.person.number for w in present if w.cart is not None]
    labels = replace(labels, numbers=np.array([0, *every], np.int32)[labels.numbers])
    bodies = cast.bodies.reshape(len(people), -1, cast.bodies.shape[1]) if people else ()
    for number, body in zip(cast.numbers, bodies, strict=True):
        _note(tracks, every[number - 1], frame, body[::EVERY, :3], stage.camera)
    return image, labels, film


def _at(walker: Walker, bank: Bank, door: Door, frame: int, number: int) -> Person:
    """Return the walker as they are in a frame, under a number of that frame."""
    step = frame - walker.walk.first
    x, y = walker.walk.places[step]
    turn = door.frame.turn_rad + walker.walk.headings[step]
    at_x, at_y = door.frame.point(float(x), float(y))
    placed = Frame(at_x, at_y, turn_rad=float(turn))
    speed = float(walker.walk.speeds[step])
    walked = float(walker.walk.walked[step])
    return moved(replace(walker.person, number=number), bank, placed, walked, speed)


def _note(
    tracks: dict[int, Track], number: int, frame: int, places: np.ndarray, camera: Camera
) -> None:
    """Note the body's box, cut at the border, in the picture's px."""
    at = camera.project(places) * (WIDTH_PX / camera.width_px)
    at = at[~np.isnan(at).any(axis=1)]
    if not len(at):
        return
    low, high = (np.clip(side, 0.0, (WIDTH_PX, HEIGHT_PX)) for side in (at.min(0), at.max(0)))
    if (high - low).min() >= LEAST_SIDE_PX:
        track = tracks.setdefault(number, Track(str(number)))
        track.frames.append(frame)
        track.rows.append(np.concatenate([low, high, low]))


def _line_px(stage: Stage) -> np.ndarray:
    """Return the counting line over the whole picture, x1, y1, x2, y2 px, in to its right."""
    frame = stage.door.frame
    places = [(*frame.point(*at), LINE_HEIGHT_M) for at in ((-0.3, 0.0), (0.3, 0.0), (0.0, -0.3))]
    at = stage.camera.project(np.array(places)) * (WIDTH_PX / stage.camera.width_px)
    way = (at[1] - at[0]) / np.linalg.norm(at[1] - at[0])
    middle = (at[0] + at[1]) / 2.0
    with np.errstate(divide="ignore"):
        borders = np.array([(1.0, 1.0), (WIDTH_PX - 1.0, HEIGHT_PX - 1.0)])
        steps = np.sort((borders - middle) / way, axis=0)
    start, end = middle + way * steps[0].max(), middle + way * steps[1].min()
    inward = at[2] - middle
    if way[0] * inward[1] - way[1] * inward[0] < 0.0:
        start, end = end, start
    return np.concatenate([start, end])


def _truth(tracks: list[Track], line_px: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return crossings and U-turns, (n, 3) int32 each, in order of frames."""
    done: list[Meeting] = []
    turned: list[Meeting] = []
    for track in tracks:
        crossings, turns = split_u_turns(meetings(track, line_px), FPS)
        done += crossings
        turned += [there for there, _ in turns]
    return _rows(done), _rows(turned)


def _rows(found: list[Meeting]) -> np.ndarray:
    rows = [(one.frame, 1 if one.direction == "in" else -1, int(one.name)) for one in found]
    return np.array(sorted(rows), np.int32).reshape(-1, 3)
