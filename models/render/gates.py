"""Where the counting line of a sequence lies: people are in view well before and well after it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from models.render.shards import HEIGHT_PX, WIDTH_PX
from models.render.truth import Meeting, meetings, split_u_turns

if TYPE_CHECKING:
    from models.render.camera import Camera
    from models.render.labels import Labels
    from models.render.place import Door
    from models.render.things import Frame
    from models.render.truth import Track

LINE_HEIGHT_M = 0.9
FARTHEST_M = 9.0
MIDDLE_SHARE = 0.25
CLEAR = 0.6
"""Body lengths from the line that people must be seen at, on both sides."""
SHOWN = 0.6
"""Share of a body's box that must lie within the picture there."""
STEPS_M = np.arange(0.1, 3.0, 0.1)
BODY_M = np.array([(x, y, z) for x in (-0.25, 0.25) for y in (-0.2, 0.2) for z in (0.0, 1.7)])
BAND = 0.14
"""Body lengths on either side of the line within which a body is on neither."""
LEAST_SEEN, LOOK_S, LEAST_LOOKS = 0.25, 1.5, 4
LEAST_SEEN_PX = 40


def stand_off(door: Door, rng: np.random.Generator, tilt_deg: float) -> float:
    """Return how far before its door the line lies, m; 0 where there is no wall."""
    if door.wide_m == 0.0:
        return 0.0
    return float(rng.uniform(0.9, 1.7) if tilt_deg < 40.0 else rng.uniform(1.0, 2.6))


def gate_of(door: Door, off_m: float) -> Frame:
    """Return the frame whose x axis is the line: inside is at -y, the door's wall at y = off."""
    x, y = door.frame.point(0.0, -off_m)
    return replace(door.frame, x_m=float(x), y_m=float(y))


def is_fit(camera: Camera, gate: Frame, door: Door, off_m: float) -> bool:
    """Tell whether whoever walks over the line is seen well on both of its sides.

    The line's middle lies in the inner half of the picture, and at some step on either side (on
    the near side of a wall) a body is CLEAR of the line with SHOWN of its box in the picture.
    """
    at = camera.project(np.array([[gate.x_m, gate.y_m, LINE_HEIGHT_M]]))[0]
    away = np.abs(at / (camera.width_px, camera.height_px) - 0.5)
    near = np.hypot(gate.x_m, gate.y_m) < FARTHEST_M
    if not near or not (away < MIDDLE_SHARE).all():
        return False
    half = 0.35 * (door.wide_m or 1.6)
    line = line_px(camera, gate)
    limit_m = off_m - 0.25 if door.wide_m else np.inf
    for x in (-half, half):
        for side in (-1.0, 1.0):
            steps = STEPS_M if side < 0.0 else STEPS_M[limit_m >= STEPS_M]
            if not any(_is_clear(camera, gate, line, x, side * step) for step in steps):
                return False
    return True


def _is_clear(camera: Camera, gate: Frame, line: np.ndarray, x: float, y: float) -> bool:
    places = [(*gate.point(x + dx, y + dy), z) for dx, dy, z in BODY_M]
    box = _box(camera, np.array(places))
    if box is None:
        return False
    low, high, shown = box
    size = np.sqrt(np.prod(high - low))
    along = line[2:] - line[:2]
    middle = (low + high) / 2.0 - line[:2]
    inside = (along[0] * middle[1] - along[1] * middle[0]) / np.hypot(*along)
    return bool(shown >= SHOWN and inside * -np.sign(y) >= CLEAR * size)


def _box(camera: Camera, places: np.ndarray) -> tuple[np.ndarray, np.ndarray, float] | None:
    """Return low and high corner of places' box cut at the border, px, and what is left of it."""
    at = camera.project(places) * (WIDTH_PX / camera.width_px)
    if np.isnan(at).any():
        return None
    low, high = at.min(axis=0), at.max(axis=0)
    cut = [np.clip(side, 0.0, (WIDTH_PX, HEIGHT_PX)) for side in (low, high)]
    return cut[0], cut[1], float(np.prod(cut[1] - cut[0]) / np.prod(high - low))


def line_px(camera: Camera, gate: Frame) -> np.ndarray:
    """Return the counting line over the whole picture, x1, y1, x2, y2 px, in to its right."""
    places = [(*gate.point(*at), LINE_HEIGHT_M) for at in ((-0.3, 0.0), (0.3, 0.0), (0.0, -0.3))]
    at = camera.project(np.array(places)) * (WIDTH_PX / camera.width_px)
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


def crossed(tracks: list[Track], line: np.ndarray, fps: int) -> tuple[list[Meeting], list[Meeting]]:
    """Return all crossings, and the first passes of all U-turns."""
    done: list[Meeting] = []
    turned: list[Meeting] = []
    for track in tracks:
        crossings, turns = split_u_turns(meetings(track, line, BAND), fps)
        done += crossings
        turned += [there for there, _ in turns]
    return done, turned


def well_seen(crossing: Meeting, labels: list[Labels], fps: int) -> bool:
    """Tell whether a quarter of somebody shows often enough before and after their crossing."""
    reach = round(LOOK_S * fps)
    before = range(max(0, crossing.frame - reach), crossing.frame)
    after = range(crossing.frame, min(crossing.frame + reach, len(labels)))
    number = int(crossing.name)
    return all(
        sum(_shows(labels[frame], number) for frame in frames) >= LEAST_LOOKS
        for frames in (before, after)
    )


def _shows(labels: Labels, number: int) -> bool:
    mine = labels.numbers == number
    seen = (labels.visible >= LEAST_SEEN) & (labels.pixels >= LEAST_SEEN_PX)
    return bool((mine & seen).any())


def as_rows(found: list[Meeting]) -> np.ndarray:
    """Return frame, 1 in or -1 out, track of every meeting, (n, 3) int32 in order of frames."""
    rows = [(one.frame, 1 if one.direction == "in" else -1, int(one.name)) for one in found]
    return np.array(sorted(rows), np.int32).reshape(-1, 3)
