"""Ways through a rendered door: nobody walks through anybody, recorded ways stay what they were."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from models.render.walks import APART_M, MOST_AT_ONCE, Walk, random_walks, recorded_walks

FPS = 12
DURATION_S = 20.0
FRAMES = round(FPS * DURATION_S)


def by_frame(walks: list[Walk]) -> np.ndarray:
    """Everybody's place at every frame, (people, frames, 2), nan where they are not there."""
    places = np.full((len(walks), FRAMES, 2), np.nan)
    for row, walk in zip(places, walks, strict=True):
        row[walk.first : walk.first + len(walk.places)] = walk.places
    return places


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.floats(0.8, 3.2))
def test_few_people_walk_apart_through_the_opening(seed: int, opening_m: float) -> None:
    rng = np.random.default_rng(seed)
    walks = random_walks(rng, FPS, DURATION_S, opening_m, (4.0, 4.0))
    places = by_frame(walks)
    assert (~np.isnan(places[..., 0])).sum(axis=0).max() <= MOST_AT_ONCE
    for first in range(len(walks)):
        away = np.linalg.norm(places[first] - places[first + 1 :], axis=2)
        assert not (away < APART_M).any()
    for walk in walks:
        assert walk.speeds.max() < 2.5
        assert (np.diff(walk.walked) >= 0.0).all()


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 10_000))
def test_somebody_faces_where_they_walk(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for walk in random_walks(rng, FPS, DURATION_S, 2.0, (4.0, 4.0)):
        step = np.gradient(walk.places, axis=0)
        turn = walk.headings
        ahead = step[:, 0] * np.sin(turn) - step[:, 1] * np.cos(turn)
        straight = walk.speeds > 0.4
        assert (ahead[straight] > 0.0).mean() > 0.9


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_the_same_seed_walks_the_same_ways(seed: int) -> None:
    first, second = (
        random_walks(np.random.default_rng(seed), FPS, 6.0, 1.5, (3.0, 3.0)) for _ in range(2)
    )
    assert len(first) == len(second)
    for one, other in zip(first, second, strict=True):
        assert np.array_equal(one.places, other.places)


def test_recorded_flows_are_dense_and_at_a_walking_pace(shared_data: Path) -> None:
    folder = shared_data / "trajectories"
    if not folder.is_dir():
        pytest.skip("no recorded trajectories")
    for seed in range(6):
        walks = recorded_walks(folder, np.random.default_rng(seed), FPS, DURATION_S)
        places = by_frame(walks)
        there = (~np.isnan(places[..., 0])).sum(axis=0)
        assert there[0] > 0
        assert there.max() > MOST_AT_ONCE
        assert max(np.quantile(walk.speeds, 0.9) for walk in walks) < 3.0
        crossed = sum(bool((np.diff(np.sign(walk.places[:, 1])) != 0).any()) for walk in walks)
        assert crossed >= 10
