"""Field problems 1 to 10: what other counters got wrong at the line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanlight.domain.crossings import Crossing, Direction, UTurn
from fanlight.domain.geometry import CountingLine, Heading, Point
from fanlight.domain.tracking import Detections
from walking_kit import ACROSS, Scene, boxes_at, straight, totals

GOLDEN = Path(__file__).parent / "golden_crossings.json"


def test_field_01_a_flicker_over_the_line_counts_nothing() -> None:
    path = straight((300, 150), (300, 226), 30)
    path[20] = (300.0, 262.0)
    scene = (
        Scene()
        .walk(
            path,
        )
        .close()
    )
    assert scene.events == []


def test_field_01_a_flicker_back_does_not_count_the_opposite_way() -> None:
    path = straight((300, 150), (300, 400), 50)
    path[24] = (300.0, 228.0)
    assert Scene().walk(path).close().totals == (1, 0, 0)


@given(st.integers(0, 49), st.floats(-35, 35), st.floats(-35, 35))
def test_field_01_one_bad_box_anywhere_changes_no_count(frame: int, dx: float, dy: float) -> None:
    path = straight((300, 120), (300, 400), 50)
    path[frame] = (path[frame][0] + dx, path[frame][1] + dy)
    ins, outs, _ = Scene().walk(path).close().totals
    assert (ins, outs) == (1, 0)


def test_field_02_unconfirmed_bodies_never_count() -> None:
    scene = Scene()
    for frame in range(60):
        # A new ghost on every third frame, far from the last ones, on both sides of the line.
        places = [(60.0 + frame * 77 % 520, 200.0 + 80 * (frame % 2))] if frame % 3 == 0 else []
        scene.look(boxes_at(places))
    assert scene.close().events == []
    assert scene.ids == set()


def test_field_02_ids_are_unique_within_a_frame_and_never_shared() -> None:
    chance = np.random.default_rng(2)
    scene = Scene()
    paths = [straight((60 + 70 * k, 80), (60 + 70 * k, 420), 60) for k in range(8)]
    for frame in range(60):
        places = [path[frame] for path in paths if chance.random() > 0.3]
        scene.look(boxes_at(places))
    assert all(len(set(t.ids.tolist())) == len(t) for t in scene.seen)
    assert all((t.ids > 0).all() for t in scene.seen)


def test_field_03_nobody_counts_who_does_not_touch_the_segment() -> None:
    door = CountingLine("door", Point(260, 240), Point(380, 240))
    beside = [straight((x, 120), (x, 400), 50) for x in (100, 200, 440, 560)]
    assert Scene(lines=(door,)).walk(*beside).close().events == []
    assert Scene(lines=(door,)).walk(straight((320, 120), (320, 400), 50)).close().totals == (
        1,
        0,
        0,
    )


def test_field_04_new_ids_on_the_line_count_one_person_at_most_once() -> None:
    scene = Scene()
    path = straight((300, 100), (300, 232), 25)
    path += [(300.0, 240.0 + 4 * np.sin(frame)) for frame in range(400)]
    path += straight((300, 248), (300, 420), 30)
    for frame, place in enumerate(path):
        if frame % 40 == 39:
            scene.tracker.reset()
        scene.look(boxes_at([place]))
    ins, outs, u_turns = scene.close().totals
    assert len(scene.ids) > 8
    assert ins + outs + u_turns <= 1


def test_field_04_a_body_born_on_the_line_must_leave_it_before_it_counts() -> None:
    scene = Scene().walk(straight((300, 236), (300, 420), 30)).close()
    assert scene.totals == (0, 0, 0)
    back = straight((300, 236), (300, 330), 20) + straight((300, 330), (300, 100), 40)
    assert Scene().walk(back).close().totals == (0, 1, 0)


@pytest.mark.parametrize("speed_px", [4, 10, 20, 40, 50])
def test_field_05_fast_people_count_like_slow_ones(speed_px: int) -> None:
    scene = Scene()
    for y in range(60, 430, speed_px):
        scene.look(boxes_at([(300.0, float(y))], width=100, height=100))
    assert scene.close().totals == (1, 0, 0)


def test_field_05_no_direction_is_guessed_for_somebody_who_never_arrives() -> None:
    scene = Scene().walk(straight((300, 60), (300, 215), 16))
    for _ in range(80):
        scene.look(boxes_at([]))
    assert scene.close().events == []


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_field_06_the_sum_of_events_is_the_counter_and_each_event_comes_once(seed: int) -> None:
    chance = np.random.default_rng(seed)
    scene = Scene()
    places = chance.uniform((60, 60), (580, 420), (5, 2))
    speed = chance.normal(0, 5, (5, 2))
    counted = np.zeros(3, dtype=int)
    for _ in range(150):
        turn = chance.random((5, 1)) < 0.03
        speed = np.where(turn, chance.normal(0, 5, (5, 2)), speed)
        out = (places < (30, 30)) | (places > (610, 450))
        speed = np.where(out, -np.sign(places - (320, 240)) * np.abs(speed), speed)
        places = places + speed
        counted += totals(scene.look(boxes_at([(float(x), float(y)) for x, y in places])))
    before_close = len(scene.events)
    scene.close()
    counted += totals(scene.events[before_close:])
    assert tuple(counted) == scene.totals
    assert len(set(scene.events)) == len(scene.events)


def test_field_07_the_meaning_of_in_and_out_stays_what_it_was() -> None:
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert len(golden["cases"]) >= 8
    for case in golden["cases"]:
        line = CountingLine("door", Point(*case["line"][:2]), Point(*case["line"][2:]))
        if case["in"] is not None:
            line = line.turned(Heading(case["in"]))
        scene = Scene(lines=(line.inside_picture().scaled(640, 480),))
        start, end = (tuple(np.multiply(case[key], (640, 480))) for key in ("from", "to"))
        scene.walk(straight(start, end, 60)).close()
        told = [(event.direction.value, event.frame) for event in scene.events]
        assert [direction for direction, _ in told] == [case["direction"]], case
        assert told[0][1] == pytest.approx(case["frame"], abs=1), case


def test_field_08_all_who_cross_on_the_same_frame_count() -> None:
    down = [straight((60 + 65 * k, 80), (60 + 65 * k, 400), 51) for k in range(5)]
    up = [straight((400 + 65 * k, 400), (400 + 65 * k, 80), 51) for k in range(3)]
    scene = Scene().walk(*down, *up).close()
    assert scene.totals == (5, 3, 0)
    frames = {event.frame for event in scene.events if isinstance(event, Crossing)}
    assert max(frames) - min(frames) <= 1


@pytest.mark.parametrize("line", [ACROSS, ACROSS.reversed()])
@pytest.mark.parametrize("wait_s", [0.5, 5.0, 30.0])
def test_field_09_stopping_exactly_on_the_line_counts_once(
    line: CountingLine, wait_s: float
) -> None:
    path = straight((300, 100), (300, 240), 28)
    path += [(300.0, 240.0)] * int(wait_s * 20)
    path += straight((300, 240), (300, 400), 32)
    scene = Scene(lines=(line,)).walk(path).close()
    assert sorted(scene.totals) == [0, 0, 1]
    assert isinstance(scene.events[0], Crossing)


@pytest.mark.parametrize("line", [ACROSS, ACROSS.reversed()])
def test_field_09_stopping_exactly_on_the_line_and_going_back_counts_nothing(
    line: CountingLine,
) -> None:
    path = straight((300, 100), (300, 240), 28) + [(300.0, 240.0)] * 100
    assert Scene(lines=(line,)).walk(path + path[::-1]).close().totals == (0, 0, 0)


def test_field_10_whoever_turns_back_is_a_u_turn_and_neither_in_nor_out() -> None:
    path = straight((300, 150), (300, 280), 20) + straight((300, 280), (300, 150), 20)
    scene = Scene().walk(path).close()
    assert scene.totals == (0, 0, 1)
    (event,) = scene.events
    assert isinstance(event, UTurn)


def test_field_10_whoever_leaves_again_later_is_in_and_out() -> None:
    path = straight((300, 150), (300, 280), 20) + [(300.0, 280.0)] * 80
    path += straight((300, 280), (300, 150), 20)
    scene = Scene().walk(path).close()
    assert [event.direction for event in scene.events if isinstance(event, Crossing)] == [
        Direction.IN,
        Direction.OUT,
    ]


def test_field_10_a_u_turn_of_a_flickering_detection_is_still_one() -> None:
    path = straight((300, 150), (300, 285), 24) + straight((300, 285), (300, 150), 24)
    scene = Scene()
    for frame, place in enumerate(path):
        seen = boxes_at([place]) if frame % 5 else Detections.of_boxes([], [])
        scene.look(seen)
    assert scene.close().totals == (0, 0, 1)


def test_field_09_the_frame_told_is_of_arrival_however_long_somebody_stood_there() -> None:
    path = straight((300, 100), (300, 242), 29) + [(300.0, 242.0)] * 1200
    path += straight((300, 242), (300, 400), 32)
    (event,) = Scene().walk(path).close().events
    assert event.frame == pytest.approx(28, abs=2)
    assert event.at_ns == pytest.approx(28 / 20 * 1e9, abs=2e8)
