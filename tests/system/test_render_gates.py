"""The truth of rendered sequences: the rule of the counter, at lines where people can be seen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from models.render.camera import Camera
from models.render.gates import BODY_M, CLEAR, crossed, gate_of, is_fit, line_px
from models.render.mount import draw_mount
from models.render.place import Door
from models.render.shards import HEIGHT_PX, WIDTH_PX
from models.render.things import Frame
from models.render.truth import Track, meetings
from models.render.walks import Walk, random_walks

from fanlight.domain.crossings import Crossing, Doorway, DoorwaySettings
from fanlight.domain.geometry import CountingLine, Point
from fanlight.domain.sightings import Detections
from fanlight.domain.tracking import Tracker, TrackerSettings

FPS, DURATION_S = 12, 20.0


def place(rng: np.random.Generator) -> tuple[Camera, Frame, Door, float]:
    """A camera and a line that suit each other, as sequences have them, without a wall."""
    while True:
        camera = draw_mount(rng)
        ahead = camera.height_m * np.tan(np.radians(min(camera.tilt_deg, 65.0)))
        door = Door(Frame(0.0, float(min(ahead, 8.0)), turn_rad=float(rng.normal(0, 0.4))), 0.0)
        gate = gate_of(door, 0.0)
        if is_fit(camera, gate, door, 0.0):
            return camera, gate, door, 0.0


def box_at(camera: Camera, gate: Frame, x: float, y: float) -> np.ndarray | None:
    points = np.array([(*gate.point(x + dx, y + dy), z) for dx, dy, z in BODY_M])
    at = camera.project(points) * (WIDTH_PX / camera.width_px)
    if np.isnan(at).any():
        return None
    low, high = (np.clip(side, 0, (WIDTH_PX, HEIGHT_PX)) for side in (at.min(0), at.max(0)))
    return np.concatenate([low, high]) if (high - low).min() >= 8.0 else None


def tracks_of(camera: Camera, gate: Frame, walks: list[Walk]) -> list[Track]:
    tracks = []
    for number, walk in enumerate(walks, start=1):
        track = Track(str(number))
        for step, (x, y) in enumerate(walk.places.tolist()):
            box = box_at(camera, gate, x, y)
            if box is not None:
                track.frames.append(walk.first + step)
                track.rows.append(np.concatenate([box, box[:2]]))
        if track.frames:
            tracks.append(track)
    return tracks


def counted(tracks: list[Track], line: np.ndarray) -> list[tuple[int, str]]:
    """What the counter makes of perfect boxes: tracker, doorway and nothing else."""
    ends = Point(*line[:2].tolist()), Point(*line[2:].tolist())
    doorway = Doorway(DoorwaySettings(), [CountingLine("line", *ends)])
    tracker = Tracker(TrackerSettings(), WIDTH_PX, HEIGHT_PX)
    events, frame, at_ns = [], 0, 0
    for frame in range(round(DURATION_S * FPS)):
        boxes = [
            row[:4]
            for track in tracks
            for when, row in zip(track.frames, track.rows, strict=True)
            if when == frame
        ]
        at_ns = round(frame / FPS * 1e9)
        found = Detections.of_boxes(np.array(boxes).reshape(-1, 4), np.full(len(boxes), 0.95))
        events += doorway.step(at_ns, frame, tracker.step(at_ns, found))
    events += doorway.close(at_ns, frame)
    return [(each.frame, each.direction.value) for each in events if isinstance(each, Crossing)]


@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10_000))
def test_a_body_is_clear_of_the_line_on_both_of_its_sides(seed: int) -> None:
    rng = np.random.default_rng(seed)
    camera, gate, _, _ = place(rng)
    line = line_px(camera, gate)
    along = (line[2:] - line[:2]) / np.hypot(*(line[2:] - line[:2]))
    for x in (-0.5, 0.5):
        for side in (-1.0, 1.0):
            clear = []
            for step in np.arange(0.1, 3.0, 0.1):
                box = box_at(camera, gate, x, side * step)
                if box is not None:
                    away = (box[:2] + box[2:]) / 2 - line[:2]
                    depth = along[0] * away[1] - along[1] * away[0]
                    clear.append(-side * depth / np.sqrt(np.prod(box[2:] - box[:2])))
            assert max(clear) >= 0.8 * CLEAR


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10_000))
def test_truth_and_counter_follow_one_rule(seed: int) -> None:
    rng = np.random.default_rng(seed)
    camera, gate, _, _ = place(rng)
    walks = random_walks(rng, FPS, DURATION_S, 2.4, (4.0, 4.0))[:1]
    tracks, line = tracks_of(camera, gate, walks), line_px(camera, gate)
    crossings, _ = crossed(tracks, line, FPS)
    last = round(DURATION_S * FPS) - 6
    wanted = [(one.frame, one.direction) for one in crossings if 6 < one.frame < last]
    found = [one for one in counted(tracks, line) if 6 < one[0] < last]
    assert [way for _, way in found] == [way for _, way in wanted]
    assert all(abs(a - b) <= 4 for (a, _), (b, _) in zip(found, wanted, strict=True))


def line_of_track(*places: float) -> Track:
    rows = [np.array([y - 10, 90, y + 10, 110, 0, 0.0]) for y in places]
    return Track("1", list(range(len(rows))), rows)


@pytest.mark.parametrize(
    ("places", "wanted"),
    [
        ((60, 80, 98, 102, 99, 101, 97, 80, 60), []),
        ((60, 80, 98, 102, 99, 104, 120, 140), [(5, "out")]),
        ((99, 101, 120, 140), []),
        ((60, 140), [(1, "out")]),
    ],
    ids=["dither and back", "dither and over", "begins on the line", "at once"],
)
def test_who_dithers_on_the_line_has_crossed_it_at_most_once(
    places: tuple[float, ...], wanted: list[tuple[int, str]]
) -> None:
    found = meetings(line_of_track(*places), np.array([100.0, 0.0, 100.0, 200.0]), 0.14)
    assert [(one.frame, one.direction) for one in found] == wanted
