from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fanlight.domain.mount import Mount
from fanlight.domain.sightings import most_shared, singles
from fanlight.domain.tracking import Detections, Ending, Tracker, TrackerSettings
from walking_kit import Scene, boxes_at, straight


def test_a_body_keeps_its_id_while_it_walks() -> None:
    scene = Scene().walk(straight((300, 80), (300, 400), 60))
    assert scene.ids == {1}
    assert scene.seen[-1].anchors[0] == pytest.approx([300, 400], abs=3)
    assert scene.seen[-1].boxes[0] == pytest.approx([280, 380, 320, 420], abs=4)


def test_one_look_makes_no_track() -> None:
    scene = Scene()
    scene.look(boxes_at([(300, 200)]))
    assert len(scene.seen[-1]) == 0


def test_faint_detections_start_nothing_but_continue_a_track() -> None:
    tracker = Tracker(TrackerSettings())
    faint = [boxes_at([(x, 200)]) for x in range(300, 330, 3)]
    faint = [Detections(d.boxes, np.full(1, 0.25), d.anchors) for d in faint]
    for frame, detections in enumerate(faint):
        assert len(tracker.step(frame * 50_000_000, detections)) == 0
    for frame in range(10, 13):
        tracker.step(frame * 50_000_000, boxes_at([(300, 200)]))
    seen = [tracker.step(frame * 50_000_000, faint[0]) for frame in range(13, 30)]
    assert all(tracks.observed.all() and tracks.ids.tolist() == [1] for tracks in seen)


@pytest.mark.parametrize("fps", [5.0, 10.0, 30.0])
def test_a_body_hidden_for_a_second_keeps_its_id(fps: float) -> None:
    path: list[tuple[float, float] | None] = list(straight((100, 200), (400, 200), int(4 * fps)))
    path[int(1.5 * fps) : int(2.5 * fps)] = [None] * int(fps)
    assert Scene(fps=fps).walk(path).ids == {1}


def test_two_who_pass_each_other_keep_their_ids() -> None:
    right, left = straight((150, 200), (450, 210), 50), straight((450, 225), (150, 235), 50)
    scene = Scene().walk(right, left)
    last = dict(zip(scene.seen[-1].ids.tolist(), scene.seen[-1].anchors[:, 0], strict=True))
    first = dict(zip(scene.seen[5].ids.tolist(), scene.seen[5].anchors[:, 0], strict=True))
    assert scene.ids == {1, 2}
    assert all((first[track] < 300) == (last[track] > 300) for track in (1, 2))


def test_a_hidden_body_and_the_one_that_hides_it_come_out_as_they_went_in() -> None:
    right = straight((100, 200), (500, 200), 80)
    left: list[tuple[float, float] | None] = list(straight((500, 204), (100, 204), 80))
    left[34:46] = [None] * 12
    scene = Scene().walk(right, left)
    first = dict(zip(scene.seen[20].ids.tolist(), scene.seen[20].anchors[:, 0], strict=True))
    last = dict(zip(scene.seen[-1].ids.tolist(), scene.seen[-1].anchors[:, 0], strict=True))
    assert set(first) == set(last) == {1, 2}
    assert all((first[track] < 300) == (last[track] > 300) for track in (1, 2))


def test_irregular_frame_times_do_not_matter() -> None:
    chance = np.random.default_rng(3)
    times = np.cumsum(chance.uniform(0.01, 0.25, 40))
    tracker, ids = Tracker(TrackerSettings()), set()
    for at_s in times.tolist():
        tracks = tracker.step(round(at_s * 1e9), boxes_at([(100 + 60 * at_s, 200)]))
        ids |= set(tracks.ids.tolist())
    assert ids == {1}


def test_a_body_that_leaves_over_the_border_ends_at_once_and_says_why() -> None:
    scene = Scene().walk(straight((500, 200), (630, 200), 20))
    scene.look(boxes_at([]))
    assert [(gone.track, gone.why) for gone in scene.seen[-1].ended] == [(1, Ending.BORDER)]


def test_a_body_lost_inside_the_picture_is_kept_for_a_while_and_then_ended() -> None:
    scene = Scene().walk(straight((300, 200), (320, 200), 20))
    kept = 0
    while not scene.seen[-1].ended:
        scene.look(boxes_at([]))
        kept += 1
    assert [gone.why for gone in scene.seen[-1].ended] == [Ending.LOST]
    assert kept / scene.fps == pytest.approx(TrackerSettings.for_mount(scene.mount).keep_s, abs=0.2)


