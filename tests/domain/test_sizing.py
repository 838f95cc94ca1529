"""The outline of a person says how large somebody looks, and the advice what is too small."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.domain.geometry import CountingLine, Point, Zone
from fanlight.domain.ground_plane import GroundPlane, Lens
from fanlight.domain.sizing import (
    SHOULDERS_M,
    STATURE_M,
    Advice,
    AdviceCode,
    PersonOutline,
    mounting_advice,
    person_outline,
)

ASPECTS = (640.0, 480.0)
DOORWAY = GroundPlane.of_picture(2.9, 57.0, Lens(66.0, 0.06), *ASPECTS)
OVERHEAD = GroundPlane.of_picture(3.0, 0.0, Lens(90.0), *ASPECTS)

planes = st.builds(
    lambda height_m, tilt_deg, field_deg, barrel, width: GroundPlane.of_picture(
        height_m, tilt_deg, Lens(field_deg, barrel), width, width * 0.75
    ),
    st.floats(2.2, 6.0),
    st.floats(0.0, 60.0),
    st.floats(40.0, 104.0),
    st.floats(0.0, 0.15),
    st.sampled_from([1.0, 640.0, 2304.0]),
)
places = st.builds(Point, st.floats(0.05, 0.95), st.floats(0.05, 0.95))


def line(y: float, start_x: float = 0.2, end_x: float = 0.8) -> CountingLine:
    return CountingLine("door", Point(start_x, y), Point(end_x, y))


def codes(advice: list[Advice]) -> list[AdviceCode]:
    return [each.code for each in advice]


def holds(outline: PersonOutline, place: np.ndarray) -> bool:
    return bool(Zone("body", outline.corners).contains(place[None])[0])


@given(planes, places)
def test_an_outline_holds_the_feet_and_the_head(plane: GroundPlane, feet: Point) -> None:
    outline = person_outline(plane, feet)
    size = 2.0 * np.array(plane.middle)
    (floor,) = plane.places(np.array([[feet.x, feet.y]]) * size)
    if outline is None:
        assert not np.hypot(*floor) <= 50.0
        return
    assert outline.feet == feet
    assert holds(outline, np.array([feet.x, feet.y]))
    for height_m in (0.5, 1.2, STATURE_M * 0.99):
        (seen,) = plane.pixels(np.array([[*floor, height_m]])) / size
        assert holds(outline, seen)


@given(planes, places)
def test_an_outline_is_convex(plane: GroundPlane, feet: Point) -> None:
    outline = person_outline(plane, feet)
    if outline is None:
        return
    corners = np.array([(corner.x, corner.y) for corner in outline.corners])
    sides = np.roll(corners, -1, 0) - corners
    following = np.roll(sides, -1, 0)
    assert (sides[:, 0] * following[:, 1] - sides[:, 1] * following[:, 0] > 0.0).all()


@given(planes, places, st.floats(0.8, 1.6))
def test_a_taller_person_fills_at_least_as_much(
    plane: GroundPlane, feet: Point, stature_m: float
) -> None:
    small = person_outline(plane, feet, stature_m=stature_m)
    tall = person_outline(plane, feet, stature_m=stature_m + 0.3)
    assert (small is None) == (tall is None)
    if small and tall:
        assert area(tall) >= area(small) * 0.999


def area(outline: PersonOutline) -> float:
    xs, ys = (np.array([getattr(c, axis) for c in outline.corners]) for axis in "xy")
    return abs(float((xs * np.roll(ys, -1) - ys * np.roll(xs, -1)).sum())) / 2.0


@given(st.floats(2.2, 6.0), st.floats(0.5, 4.0))
def test_straight_down_a_person_shrinks_with_the_height_above_the_shoulders(
    height_m: float, higher_m: float
) -> None:
    near, far = (
        person_outline(GroundPlane.of_picture(above_m, 0.0, Lens(90.0), *ASPECTS), Point(0.5, 0.5))
        for above_m in (height_m, height_m + higher_m)
    )
    assert near is not None
    assert far is not None
    shoulders_m = 0.82 * STATURE_M
    expected = (height_m + higher_m - shoulders_m) / (height_m - shoulders_m)
    assert near.width / far.width == pytest.approx(expected, rel=1e-6)
    assert near.width == pytest.approx(SHOULDERS_M / (2.0 * (height_m - shoulders_m)))


def test_above_the_horizon_and_far_away_nobody_stands() -> None:
    flat = GroundPlane.of_picture(3.0, 80.0, Lens(66.0), *ASPECTS)
    assert person_outline(flat, Point(0.5, 0.0)) is None
    assert person_outline(flat, Point(0.5, 0.31)) is None
    assert person_outline(flat, Point(0.5, 0.9)) is not None


def test_the_demo_doorway_and_a_usual_overhead_mount_need_no_advice() -> None:
    assert mounting_advice(DOORWAY, [line(0.385, 0.28, 0.72)]) == []
    assert mounting_advice(OVERHEAD, [line(0.5, 0.0, 1.0)]) == []


def test_a_person_too_small_is_told_in_px_of_the_network() -> None:
    high = GroundPlane.of_picture(6.0, 45.0, Lens(104.0), *ASPECTS)
    (advice,) = mounting_advice(high, [line(0.35)])
    assert advice.code is AdviceCode.PERSON_TOO_SMALL
    assert advice.facts["line"] == "door"
    outline = person_outline(high, Point(0.5, 0.37))
    assert outline is not None
    assert float(advice.facts["person_px"]) == pytest.approx(320.0 * outline.width, rel=0.2)
    assert mounting_advice(high, [line(0.35)], network_px=1600.0) == []


def test_a_line_at_the_border_has_too_little_room() -> None:
    advice = mounting_advice(OVERHEAD, [line(0.97)])
    assert AdviceCode.LINE_NEAR_BORDER in codes(advice)
    (room,) = [each.facts for each in advice if each.code is AdviceCode.LINE_NEAR_BORDER]
    assert 0.0 <= float(room["room_m"]) <= 0.03 * 6.0 * 0.75
    assert AdviceCode.LINE_NEAR_BORDER not in codes(mounting_advice(OVERHEAD, [line(0.85)]))


def test_feet_beyond_the_border_make_a_cut_body() -> None:
    advice = mounting_advice(DOORWAY, [line(0.95)])
    assert AdviceCode.BODY_CUT in codes(advice)
    (cut,) = [each.facts for each in advice if each.code is AdviceCode.BODY_CUT]
    assert 0.1 < float(cut["cut"]) <= 1.0


def test_a_line_in_the_sky_is_off_the_floor() -> None:
    flat = GroundPlane.of_picture(3.0, 60.0, Lens(100.0), *ASPECTS)
    assert codes(mounting_advice(flat, [line(0.01)])) == [AdviceCode.LINE_OFF_FLOOR]


@pytest.mark.parametrize(
    ("height_m", "tilt_deg", "expected"),
    [
        (2.1, 0.0, [AdviceCode.HEIGHT_UNUSUAL]),
        (2.2, 0.0, []),
        (6.0, 60.0, []),
        (6.5, 0.0, [AdviceCode.HEIGHT_UNUSUAL]),
        (3.0, 61.0, [AdviceCode.TILT_UNUSUAL]),
        (7.0, 75.0, [AdviceCode.HEIGHT_UNUSUAL, AdviceCode.TILT_UNUSUAL]),
    ],
)
def test_height_and_tilt_have_bounds(
    height_m: float, tilt_deg: float, expected: list[AdviceCode]
) -> None:
    plane = GroundPlane.of_picture(height_m, tilt_deg, Lens(66.0), *ASPECTS)
    assert codes(mounting_advice(plane, [])) == expected
