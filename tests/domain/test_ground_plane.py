"""Pixels and floor metres are two names of one place."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.domain.ground_plane import GroundPlane, Lens

WIDTH, HEIGHT = 640, 480

planes = st.builds(
    lambda height_m, tilt_deg, field_deg, barrel, roll_deg: GroundPlane(
        height_m,
        tilt_deg,
        Lens(field_deg, barrel),
        (WIDTH / 2, HEIGHT / 2),
        WIDTH / 2,
        roll_deg,
    ),
    st.floats(2.0, 6.0),
    st.floats(0.0, 60.0),
    st.floats(40.0, 104.0),
    st.floats(0.0, 0.2),
    st.floats(-180.0, 180.0),
)
pixels = st.tuples(st.floats(0, WIDTH), st.floats(0, HEIGHT)).map(lambda p: np.array([p]))


@given(planes, pixels, st.floats(0.0, 1.5))
def test_a_pixel_comes_back_from_the_floor_to_where_it_was(
    plane: GroundPlane, pixel: np.ndarray, level_m: float
) -> None:
    place = plane.places(pixel, level_m)
    if np.isnan(place).any() or np.hypot(*place[0]) > 50.0:
        return
    back = plane.pixels(np.concatenate([place, [[level_m]]], axis=1))
    assert back == pytest.approx(pixel, abs=1e-4)


@given(planes, pixels, st.floats(-500, 500), st.floats(-500, 500))
def test_a_window_sees_the_same_floor(
    plane: GroundPlane, pixel: np.ndarray, left: float, top: float
) -> None:
    window = plane.moved(-left, -top)
    same = window.places(pixel - [[left, top]])
    assert same == pytest.approx(plane.places(pixel), rel=1e-6, abs=1e-6, nan_ok=True)


def test_straight_down_the_middle_is_below_the_lens_and_the_edge_is_half_a_field_away() -> None:
    plane = GroundPlane.of_picture(3.0, 0.0, Lens(90.0, 0.1), WIDTH, HEIGHT)
    places = plane.places(np.array([[320.0, 240.0], [640.0, 240.0], [320.0, 0.0]]))
    assert places[0] == pytest.approx([0.0, 0.0], abs=1e-9)
    assert places[1] == pytest.approx([3.0 * math.tan(math.radians(45.0)), 0.0])
    assert places[2, 0] == pytest.approx(0.0)
    assert places[2, 1] > 0.0


def test_a_tilted_camera_looks_ahead_and_nothing_is_on_the_floor_above_the_horizon() -> None:
    plane = GroundPlane.of_picture(3.0, 60.0, Lens(66.0), WIDTH, HEIGHT)
    middle, sky = plane.places(np.array([[320.0, 240.0], [320.0, -400.0]]))
    assert middle == pytest.approx([0.0, 3.0 * math.tan(math.radians(60.0))])
    assert np.isnan(sky).all()


def test_what_is_behind_the_lens_has_no_pixel() -> None:
    plane = GroundPlane.of_picture(3.0, 0.0, Lens(66.0), WIDTH, HEIGHT)
    assert np.isnan(plane.pixels(np.array([[0.0, 0.0, 3.5]]))).all()


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Lens(180.0), "180 degrees"),
        (lambda: Lens(66.0, 0.9), "0.9"),
        (lambda: GroundPlane(0.1, 0.0, Lens(66.0), (0, 0), 1), "0.1 m"),
        (lambda: GroundPlane(3.0, 91.0, Lens(66.0), (0, 0), 1), "91 degrees"),
    ],
)
def test_impossible_mountings_are_refused_with_their_value(make, says: str) -> None:  # noqa: ANN001 - any maker
    with pytest.raises(ValueError, match=says):
        make()