def test_ids_go_on_after_a_reset() -> None:
    scene = Scene().walk(straight((300, 200), (320, 200), 10))
    scene.tracker.reset()
    scene.walk(straight((300, 200), (320, 200), 10))
    assert scene.ids == {1, 2}


def test_time_that_goes_back_or_stands_still_harms_nothing() -> None:
    tracker = Tracker(TrackerSettings())
    for at_ns in (10**9, 10**9, 10**9 - 5, 10**9 + 10**8, 10**9 + 10**8):
        tracks = tracker.step(at_ns, boxes_at([(300, 200)]))
    assert tracks.ids.tolist() == [1]
    assert np.isfinite(tracks.boxes).all()


def test_a_long_stall_forgets_everybody() -> None:
    scene = Scene().walk(straight((300, 200), (320, 200), 10))
    scene.look(boxes_at([(320, 200)]), at_ns=60_000_000_000)
    assert [gone.why for gone in scene.seen[-1].ended] == [Ending.LOST]


numbers = st.one_of(
    st.floats(-50, 700), st.sampled_from([np.nan, np.inf, -np.inf, 0.0, 1e300, -1e300, 1e-300])
)


@settings(max_examples=60)
@given(
    st.lists(
        st.integers(0, 6).flatmap(
            lambda n: st.tuples(
                arrays(float, (n, 4), elements=numbers), arrays(float, n, elements=numbers)
            )
        ),
        min_size=1,
        max_size=12,
    ),
    st.sampled_from([*Mount]),
)
def test_no_rubbish_breaks_the_tracker(
    looks: list[tuple[np.ndarray, np.ndarray]], mount: Mount
) -> None:
    scene = Scene(mount=mount)
    for boxes, scores in looks:
        scene.look(Detections.of_boxes(boxes, scores))
        tracks = scene.seen[-1]
        assert np.isfinite(tracks.anchors).all()
        assert np.isfinite(tracks.boxes).all()
        assert len(set(tracks.ids.tolist())) == len(tracks)
    scene.close()


def test_rubbish_beside_a_body_does_not_hide_it() -> None:
    scene = Scene()
    for x, y in straight((300, 200), (340, 200), 10):
        good = boxes_at([(x, y)]).boxes[0].tolist()
        boxes = [[np.nan] * 4, good, [5, 5, 5, 90], [-1e300, 0, 1e300, 9], [50, 50, 20, 20]]
        scene.look(Detections.of_boxes(boxes, [0.9] * 5))
    assert len(scene.seen[-1]) == 1
    assert scene.seen[-1].anchors[0] == pytest.approx([340, 200], abs=5)


@pytest.mark.parametrize("fps", [0.7, 2.0, 3.0])
def test_field_21_a_device_slowed_by_heat_still_follows_a_slow_walker(fps: float) -> None:
    scene = Scene(fps=fps).walk(straight((300, 100), (300, 400), int(12 * fps)))
    assert scene.ids == {1}


BODY, ARM, OTHER = (100, 100, 160, 160), (95, 120, 125, 150), (170, 100, 230, 160)


def test_under_an_overhead_camera_a_part_of_a_body_is_nobody() -> None:
    boxes, scores = np.array([ARM, BODY, OTHER], float), np.array([0.6, 0.9, 0.8])
    tracker = Tracker(TrackerSettings.for_mount(Mount.OVERHEAD), 640, 480)
    for frame in range(12):
        tracks = tracker.step(frame * 80_000_000, Detections.of_boxes(boxes, scores))
    assert sorted(tracks.boxes[:, 0].round().tolist()) == [100.0, 170.0]


@given(
    arrays(np.float64, (6, 2), elements=st.floats(0, 200)),
    arrays(np.float64, 6, elements=st.floats(0, 1)),
    st.floats(0.1, 0.9),
)
def test_what_is_left_shares_little_and_what_went_shared_much(
    corners: np.ndarray, scores: np.ndarray, most: float
) -> None:
    boxes = np.hstack([corners, corners + 40.0])
    detections = Detections.of_boxes(boxes, scores)
    kept = singles(detections, most)
    left = list(range(6)) if kept is None else kept.tolist()
    for place in range(6):
        others = [other for other in left if other != place]
        surer = [other for other in others if scores[other] >= scores[place]]
        if place in left:
            assert most_shared(boxes, place, others)[0] <= most
        else:
            assert most_shared(boxes, place, surer)[0] > most
