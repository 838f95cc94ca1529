from __future__ import annotations

from datetime import date
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.domain.privacy_budget import (
    DELTA,
    BudgetMeter,
    BudgetSpent,
    Noise,
    best_auc,
    delta_of,
    epsilon_of,
)

DAY = date(2026, 11, 22)


def test_a_second_sketch_of_a_day_is_refused() -> None:
    noise = Noise.for_epsilon(2)
    meter = BudgetMeter(noise.rho).charged(DAY, noise.rho)
    with pytest.raises(BudgetSpent, match=r"2026-11-22: .*epsilon 3\.1\d; the budget is 2\.15"):
        meter.charged(DAY, noise.rho)
    assert meter.charged(date(2026, 11, 23), noise.rho).spent.keys() == {DAY, date(2026, 11, 23)}


def test_a_noisier_sketch_does_not_fit_beside_it_either() -> None:
    meter = BudgetMeter(Noise.for_epsilon(2).rho).charged(DAY, Noise.for_epsilon(2).rho)
    with pytest.raises(BudgetSpent):
        meter.charged(DAY, Noise.for_epsilon(1).rho)


def test_a_daily_regular_of_ring_and_live_day_has_mu_1_35() -> None:
    noise = Noise.for_epsilon(2)
    meter = BudgetMeter(noise.rho)
    for day in range(1, 20):
        meter = meter.charged(date(2026, 11, day), noise.rho)
    assert meter.mu_of_a_daily_regular(9) == pytest.approx(1.35, abs=0.01)
    assert best_auc(meter.mu_of_a_daily_regular(9)) == pytest.approx(0.83, abs=0.005)


def test_an_epsilon_that_is_not_on_offer_is_refused() -> None:
    with pytest.raises(ValueError, match="8 is not one of"):
        Noise.for_epsilon(8)


@given(st.floats(1e-3, 5.0))
def test_epsilon_and_delta_are_each_others_inverse(rho: float) -> None:
    epsilon = epsilon_of(rho, DELTA)
    assert delta_of(rho, epsilon) <= DELTA
    assert delta_of(rho, epsilon * (1 - 1e-6)) > DELTA
    assert epsilon < rho + 2 * sqrt(rho * 13.82)


def test_no_release_costs_nothing() -> None:
    assert epsilon_of(0.0, DELTA) == 0.0
