from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from fanlight.domain.geometry import CountingLine, Heading, Point, Zone, meeting

places = st.builds(
    Point, st.floats(-100, 100, allow_subnormal=False), st.floats(-100, 100, allow_subnormal=False)
)


def line(x1: float, y1: float, x2: float, y2: float) -> CountingLine:
    return CountingLine("door", Point(x1, y1), Point(x2, y2))


def test_in_is_to_the_right_of_the_walk_along_the_line() -> None:
    down, right = line(0, 0.5, 1, 0.5), line(0.5, 1, 0.5, 0)
    assert down.offsets(np.array([[0.5, 0.9]]))[0] == pytest.approx(0.4)
    assert right.offsets(np.array([[0.9, 0.5]]))[0] == pytest.approx(0.4)
    assert right.offsets(np.array([[0.1, 0.5]]))[0] == pytest.approx(-0.4)


@pytest.mark.parametrize("heading", list(Heading))
def test_a_turned_line_counts_a_walk_that_way_as_in(heading: Heading) -> None:
    step_x, step_y = heading.step
    for original in (line(0.2, 0.3, 0.7, 0.8), line(0.7, 0.8, 0.2, 0.3)):
        ahead = np.array([[0.45 + step_x, 0.55 + step_y]])
        assert original.turned(heading).offsets(ahead)[0] > 0.0


@pytest.mark.parametrize("heading", [Heading.LEFT, Heading.RIGHT])
def test_a_line_cannot_be_turned_to_its_own_run(heading: Heading) -> None:
    with pytest.raises(ValueError, match=f"runs {heading} or back itself.*turn the line"):
        line(0, 0.5, 1, 0.5).turned(heading)


def test_a_line_without_length_is_refused_with_its_place() -> None:
    with pytest.raises(ValueError, match=r"'door' has no length.*0\.5,0\.25"):
        line(0.5, 0.25, 0.5, 0.25)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_line_to_nowhere_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="is not a place"):
        line(0, 0.5, 1, value)


def test_a_line_outside_the_picture_is_refused_with_the_end_that_is() -> None:
    with pytest.raises(ValueError, match=r"its end 1,1\.2 lies outside the picture.*0 to 1"):
        line(0, 0.5, 1, 1.2).inside_picture()
    inside = line(0, 0.5, 1, 1)
    assert inside.inside_picture() is inside


def test_a_line_is_scaled_from_fractions_to_the_scene() -> None:
    assert line(0.5, 0.25, 1, 1).scaled(640, 480) == line(320, 120, 640, 480)


@given(places, places, places, places)
@example(Point(0.0, 97.0), Point(22.21401379922034, 0.0), Point(0.0, 0.0), Point(24.0, 0.0))
def test_turning_the_line_round_changes_sides_but_not_whether_a_way_meets_it(
    start: Point, end: Point, a: Point, b: Point
) -> None:
    assume(start != end)
    there = CountingLine("l", start, end)
    back = there.reversed()
    ends = np.array([[a.x, a.y], [b.x, b.y]])
    assert there.offsets(ends) == pytest.approx(-back.offsets(ends), abs=1e-6)
    assume(abs(there.offsets(ends)).min() > 1e-6)
    assert (meeting(there, a, b) is None) == (meeting(back, a, b) is None)


def test_a_way_beside_the_segment_does_not_meet_it() -> None:
    short = line(0, 0, 1, 0)
    assert meeting(short, Point(0.5, -1), Point(0.5, 1)) == 0.5
    assert meeting(short, Point(1.5, -1), Point(1.5, 1)) is None
    assert meeting(short, Point(-0.1, -1), Point(-0.1, 1)) is None


def test_a_way_over_the_very_end_meets_the_segment() -> None:
    assert meeting(line(0, 0, 1, 0), Point(1, -1), Point(1, 3)) == 0.25


def test_a_point_on_the_line_belongs_to_in_alone() -> None:
    door = line(0, 0, 1, 0)
    before, on, after = Point(0.5, -1), Point(0.5, 0), Point(0.5, 1)
    assert meeting(door, before, on) is not None
    assert meeting(door, on, on) is None
    assert meeting(door, on, after) is None
    assert meeting(door, on, before) is not None


def test_a_zone_needs_three_corners_and_an_area() -> None:
    with pytest.raises(ValueError, match="at least three corners"):
        Zone("till", (Point(0, 0), Point(1, 1)))
    with pytest.raises(ValueError, match="no area"):
        Zone("till", (Point(0, 0), Point(1, 1), Point(2, 2)))


def test_a_zone_with_a_dent_leaves_the_dent_out() -> None:
    corners = (Point(0, 0), Point(4, 0), Point(4, 4), Point(2, 1), Point(0, 4))
    zone = Zone("till", corners).scaled(10, 10)
    points = np.array([[20.0, 5.0], [20.0, 30.0], [2.0, 30.0], [50.0, 5.0]])
    assert zone.contains(points).tolist() == [True, False, True, False]
