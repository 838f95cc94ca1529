"""The full hour from the part of it that was seen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.stats import nbinom

from fanlight.domain.estimate import Estimate, full_hour


def test_a_full_hour_is_certain() -> None:
    assert full_hour(17, 1.0) == Estimate(17, 17.0, 17)


def test_too_little_seen_says_nothing() -> None:
    assert full_hour(3, 0.09) is None
    assert full_hour(0, 0) is None


@pytest.mark.parametrize(("counted", "coverage"), [(-1, 0.5), (1, 1.1), (1, -0.1)])
def test_impossible_input_is_refused(counted: int, coverage: float) -> None:
    with pytest.raises(ValueError, match="not a count and a share"):
        full_hour(counted, coverage)


@given(st.integers(0, 3000), st.floats(0.1, 0.999))
@example(0, 0.96875)
def test_the_bounds_are_those_of_the_negative_binomial(counted: int, coverage: float) -> None:
    estimate = full_hour(counted, coverage)
    assert estimate is not None
    low, high = nbinom.ppf([0.025, 0.975], counted + 0.5, coverage)
    assert abs(estimate.low - counted - low) <= 1
    assert abs(estimate.high - counted - high) <= 1
    assert counted <= estimate.low <= estimate.best <= estimate.high


@pytest.mark.parametrize("coverage", [0.3, 0.8])
@pytest.mark.parametrize("rate", [4, 60])
def test_nineteen_of_twenty_simulated_hours_lie_inside(rate: float, coverage: float) -> None:
    rng = np.random.default_rng(1)
    seen = rng.poisson(rate * coverage, 1500)
    whole = seen + rng.poisson(rate * (1 - coverage), 1500)
    estimates = [full_hour(int(counted), coverage) for counted in seen]
    inside = [e is not None and e.low <= n <= e.high for e, n in zip(estimates, whole, strict=True)]
    assert np.mean(inside) >= 0.93
