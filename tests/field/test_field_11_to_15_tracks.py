"""Field problems 11 to 15: occupancy, doubles, occlusion and handed-on ids."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.domain.mount import Mount
from fanlight.domain.occupancy import ImbalanceAlarm, Occupancy
from fanlight.domain.tracking import Detections, Ending
from walking_kit import Scene, boxes_at, straight


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=40))
def test_field_11_the_display_never_shows_fewer_than_none(hours: list[tuple[int, int]]) -> None:
    occupancy = Occupancy()
    for entries, exits in hours:
        occupancy = occupancy.after(entries, exits)
        assert occupancy.inside >= 0
    assert occupancy.balance == sum(i for i, _ in hours) - sum(o for _, o in hours)
    empty, residual = occupancy.closed()
    assert (empty.inside, empty.balance) == (0, 0)
    assert residual == occupancy.balance


def test_field_11_a_count_below_none_is_refused() -> None:
    with pytest.raises(ValueError, match="counts only grow"):
        Occupancy().after(-1, 0)


def test_field_12_a_biased_day_rings_and_an_honest_one_does_not() -> None:
    alarm = ImbalanceAlarm()
    assert alarm.rings(1000, 870)
    assert alarm.rings(870, 1000)
    assert not alarm.rings(1000, 975)
    assert not alarm.rings(40, 20)


def test_field_12_chance_alone_rings_on_less_than_one_day_in_a_hundred() -> None:
    chance = np.random.default_rng(12)
    crossings = chance.integers(20, 4000, 2000)
    misses = chance.binomial(crossings, 0.02), chance.binomial(crossings, 0.02)
    rings = [
        ImbalanceAlarm().rings(int(n - a), int(n - b))
        for n, a, b in zip(crossings, *misses, strict=True)
    ]
    assert np.mean(rings) < 0.01


@pytest.mark.parametrize("mount", list(Mount))
def test_field_13_two_or_three_detections_of_one_body_count_once(mount: Mount) -> None:
    scene = Scene(mount=mount)
    chance = np.random.default_rng(13)
    for x, y in straight((300, 100), (300, 400), 60):
        whole = [x - 30, y - 50, x + 30, y + 50]
        upper = [x - 22, y - 50, x + 22, y + 5]
        fat = [x - 40, y - 55, x + 40, y + 55]
        boxes = np.array([whole, upper, fat]) + chance.normal(0, 2, (3, 4))
        here = chance.random(3) < (0.95, 0.6, 0.6)
        scene.look(Detections.of_boxes(boxes[here], np.array([0.9, 0.7, 0.6])[here]))
    assert scene.close().totals == (1, 0, 0)
    assert len(scene.ids) == 1


def test_field_13_two_bodies_close_together_are_still_two() -> None:
    left, right = straight((290, 100), (290, 400), 60), straight((325, 100), (325, 400), 60)
    assert Scene().walk(left, right).close().totals == (2, 0, 0)


@pytest.mark.parametrize("hidden_s", [0.3, 0.8, 1.5])
def test_field_14_somebody_hidden_at_the_line_is_one_person(hidden_s: float) -> None:
    frames = int(hidden_s * 20)
    path: list[tuple[float, float] | None] = list(straight((300, 100), (300, 420), 80))
    start = 35 - frames // 2
    path[start : start + frames] = [None] * frames
    scene = Scene().walk(path).close()
    assert scene.totals == (1, 0, 0)
    assert len(scene.ids) == 1


def test_field_14_somebody_who_slows_down_while_hidden_is_stitched() -> None:
    path: list[tuple[float, float] | None] = list(straight((300, 140), (300, 225), 18))
    path += [None] * 20
    path += straight((300, 250), (300, 400), 30)
    scene = Scene().walk(path).close()
    assert scene.totals == (1, 0, 0)
    assert len(scene.ids) == 1


def test_field_14_one_hidden_behind_another_until_the_line_counts_as_well() -> None:
    scene = Scene()
    for frame in range(60):
        y = 100.0 + 5.0 * frame
        apart = np.clip((frame - 20) * 2.0, 0.0, 50.0)
        boxes = [[280, y - 50, 330, y + 50]]
        if frame > 20:
            boxes.append([280 - apart, y - 52, 330 - apart, y + 48])
        scene.look(Detections.of_boxes(boxes, np.full(len(boxes), 0.9)))
    assert scene.close().totals == (2, 0, 0)


def test_field_15_the_next_person_at_the_border_gets_another_id() -> None:
    scene = Scene()
    scene.walk(straight((300, 200), (300, 470), 40))
    scene.look(boxes_at([]))
    assert [gone.why for gone in scene.seen[-1].ended] == [Ending.BORDER]
    scene.walk(straight((300, 468), (300, 200), 40)).close()
    assert len(scene.ids) == 2
    assert scene.totals == (1, 1, 0)


def test_field_15_ids_are_never_used_again() -> None:
    scene = Scene()
    for _ in range(6):
        scene.walk(straight((300, 60), (300, 470), 40), [])
        scene.look(boxes_at([]))
    assert scene.ids == set(range(1, 7))
    assert scene.close().totals == (6, 0, 0)
