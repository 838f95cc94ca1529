from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linear_sum_assignment

from fanlight.domain.assignment import FREE, assign


def spent(cost: np.ndarray, alone: np.ndarray, got: np.ndarray) -> float:
    chosen = [alone[row] if column == FREE else cost[row, column] for row, column in enumerate(got)]
    return float(sum(chosen))


def least(cost: np.ndarray, alone: np.ndarray) -> float:
    private = np.full((len(cost), len(cost)), 1e9)
    np.fill_diagonal(private, alone)
    everything = np.hstack([cost, private])
    return float(everything[linear_sum_assignment(everything)].sum())


@st.composite
def problems(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    rows, columns = draw(st.integers(1, 9)), draw(st.integers(1, 9))
    # Whole numbers make ties, which is where an augmenting path goes wrong.
    values = draw(st.sampled_from([st.integers(0, 5).map(float), st.floats(0.0, 10.0)]))
    return draw(arrays(float, (rows, columns), elements=values)), draw(
        arrays(float, rows, elements=values)
    )


@given(problems())
def test_no_assignment_is_cheaper(problem: tuple[np.ndarray, np.ndarray]) -> None:
    cost, alone = problem
    got = assign(cost, alone)
    taken = got[got != FREE]
    assert len(set(taken.tolist())) == len(taken)
    assert spent(cost, alone, got) == pytest.approx(least(cost, alone), abs=1e-9)


def test_a_crowd_is_assigned_as_cheaply_as_scipy_does() -> None:
    chance = np.random.default_rng(5)
    here, there = chance.uniform(0, 8, (60, 2)), chance.uniform(0, 8, (55, 2))
    cost = ((here[:, None] - there[None]) ** 2).sum(axis=2)
    alone = np.full(60, 4.0)
    assert spent(cost, alone, assign(cost, alone)) == pytest.approx(least(cost, alone))


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
def test_nothing_is_assigned_to_nothing(shape: tuple[int, int]) -> None:
    assert assign(np.empty(shape), np.ones(shape[0])).tolist() == [FREE] * shape[0]


def test_whoever_is_better_off_alone_stays_alone() -> None:
    assert assign(np.array([[5.0, 1.0], [2.0, 9.0]]), np.array([3.0, 1.0])).tolist() == [1, FREE]
