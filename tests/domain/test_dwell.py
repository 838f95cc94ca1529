"""Visit lengths from when people come and go, in the setting that the design was worked out in."""

from __future__ import annotations

import numpy as np
import pytest

from fanlight.domain.cumulants import Cumulants, beta, gamma, reciprocal
from fanlight.domain.dwell import mean_visit_min
from fanlight.domain.jackknife import half_width, students_t
from fanlight.domain.lengths import quantiles

MEAN_MIN = 16.6
MISSED, DOUBLED = 0.02, 0.01
Series = tuple[np.ndarray, np.ndarray]


def visits(rng: np.random.Generator, kind: str, count: int) -> np.ndarray:
    if kind == "gamma":
        return rng.gamma(2.2, MEAN_MIN / 2.2, count)
    return rng.lognormal(np.log(MEAN_MIN) - 0.245, 0.7, count)


def day(rng: np.random.Generator, kind: str, visitors: int) -> Series:
    """Ten busy hours with a wave, counted with 2 % misses and 1 % doubles."""
    wave = np.exp(-0.5 * ((np.arange(600) - 300) / 170) ** 2)
    wave *= np.repeat(rng.gamma(20, 1 / 20, 60), 10)
    came = 600 + rng.choice(600, visitors, p=wave / wave.sum()) + rng.random(visitors)
    left = came + visits(rng, kind, visitors)
    return counted(rng, came), counted(rng, left)


def counted(rng: np.random.Generator, times_min: np.ndarray) -> np.ndarray:
    kept = times_min[rng.random(len(times_min)) >= MISSED]
    doubled = kept[rng.random(len(kept)) < DOUBLED]
    found, _ = np.histogram(np.concatenate([kept, doubled]), bins=288, range=(0, 1440))
    return found.astype(float)


@pytest.mark.parametrize(("days", "rmse_min"), [(1, 1.6), (7, 0.6), (28, 0.3)])
def test_the_mean_visit_is_as_near_as_simulated(days: int, rmse_min: float) -> None:
    """Five hundred visitors a day; 30 % are for chance. Errors fall as the root of the days."""
    rng = np.random.default_rng(11)
    errors = [
        mean_visit_min([day(rng, "gamma", 500) for _ in range(days)]) - MEAN_MIN for _ in range(40)
    ]
    assert np.sqrt(np.mean(np.square(errors))) <= rmse_min * 1.3


@pytest.mark.parametrize("kind", ["gamma", "lognormal"])
def test_median_and_ninetieth_percentile_over_four_weeks(kind: str) -> None:
    rng = np.random.default_rng(12)
    truth = np.quantile(visits(rng, kind, 1_000_000), [0.5, 0.9])
    found = np.array([quantiles([day(rng, kind, 500) for _ in range(28)]) for _ in range(8)])
    rmse = np.sqrt(np.mean((found - truth) ** 2, axis=0))
    assert rmse[0] <= 0.9
    assert rmse[1] <= 2.8


@pytest.mark.parametrize("kind", ["gamma", "lognormal"])
def test_median_and_ninetieth_percentile_over_one_week(kind: str) -> None:
    """The median comes within a minute; the tail needs more days than the design hoped."""
    rng = np.random.default_rng(13)
    truth = np.quantile(visits(rng, kind, 1_000_000), [0.5, 0.9])
    found = np.array([quantiles([day(rng, kind, 500) for _ in range(7)]) for _ in range(16)])
    rmse = np.sqrt(np.mean((found - truth) ** 2, axis=0))
    assert rmse[0] <= 1.0
    assert rmse[1] <= 4.5


def test_closing_time_does_not_make_visits_short() -> None:
    """Whoever is still inside is sent out at closing; the distribution is that of the others."""
    rng = np.random.default_rng(14)
    days = []
    for _ in range(28):
        came = rng.uniform(600, 1200, 500)
        left = np.minimum(came + visits(rng, "gamma", 500), 1200 + rng.uniform(0, 5, 500))
        days.append((counted(rng, came), counted(rng, left)))
    truth = np.quantile(visits(rng, "gamma", 1_000_000), [0.5, 0.9])
    assert quantiles(days) == pytest.approx(truth, rel=0.12)


def test_the_jackknife_is_that_of_the_mean() -> None:
    """For a mean it must give Student's interval."""
    days = np.random.default_rng(1).normal(10, 3, 12)
    without = [float(np.delete(days, index).mean()) for index in range(12)]
    expected = students_t(11) * days.std(ddof=1) / np.sqrt(12)
    assert half_width(without) == pytest.approx(expected)
    with pytest.raises(ValueError, match="too few"):
        half_width(without[:3])


@pytest.mark.parametrize("shape", [0.5, 3.0, 40.0])
def test_quantiles_are_those_of_a_gamma(shape: float) -> None:
    draws = np.random.default_rng(2).gamma(shape, 1.0, 400_000)
    number = Cumulants(shape, shape, 2 * shape)
    low, high = number.interval()
    assert np.mean(draws > high) == pytest.approx(0.025, abs=0.006)
    assert np.mean(draws < low) == pytest.approx(0.025, abs=0.006 if shape > 1 else 0.025)


def test_cumulants_of_beta_gamma_and_reciprocal_are_right() -> None:
    rng = np.random.default_rng(3)
    for number, draws in (
        (beta(9.5, 200.5), rng.beta(9.5, 200.5, 400_000)),
        (gamma(5.5, 200.0), rng.gamma(5.5, 1 / 200.0, 400_000)),
        (reciprocal(Cumulants(0.9, 0.001)), 1 / rng.normal(0.9, 0.001**0.5, 400_000)),
    ):
        assert number.mean == pytest.approx(draws.mean(), rel=0.01)
        assert number.variance == pytest.approx(draws.var(), rel=0.03)
        third = np.mean((draws - draws.mean()) ** 3)
        assert number.third == pytest.approx(third, rel=0.25)
