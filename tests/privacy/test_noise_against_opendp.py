"""Our noise and our accounting are OpenDP's, which is too large for the device itself."""

from __future__ import annotations

import inspect
import secrets

import numpy as np
import opendp.prelude as dp
import pytest
from scipy.stats import chi2_contingency, ks_2samp

from chance_kit import dice
from fanlight.domain.discrete_gaussian import discrete_gaussian
from fanlight.domain.privacy_budget import (
    DELTA,
    SIGMA_BY_EPSILON,
    Noise,
    delta_of,
    epsilon_of,
    gaussian_epsilon,
)
from fanlight.domain.revisit_features import FEATURES, LENGTH
from fanlight.domain.revisits import draw_noise
from fanlight.vision.sketch import LiveSketch

dp.enable_features("contrib")

INTEGERS = dp.vector_domain(dp.atom_domain(T="i64")), dp.l2_distance(T="f64")


def test_small_noise_falls_on_each_number_as_often_as_openDPs() -> None:  # noqa: N802 - its name
    scale, count = 1.5, 12_000
    theirs = np.array(dp.m.make_gaussian(*INTEGERS, scale=scale)([0] * count))
    randbelow = dice(1)
    ours = np.array([discrete_gaussian(9, 4, randbelow) for _draw in range(count)])
    clipped = [np.clip(draws, -5, 5) for draws in (ours, theirs)]
    table = [[int((draws == x).sum()) for x in range(-5, 6)] for draws in clipped]
    assert chi2_contingency(table).pvalue > 1e-4


def test_the_sketchs_noise_is_distributed_as_openDPs() -> None:  # noqa: N802 - its name
    noise = Noise.for_epsilon(2)
    measurement = dp.m.make_gaussian(*INTEGERS, scale=LENGTH * noise.sigma)
    randbelow = dice(2)
    days = [draw_noise(noise, randbelow) for _day in range(60)]
    ours = np.concatenate([day[:FEATURES] for day in days])
    theirs = np.concatenate([measurement([0] * FEATURES) for _day in range(60)])
    assert ks_2samp(ours, theirs).pvalue > 1e-4
    assert np.std([day[FEATURES] for day in days]) == pytest.approx(noise.sigma_visits, rel=0.4)


@pytest.mark.parametrize("sigma", [0.65, 1.19, 2.23, 4.22])
def test_what_is_published_is_openDPs_accounting(sigma: float) -> None:  # noqa: N802 - its name
    measurement = dp.m.make_gaussian(*INTEGERS, scale=LENGTH * sigma)
    profile = dp.c.make_zCDP_to_approxDP(measurement).map(float(LENGTH))
    rho = 1 / (2 * sigma**2)
    assert measurement.map(float(LENGTH)) == pytest.approx(rho, rel=1e-12)
    assert epsilon_of(rho, DELTA) == pytest.approx(profile.epsilon(DELTA), rel=1e-9)
    assert delta_of(rho, 1.0) == pytest.approx(profile.delta(1.0), rel=1e-9)


def test_the_default_publishes_2_15_with_the_number_of_visits_included() -> None:
    noise = Noise.for_epsilon(2)
    assert noise.sigma == 2.23
    assert 1 / noise.sigma == pytest.approx(0.448, abs=5e-4)
    assert f"{epsilon_of(1 / (2 * noise.sigma**2), DELTA):.2f}" == "2.15"
    assert f"{noise.epsilon:.2f}" == "2.15"


@pytest.mark.parametrize("epsilon", SIGMA_BY_EPSILON)
def test_a_sites_choice_is_the_exact_epsilon_of_its_noise(epsilon: int) -> None:
    assert gaussian_epsilon(1 / SIGMA_BY_EPSILON[epsilon], DELTA) == pytest.approx(
        epsilon, rel=6e-3
    )


def test_the_device_draws_from_the_operating_system() -> None:
    assert inspect.signature(LiveSketch).parameters["randbelow"].default is secrets.randbelow
    first, second = LiveSketch(), LiveSketch()
    for sketch in (first, second):
        sketch.begin(Noise.for_epsilon(2))
    assert (first._state != second._state).sum() > 120
