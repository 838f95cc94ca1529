"""Statures are read off boxes as far as a view tells them, and classes from several looks."""

from __future__ import annotations

from math import nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from fanlight.domain.classes import ClassSettings, Looks, StatureClasses
from fanlight.domain.counts import Segment
from fanlight.domain.ground_plane import GroundPlane, Lens
from fanlight.domain.moment import Cause
from fanlight.domain.sightings import Tracks
from fanlight.domain.stature import StatureScale

WIDTH, HEIGHT = 640, 480


def plane_of(height_m: float, tilt_deg: float) -> GroundPlane:
    return GroundPlane.of_picture(height_m, tilt_deg, Lens(80.0, 0.05), WIDTH, HEIGHT)


def body_box(plane: GroundPlane, x_m: float, y_m: float, stature_m: float) -> np.ndarray:
    """The box of an ellipsoid as tall as somebody, a third of that wide."""
    around = np.linspace(0.0, 2.0 * np.pi, 24, endpoint=False)
    rings = [
        np.column_stack(
            [
                x_m + 0.17 * stature_m * np.sin(up) * np.cos(around),
                y_m + 0.17 * stature_m * np.sin(up) * np.sin(around),
                np.full(24, stature_m * (0.5 - 0.5 * np.cos(up))),
            ]
        )
        for up in np.linspace(0.1, np.pi - 0.1, 15)
    ]
    pixels = plane.pixels(np.concatenate(rings))
    return np.concatenate([pixels.min(axis=0), pixels.max(axis=0)])


def tracks(boxes: dict[int, np.ndarray]) -> Tracks:
    made = np.array(list(boxes.values())).reshape(-1, 4)
    count = len(made)
    return Tracks(
        ids=np.array(list(boxes), dtype=np.int64),
        anchors=(made[:, :2] + made[:, 2:]) / 2,
        boxes=made,
        observed=np.ones(count, dtype=bool),
        bodies=np.ones(count),
        births=np.zeros((count, 2)),
        born_ns=np.zeros(count, dtype=np.int64),
    )


@pytest.mark.parametrize(("height_m", "tilt_deg"), [(3.0, 0.0), (3.0, 30.0), (2.8, 55.0)])
def test_taller_bodies_read_taller_and_the_truth_lies_within_three_deviations(
    height_m: float, tilt_deg: float
) -> None:
    plane = plane_of(height_m, tilt_deg)
    scale = StatureScale(plane, WIDTH, HEIGHT)
    ahead = 0.8 * height_m * np.tan(np.radians(tilt_deg))
    statures = np.array([1.0, 1.2, 1.5, 1.8])
    found = scale.estimate(np.array([body_box(plane, 0.2, ahead, s) for s in statures]))
    assert (np.diff(found[:, 0]) > 0.05).all()
    assert (np.abs(found[:, 0] - statures) < 3.0 * found[:, 1]).all()


def test_a_box_cut_by_the_border_or_of_nobody_tells_nothing() -> None:
    scale = StatureScale(plane_of(3.0, 30.0), WIDTH, HEIGHT)
    cut, flat, hollow = [0, 100, 80, 300], [200, 200, 420, 210], [300, 200, 300, 200]
    assert np.isnan(scale.estimate(np.array([cut, flat, hollow], dtype=float))).all()


boxes = st.lists(st.floats(-1e4, 1e4), min_size=4, max_size=4)


@given(st.lists(boxes, min_size=1, max_size=4))
@examples(max_examples=30)
def test_any_box_gives_a_stature_of_the_scale_or_none(rubbish: list[list[float]]) -> None:
    found = SCALE.estimate(np.array(rubbish))
    said = found[~np.isnan(found).any(axis=1)]
    assert ((said[:, 0] >= 0.8) & (said[:, 0] <= 2.2)).all()


SCALE = StatureScale(plane_of(3.0, 20.0), WIDTH, HEIGHT)


def looks(*means_m: float, spread_m: float = 0.1) -> Looks:
    made = Looks(ClassSettings(adult_m=1.4))
    for mean_m in means_m:
        made.add(mean_m, spread_m)
    return made


def test_the_median_of_several_looks_decides_and_one_odd_look_does_not() -> None:
    assert looks(1.7, 1.72, 0.9).segment() is Segment.ADULT
    assert looks(1.1, 1.12, 1.9).segment() is Segment.CHILD


def test_too_few_looks_or_a_stature_near_the_threshold_is_of_no_class() -> None:
    assert looks(1.7, 1.7).segment() is None
    assert looks(1.7, 1.7, nan, nan).segment() is None
    assert looks(1.42, 1.41, 1.43).segment() is None


def test_only_the_last_looks_count_and_no_more_are_kept() -> None:
    made = looks(*[1.0] * 30, *[1.7] * 15)
    assert made.segment() is Segment.ADULT
    assert len(made.means_m) == len(made.spreads_m) == 15


def test_a_track_is_known_on_the_frame_on_which_it_ends_and_forgotten_after_it() -> None:
    classes = StatureClasses(SCALE)
    somebody = tracks({1: body_box(plane_of(3.0, 20.0), 0.0, 0.8, 1.75)})
    for _ in range(5):
        classes.step(somebody)
    assert classes.segment(1) is Segment.ADULT
    classes.step(tracks({}))
    assert classes.segment(1) is Segment.ADULT
    classes.step(tracks({}))
    assert classes.segment(1) is None


@pytest.mark.parametrize(
    ("hung_m", "told_m", "cause"),
    [(3.0, 3.0, None), (2.4, 3.1, Cause.BODIES_TOO_LARGE), (3.1, 2.4, Cause.BODIES_TOO_SMALL)],
)
def test_field_13_a_wrong_height_is_found_by_how_tall_people_look(
    hung_m: float, told_m: float, cause: Cause | None
) -> None:
    hung = plane_of(hung_m, 10.0)
    classes = StatureClasses(StatureScale(plane_of(told_m, 10.0), WIDTH, HEIGHT))
    rng = np.random.default_rng(1)
    for track in range(60):
        stature_m = rng.normal(1.68, 0.09)
        for y_m in (0.0, 0.2, 0.4, 0.6):
            classes.step(tracks({track: body_box(hung, 0.1, y_m, stature_m)}))
    assert classes.causes == (frozenset() if cause is None else {cause})
