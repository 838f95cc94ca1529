from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fanlight.domain.geometry import Point
from fanlight.domain.window import MARGIN, Window

SHARE = st.floats(0, 1)
PLACES = st.lists(st.builds(Point, SHARE, SHARE), min_size=2, max_size=6)
SIDE = st.integers(60, 1000).map(lambda half: 2 * half)
ASPECT = st.sampled_from([1.0, 4 / 3, 3 / 4, 16 / 9])


@given(PLACES, SIDE, SIDE, ASPECT)
def test_a_window_lies_in_the_picture_and_shows_every_place_with_a_margin(
    places: list[Point], width: int, height: int, aspect: float
) -> None:
    window = Window.around(places, width, height, aspect)
    assert window.left >= 0
    assert window.top >= 0
    assert window.left + window.width <= width
    assert window.top + window.height <= height
    assert all(side % 2 == 0 for side in (window.left, window.top, window.width, window.height))
    margin = MARGIN * min(width, height) - 4
    for place in places:
        x, y = place.x * width, place.y * height
        assert max(0.0, x - margin) >= window.left - 2
        assert min(float(width), x + margin) <= window.left + window.width + 2
        assert max(0.0, y - margin) >= window.top - 2
        assert min(float(height), y + margin) <= window.top + window.height + 2


@given(PLACES, SIDE, SIDE, ASPECT)
def test_a_window_is_as_high_or_as_wide_as_the_picture(
    places: list[Point], width: int, height: int, aspect: float
) -> None:
    window = Window.around(places, width, height, aspect)
    assert window.width >= width - 2 or window.height >= height - 2


def test_a_short_line_is_seen_in_proportion_and_a_wide_one_whole() -> None:
    door = [Point(0.6, 0.2), Point(0.6, 0.8)]
    assert Window.around(door, 768, 432, 1.0) == Window(244, 0, 432, 432)
    everything = [Point(0.0, 0.5), Point(1.0, 0.5)]
    assert Window.around(everything, 768, 432, 1.0) == Window.whole(768, 432)
    assert Window.around(door, 640, 480, 4 / 3) == Window.whole(640, 480)
