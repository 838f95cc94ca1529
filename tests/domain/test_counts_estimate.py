"""From counts to people: missed and false crossings, unseen time, and sums of all that."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom

from fanlight.domain.counts import HOUR_MS, Counts
from fanlight.domain.estimate import Estimate, entries_of, passers_by_of, total
from fanlight.domain.moment import Cause
from fanlight.domain.rates import Checked, Condition, Crowding, ErrorRates, Light

PERFECT = ErrorRates.perfect()
CALM = Condition()


def hour(entries: int, coverage: float = 1.0, **more: object) -> Counts:
    return Counts(entries=entries, seen_ms=round(HOUR_MS * coverage), **more)  # type: ignore[arg-type]


def checked(true: int, missed: int, false: int) -> ErrorRates:
    """Rates after a check of a calm line in clear light."""
    return ErrorRates.from_checks([{CALM: Checked(true, missed, false)}])


def estimate(counts: Counts, rates: ErrorRates) -> Estimate:
    people = entries_of(counts, rates)
    assert people is not None
    return people.estimate(rates)


def test_a_full_hour_of_a_perfect_counter_is_certain() -> None:
    assert estimate(hour(17), PERFECT) == Estimate(17, 17.0, 17)


def test_too_little_seen_says_nothing() -> None:
    assert entries_of(hour(3, 0.09), PERFECT) is None
    assert passers_by_of(hour(0, 0.0), PERFECT) is None


@given(st.integers(0, 2000), st.floats(0.1, 0.99))
def test_the_interval_holds_that_of_steady_unbunched_people(counted: int, coverage: float) -> None:
    """People come in groups and unsteadily, so the interval is wider than the negative binomial."""
    found = estimate(hour(counted, coverage), PERFECT)
    low, high = nbinom.ppf([0.025, 0.975], counted + 0.5, coverage) + counted
    assert found.low <= low + 1
    assert found.high >= high - 1
    assert found.low <= found.best <= found.high


@given(st.integers(0, 3000), st.floats(0.1, 1), st.integers(0, 40), st.integers(0, 40))
def test_bounds_are_in_order_and_never_negative(
    counted: int, coverage: float, missed: int, false: int
) -> None:
    found = estimate(hour(counted, coverage), checked(100, missed, false))
    assert 0 <= found.low <= found.best <= found.high


@given(st.integers(1, 500), st.integers(0, 3600))
def test_sight_that_was_poor_widens_the_interval(counted: int, poor_s: int) -> None:
    rates = checked(400, 8, 4)
    poor = hour(counted, degraded_ms={Cause.TOO_DARK: poor_s * 1000})
    clear_people, poor_people = entries_of(hour(counted), rates), entries_of(poor, rates)
    assert clear_people is not None
    assert poor_people is not None
    clear_variance = clear_people.cumulants(rates).variance
    assert poor_people.cumulants(rates).variance >= clear_variance * 0.999 or poor_s == 0


def test_more_checked_crossings_narrow_the_interval() -> None:
    widths = []
    for true in (50, 500, 5000):
        found = estimate(hour(1000), checked(true, true // 50, true // 100))
        widths.append(found.high - found.low)
    assert widths[0] > widths[1] > widths[2]


def test_the_rates_error_does_not_average_out_over_hours() -> None:
    """The sum of a hundred hours is as wide, relatively, as the rates are uncertain."""
    rates = checked(200, 4, 2)
    people = [entries_of(hour(50), rates)] * 100
    found = total(p for p in people if p).estimate(rates)
    relative = (found.high - found.low) / found.best
    correction = rates.by_condition[CALM].correction
    floor = 2 * 1.96 * correction.variance**0.5 / correction.mean
    assert relative == pytest.approx(floor, rel=0.3)
    assert relative > floor * 0.95


def test_a_crowd_is_told_from_its_five_minutes() -> None:
    rates = checked(500, 10, 5)
    calm = hour(120, entries_when=(10,) * 12)
    rush = hour(200, entries_when=(200, *(0,) * 11))
    calm_people, rush_people = entries_of(calm, rates), entries_of(rush, rates)
    assert calm_people is not None
    assert rush_people is not None
    assert {c.crowding for c in calm_people.by_condition} == {Crowding.CALM}
    assert {c.crowding for c in rush_people.by_condition} == {Crowding.CROWDED}
    assert {c.light for c in rush_people.by_condition} == {Light.CLEAR}


@pytest.mark.parametrize("true", [150, 600])
@pytest.mark.parametrize("errors", [(0.0, 0.0), (0.02, 0.01), (0.12, 0.05)])
@pytest.mark.parametrize("flow", [(4, 0.6, 1), (60, 1.0, 1), (40, 0.9, 50)])
def test_nineteen_of_twenty_simulated_truths_lie_inside(
    flow: tuple[float, float, int], errors: tuple[float, float], true: int
) -> None:
    """Each repetition checks the counter anew, then counts people with the same true rates."""
    (rate, coverage, hours), (miss, false) = flow, errors
    rng = np.random.default_rng(7)
    inside = []
    for _ in range(300):
        rates = checked(true, rng.binomial(true, miss), rng.poisson(true * false))
        seen, unseen = (
            rng.poisson(rate * coverage, hours),
            rng.poisson(rate * (1 - coverage), hours),
        )
        counted = rng.binomial(seen, 1 - miss) + rng.poisson(seen * false)
        people = [entries_of(hour(int(n), coverage), rates) for n in counted]
        found = total(p for p in people if p).estimate(rates)
        inside.append(found.low <= seen.sum() + unseen.sum() <= found.high)
    assert np.mean(inside) >= 0.90
