"""Arrival groups from entries close in time and place."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.domain.events import Crossing, Direction, UTurn
from fanlight.domain.groups import Followers, GroupCounter, GroupSettings, groups_of

SECOND = 1_000_000_000
DOOR_BODIES = 4.0


def counted(times_s: np.ndarray, places: np.ndarray) -> tuple[int, int, int]:
    """Entries, followers and chance followers of one line."""
    line = Followers()
    order = np.argsort(times_s)
    followed = [
        line.entry(round(float(times_s[i]) * SECOND), float(places[i])) for i in order.tolist()
    ]
    return len(followed), sum(f.really for f in followed), sum(f.by_chance for f in followed)


def simulated(
    groups_an_hour: float, hours: float, shares: list[float], seed: int
) -> tuple[np.ndarray, np.ndarray, int]:
    """Poisson groups of 1, 2, 3 ... people who come 0.5 to 2 s and a shoulder apart."""
    rng = np.random.default_rng(seed)
    starts = rng.uniform(0, hours * 3600, rng.poisson(groups_an_hour * hours))
    times, places = [], []
    for start in starts:
        size = 1 + int(rng.choice(len(shares), p=shares))
        place = rng.uniform(0, DOOR_BODIES)
        times += list(start + np.cumsum([0, *rng.uniform(0.2, 2.0, size - 1)]))
        places += list(np.clip(place + rng.normal(0, 0.8, size), 0, DOOR_BODIES))
    return np.array(times), np.array(places), len(starts)


def test_a_family_is_one_group_and_strangers_are_not() -> None:
    line = Followers()
    family = [line.entry(round(at * SECOND)).really for at in (10, 11, 12.5)]
    stranger = line.entry(60 * SECOND).really
    assert family == [False, True, True]
    assert not stranger


def test_at_the_other_end_of_a_wide_door_is_somebody_else() -> None:
    line = Followers()
    line.entry(10 * SECOND, along=0.0)
    assert not line.entry(11 * SECOND, along=12.0).really


@pytest.mark.parametrize("rate", [20, 120, 400])
def test_chance_meetings_at_a_busy_door_are_taken_off(rate: float) -> None:
    """Uncorrected, a quarter of the groups would be lost at 400 an hour."""
    times, places, truth = simulated(rate, 40_000 / rate, [0.6, 0.3, 0.1], seed=4)
    entries, followers, chance = counted(times, places)
    groups = groups_of(entries, followers, chance)
    assert groups == pytest.approx(truth, rel=0.03)
    if rate == 400:
        assert entries - followers < 0.8 * truth


def test_strangers_alone_are_groups_of_one() -> None:
    times, places, truth = simulated(300, 100, [1.0], seed=5)
    assert groups_of(*counted(times, places)) == pytest.approx(truth, rel=0.02)


def test_a_crowd_without_a_gap_says_nothing() -> None:
    times = np.arange(0, 3600, 0.5)
    assert groups_of(*counted(times, np.zeros(len(times)))) is None


def test_nobody_is_no_group() -> None:
    assert groups_of(0, 0, 0) == 0.0


@given(st.lists(st.integers(0, 120_000), max_size=60))
def test_there_are_never_more_groups_than_people(times_ms: list[int]) -> None:
    line = Followers()
    followed = [line.entry(at * 1_000_000) for at in sorted(times_ms)]
    really, chance = sum(f.really for f in followed), sum(f.by_chance for f in followed)
    groups = groups_of(len(times_ms), really, chance)
    assert groups is None or 0 <= groups <= len(times_ms)
    assert groups is None or not times_ms or groups >= 1


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=200))
def test_only_half_a_minute_is_remembered(times_ms: list[int]) -> None:
    settings = GroupSettings()
    line = Followers(settings)
    for at in sorted(times_ms):
        line.entry(at * 1_000_000)
    kept_ns = settings.set_back_ns + settings.within_ns
    assert all(at >= max(times_ms) * 1_000_000 - kept_ns for at, _ in line._recent)


def test_only_entries_of_the_same_line_are_asked() -> None:
    counter = GroupCounter()

    def crossing(line: str, direction: Direction, at_s: int) -> Crossing:
        return Crossing(line, direction, at_s * SECOND, 0, 1)

    assert counter.followed(crossing("a", Direction.OUT, 1)) is None
    assert counter.followed(UTurn("a", SECOND, 0, 1)) is None
    first = counter.followed(crossing("a", Direction.IN, 2))
    other = counter.followed(crossing("b", Direction.IN, 3))
    second = counter.followed(crossing("a", Direction.IN, 4))
    assert first is not None
    assert other is not None
    assert second is not None
    assert (first.really, other.really, second.really) == (False, False, True)
