from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fanlight.domain.crossings import (
    Crossing,
    Direction,
    Doorway,
    DoorwaySettings,
    Event,
    Passing,
    UTurn,
    ZoneVisit,
)
from fanlight.domain.geometry import CountingLine, Point, Zone
from fanlight.domain.tracking import Tracks
from walking_kit import ACROSS, Place, Scene, along, boxes_at, straight, totals

S = 1_000_000_000


def tracks_of(place: Place, birth: Place, *, observed: bool = True, body: float = 40.0) -> Tracks:
    anchor = np.array([place])
    return Tracks(
        ids=np.array([1]),
        anchors=anchor,
        boxes=np.concatenate([anchor - body / 2, anchor + body / 2], axis=1),
        observed=np.array([observed]),
        bodies=np.array([body]),
        births=np.array([birth]),
        born_ns=np.array([0]),
    )


def crossed(
    path: Sequence[Place | None],
    line: CountingLine = ACROSS,
    *,
    fps: float = 20.0,
    body: float = 40.0,
    start_s: float = 0.0,
    passing: Sequence[CountingLine] = (),
) -> list[Event]:
    """What the crossing logic alone makes of one exactly known track."""
    doorway = Doorway(DoorwaySettings(), [line], passing)
    events: list[Event] = []
    birth = path[0]
    assert birth is not None
    here = birth
    for frame, place in enumerate(path):
        here = here if place is None else place
        at_ns = round((start_s + frame / fps) * S)
        events += doorway.step(
            at_ns, frame, tracks_of(here, birth, observed=place is not None, body=body)
        )
    return events + doorway.close(at_ns, frame)


def test_downward_over_the_line_is_in_and_tells_where_it_met_it() -> None:
    (event,) = crossed(straight((300, 100), (300, 380), 29))
    assert event == Crossing("door", Direction.IN, round(0.7 * S), 14, 1)


def test_upward_is_out() -> None:
    assert totals(crossed(straight((300, 380), (300, 100), 29))) == (0, 1, 0)


def test_a_crossing_is_told_once_it_cannot_become_a_u_turn() -> None:
    scene = Scene()
    told = [
        frame
        for frame, place in enumerate(straight((300, 120), (300, 460), 35))
        if scene.look(boxes_at([place]))
    ]
    (event,) = scene.events
    assert isinstance(event, Crossing)
    assert event.frame == pytest.approx(12, abs=1)
    assert len(told) == 1
    assert told[0] > event.frame


def test_over_and_back_within_the_time_is_one_u_turn() -> None:
    path = straight((300, 180), (300, 280), 15) + straight((300, 280), (300, 150), 15)
    (event,) = crossed(path)
    assert isinstance(event, UTurn)
    assert event.frame == pytest.approx(9, abs=1)


def test_over_and_back_after_the_time_is_in_and_out() -> None:
    path = straight((300, 180), (300, 280), 15) + [(300.0, 280.0)] * 60
    assert totals(crossed(path + straight((300, 280), (300, 150), 15))) == (1, 1, 0)


def test_far_away_and_back_is_in_and_out_however_soon() -> None:
    path = straight((300, 180), (300, 400), 10) + straight((300, 400), (300, 150), 10)
    assert totals(crossed(path)) == (1, 1, 0)


def test_two_u_turns_are_two() -> None:
    once = straight((300, 200), (300, 270), 8) + straight((300, 270), (300, 200), 8)
    assert totals(crossed(once * 2)) == (0, 0, 2)


def test_walking_round_the_end_of_the_line_is_no_crossing() -> None:
    short = CountingLine("door", Point(200, 240), Point(400, 240))
    path = straight((500, 100), (500, 400), 20)
    assert crossed(path, short) == []
    assert totals(crossed(path + straight((500, 400), (300, 100), 20), short)) == (0, 1, 0)


