"""The sketch finds returning shares under drift, in simulation (docs/privacy/retention.md)."""

from __future__ import annotations

import pytest
from study_retention import accuracy

LINEAR_FAILS_BY_PP = 30


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.0, 0.2])
def test_the_share_is_found_and_its_interval_holds(share: float) -> None:
    """N = 500, 84 days, 20 shops, drift 0.03, sigma 2.23."""
    found = accuracy(share, 20)
    assert abs(found.bias_pp) <= 3
    assert found.rmse_pp <= 8
    assert found.coverage >= 0.85


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.0, 0.2])
def test_sums_of_single_projections_would_fail_in_the_same_scene(share: float) -> None:
    assert accuracy(share, 3, linear=True).bias_pp > LINEAR_FAILS_BY_PP


@pytest.mark.slow
def test_drift_in_a_busy_shop_is_not_told_as_returning_visitors() -> None:
    """At 3000 visits a day it would be 10 points; the interval holds it, or nothing is told."""
    found = accuracy(0.2, 4, visitors=3000)
    assert found.bias_pp > 3
    assert found.published_coverage in (None, 1.0)
