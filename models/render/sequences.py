"""Random sequences: people walk through one place, with tracks and the truth of a line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from models.render import gear
from models.render.clutter import draw_clutter
from models.render.gates import as_rows, crossed, gate_of, is_fit, line_px, stand_off, well_seen
from models.render.lights import draw_light
from models.render.mount import OVERHEAD, SLANTED, aim, draw_mount, field_deg
from models.render.people import STANCES, WALKING, draw_person, moved
from models.render.place import draw_place
from models.render.sensor import developed, draw_film, lens_of, smeared
from models.render.shards import HEIGHT_PX, WIDTH_PX, Truth
from models.render.stills import labelled, motion_px, points_in_view, staged, with_door
from models.render.surfaces import COUNT, NOISES
from models.render.things import Frame, Things
from models.render.truth import Track
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
    gate: Frame
    off_m: float
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
        walks = random_walks(rng, FPS, DURATION_S, opening_m, _reach(stage), stage.off_m)
    stances = CLOSE if dense else WALKING
    walkers = [_walker(bank, rng, walk, k, stances) for k, walk in enumerate(walks, start=1)]
    tracks: dict[int, Track] = {}
    images, labels, film = [], [], None
    for frame in range(round(DURATION_S * FPS)):
        image, one, film = _frame(painter, bank, stage, walkers, frame, film, rng, tracks)
        images.append(image)
        labels.append(one)
    camera, line = stage.camera, line_px(stage.camera, stage.gate)
    crossings, turns = crossed(list(tracks.values()), line, FPS)
    seen = [well_seen(crossing, labels, FPS) for crossing in crossings]
    facts = (camera.height_m, camera.tilt_deg, field_deg(camera), stage.mood.kind)
    truth = Truth(
        FPS,
        (line / np.array([WIDTH_PX, HEIGHT_PX] * 2)).astype(np.float32),
        as_rows([one for one, well in zip(crossings, seen, strict=True) if well]),
        as_rows(turns),
        as_rows([one for one, well in zip(crossings, seen, strict=True) if not well]),
        dense,
        np.array([_about(walker.person) for walker in walkers], np.float32).reshape(-1, 3),
    )
    return Sequence(np.stack(images), labels, np.array(facts, np.float32), truth)


def _about(person: Person) -> tuple[int, float, float]:
    return person.number, person.stature_m, float(person.outfit[4:6, :3].mean())


def _stage(rng: np.random.Generator, *, dense: bool) -> Stage:
    """Draw place, camera and light until the line is well within the picture."""
    while True:
        camera = draw_mount(rng, int(rng.choice((OVERHEAD, SLANTED))) if dense else None)
        middle = aim(camera)
        things = Things()
        door = draw_place(things, rng, camera, middle, leaves=False)
        if camera.tilt_deg > 60.0 and door.wide_m == 0.0 and rng.random() < 0.6:
            aside = door.frame.turn_rad + 0.5 * np.pi
            door = replace(door, frame=replace(door.frame, turn_rad=aside))
        off_m = stand_off(door, rng, camera.tilt_deg)
        gate = gate_of(door, off_m)
        if not (dense and door.wide_m > 0.0) and is_fit(camera, gate, door, off_m):
            break
    spots = points_in_view(camera, rng, int(rng.integers(0, 7)))
    away = [abs((np.linalg.inv(gate.matrix()) @ (*spot, 0.0, 1.0))[0]) for spot in spots]
    spots = spots[np.array(away).reshape(-1) > (3.0 if dense else 2.2)]
    draw_clutter(things, rng, spots, camera.height_m)
    mood = with_door(draw_light(rng, middle, camera.height_m), door, rng)
    exposure_s = rng.uniform(0.004, 0.035)
    leaves = COUNT - 1 - int(rng.integers(NOISES))
    return Stage(camera, door, gate, off_m, things, mood, leaves, exposure_s)


def _reach(stage: Stage) -> tuple[float, float]:
    """Return how far people come from and go to, inside and outside: out of the picture."""
    camera, gate = stage.camera, stage.gate
    wide = camera.height_m * np.tan(np.radians(field_deg(camera) / 2.0)) + 1.0
    far = float(np.hypot(gate.x_m, gate.y_m)) + 1.5
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
        person = _at(walker, bank, stage.gate, frame, number)
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


def _at(walker: Walker, bank: Bank, gate: Frame, frame: int, number: int) -> Person:
    """Return the walker as they are in a frame, under a number of that frame."""
    step = frame - walker.walk.first
    x, y = walker.walk.places[step]
    turn = gate.turn_rad + walker.walk.headings[step]
    at_x, at_y = gate.point(float(x), float(y))
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