def test_a_predicted_place_crosses_nothing() -> None:
    doorway = Doorway(DoorwaySettings(), [ACROSS])
    events = []
    for frame in range(40):
        y = 140.0 + 10.0 * frame
        tracks = tracks_of((300, y), (300, 140), observed=frame < 8)
        events += doorway.step(frame * S // 20, frame, tracks)
    assert events + doorway.close(2 * S, 40) == []


def test_a_body_hidden_while_it_crosses_counts_once_it_is_seen_again() -> None:
    path: list[Place | None] = list(straight((300, 140), (300, 400), 40))
    path[10:25] = [None] * 15
    assert totals(crossed(path)) == (1, 0, 0)


def test_a_track_that_ends_beyond_the_line_has_crossed() -> None:
    assert totals(crossed(straight((300, 180), (300, 256), 20))) == (1, 0, 0)


def test_passing_lines_tell_passers_by_at_once_and_no_crossings() -> None:
    street = CountingLine("street", Point(320, 0), Point(320, 480))
    path = straight((100, 100), (500, 100), 40)
    (event,) = crossed(path + path[::-1][:5], passing=[street])
    assert isinstance(event, Passing)
    assert (event.line, event.direction) == ("street", Direction.OUT)


def test_two_lines_in_a_row_each_count() -> None:
    second = CountingLine("inner", Point(0, 320), Point(640, 320))
    scene = Scene(lines=(ACROSS, second))
    scene.walk(straight((300, 100), (300, 460), 40)).close()
    lines = [event.line for event in scene.events if isinstance(event, Crossing)]
    assert lines == ["door", "inner"]


def test_a_zone_tells_a_visit_and_its_dwell_once_it_is_over() -> None:
    zone = Zone("till", (Point(200, 100), Point(400, 100), Point(400, 300), Point(200, 300)))
    doorway = Doorway(DoorwaySettings(), [], zones=[zone])
    scene = Scene(lines=(), doorway=doorway)
    scene.walk(straight((100, 200), (500, 200), 81)).close()
    (visit,) = scene.events
    assert isinstance(visit, ZoneVisit)
    assert visit.dwell_ms == pytest.approx(2000, abs=100)
    assert visit.frame == pytest.approx(60, abs=1)


def test_stepping_out_of_a_zone_for_a_moment_does_not_end_the_visit() -> None:
    zone = Zone("till", (Point(200, 100), Point(400, 100), Point(400, 300), Point(200, 300)))
    scene = Scene(lines=(), doorway=Doorway(DoorwaySettings(), [], zones=[zone]))
    path = straight((300, 200), (430, 200), 20) + straight((430, 200), (300, 200), 20)
    scene.walk(path).close()
    assert [event.dwell_ms for event in scene.events if isinstance(event, ZoneVisit)] == [
        pytest.approx(1950, abs=120)
    ]


def test_walking_past_a_corner_of_a_zone_is_no_visit() -> None:
    zone = Zone("till", (Point(200, 100), Point(400, 100), Point(400, 300), Point(200, 300)))
    scene = Scene(lines=(), doorway=Doorway(DoorwaySettings(), [], zones=[zone]))
    assert scene.walk(straight((370, 60), (430, 130), 20)).close().events == []


coordinates = st.floats(20, 460).map(lambda value: round(value, 1))


@st.composite
def strolls(draw: st.DrawFn) -> list[Place]:
    """A way through a few corners, no faster than people go."""
    corners = draw(st.lists(st.tuples(coordinates, coordinates), min_size=2, max_size=6))
    path: list[Place] = []
    for start, end in itertools.pairwise(corners):
        steps = max(2, int(np.hypot(end[0] - start[0], end[1] - start[1]) / 6))
        path += straight(start, end, steps)
    return path


DOOR = CountingLine("door", Point(0, 240), Point(480, 240))


@given(strolls())
def test_turning_the_line_round_swaps_in_and_out(path: list[Place]) -> None:
    assume(all(abs(y - 240) > 1e-3 for _, y in path))
    ins, outs, u_turns = totals(crossed(path, DOOR))
    assert totals(crossed(path, DOOR.reversed())) == (outs, ins, u_turns)


@given(strolls())
def test_a_mirrored_scene_swaps_in_and_out(path: list[Place]) -> None:
    assume(all(abs(y - 240) > 1e-3 for _, y in path))
    ins, outs, u_turns = totals(crossed(path, DOOR))
    mirrored = [(x, 480 - y) for x, y in path]
    assert totals(crossed(mirrored, DOOR)) == (outs, ins, u_turns)


@given(strolls(), st.sampled_from([0.01, 0.25, 4.0, 1000.0]), st.sampled_from([0.0, 86400.0]))
def test_neither_the_unit_nor_the_time_of_day_matters(
    path: list[Place], scale: float, start_s: float
) -> None:
    there = crossed(path, DOOR)
    scaled = [(x * scale, y * scale) for x, y in path]
    here = crossed(scaled, DOOR.scaled(scale, scale), body=40 * scale, start_s=start_s)
    assert totals(here) == totals(there)
    assert [event.frame for event in here] == [event.frame for event in there]


@given(strolls())
def test_nobody_crosses_whose_way_never_meets_the_segment(path: list[Place]) -> None:
    aside = CountingLine("door", Point(500, 240), Point(900, 240))
    assert crossed(path, aside) == []


@given(strolls())
def test_whoever_comes_back_nets_nothing(path: list[Place]) -> None:
    assume(abs(path[0][1] - 240) > 20)
    ins, outs, _ = totals(crossed(path + path[::-1], DOOR))
    assert ins == outs


@given(strolls())
def test_totals_only_grow_and_differ_by_at_most_one_for_one_body(path: list[Place]) -> None:
    ins, outs, u_turns = totals(crossed(path, DOOR))
    assert abs(ins - outs) <= 1
    assert min(ins, outs, u_turns) >= 0


@given(strolls(), st.integers(2, 3))
def test_fewer_frames_a_second_make_no_other_net_count(path: list[Place], every: int) -> None:
    assume(abs(path[0][1] - 240) > 20)
    assume(abs(path[-1][1] - 240) > 30)
    still = [path[-1]] * 6
    ins, outs, _ = totals(crossed(path + still, DOOR))
    fewer = (path + still)[::every]
    fewer_ins, fewer_outs, _ = totals(crossed(fewer, DOOR, fps=20 / every))
    assert ins - outs == fewer_ins - fewer_outs


@settings(max_examples=30)
@given(st.floats(0.0, 1.0), st.floats(60, 220))
def test_any_closed_loop_nets_nothing(phase: float, radius: float) -> None:
    def circle(share: np.ndarray) -> np.ndarray:
        angle = 2 * np.pi * (share + phase)
        return np.stack([240 + radius * np.cos(angle), 240 + radius * np.sin(angle)])

    assume(abs(np.sin(2 * np.pi * phase)) * radius > 15)
    ins, outs, _ = totals(crossed(along(circle, 120), DOOR))
    assert (ins, outs) == (1, 1)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 6), st.sampled_from([5.0, 12.5, 30.0]), st.booleans())
def test_all_who_walk_abreast_count(many: int, fps: float, down: bool) -> None:  # noqa: FBT001
    frames = int(4 * fps)
    ys = (60.0, 440.0) if down else (440.0, 60.0)
    paths = [straight((60 + 80 * k, ys[0]), (60 + 80 * k, ys[1]), frames) for k in range(many)]
    scene = Scene(fps=fps).walk(*paths).close()
    assert scene.totals == ((many, 0, 0) if down else (0, many, 0))
