"""The quick form of scripts/study-year: simulated shops on real streets, with planted truth."""

from __future__ import annotations

from itertools import accumulate
from math import comb
from pathlib import Path

import numpy as np
import pytest
import study_year
import year_retention
from year_demand import auckland

from fanlight.domain.privacy_budget import Noise

PROMISED = 0.90
WRONGED = 0.001
"""How seldom intervals that cover nine in ten may fail this test."""


def least_held(intervals: int) -> int:
    """Return how many of so many intervals must hold: nine in ten promised, fewer by chance."""
    chances = (
        comb(intervals, held) * PROMISED**held * (1 - PROMISED) ** (intervals - held)
        for held in range(intervals + 1)
    )
    return next(held for held, below in enumerate(accumulate(chances)) if below > WRONGED)


def passes(intervals: int, coverage: float) -> float:
    """Return how often independent intervals of that coverage would pass."""
    return sum(
        comb(intervals, held) * coverage**held * (1 - coverage) ** (intervals - held)
        for held in range(least_held(intervals), intervals + 1)
    )


@pytest.mark.parametrize("intervals", [1, 3, 13, 50, 500])
def test_the_bound_passes_what_covers_nine_in_ten(intervals: int) -> None:
    assert passes(intervals, 0.9) >= 0.999


def test_the_bound_fails_what_covers_six_in_ten_where_numbers_allow_it() -> None:
    assert passes(50, 0.6) < 0.03
    assert passes(200, 0.6) < 1e-9


@pytest.mark.slow
def test_published_intervals_hold_the_planted_truth(shared_data: Path) -> None:
    """Nine of ten, less chance, of every figure."""
    assert (shared_data / "hourly").is_dir()
    found = {row["figure"]: row for row in study_year.table(study_year.quick(seed=1))}
    given = {name: row for name, row in found.items() if row["intervals"]}
    for name, row in given.items():
        held = round(row["coverage"] * row["intervals"])
        assert held >= least_held(row["intervals"]), (name, row)
    for name in ("attraction", "conversion", "group size", "mean visit", "median visit"):
        assert abs(given[name]["bias"]) < 0.08, (name, given[name])
    for name in ("footfall of 28 days", "attraction", "conversion", "group size"):
        assert given[name]["median_width"] < 0.2, (name, given[name])
    assert found["usual weekday"]["withheld"] >= 1


@pytest.mark.slow
def test_a_year_of_returning_visitors_is_told_or_withheld_as_the_guards_say(
    shared_data: Path,
) -> None:
    street = auckland(shared_data / "hourly", study_year.STREETS[0], 2023)
    rows = year_retention.years([street], seed=1, repeat=1, shares=(0.2,))
    busy = next(row for row in rows if row["visits_a_day"] == 2000 and row["eps"] == 2)
    quiet = next(row for row in rows if row["visits_a_day"] == 500 and row["eps"] == 2)
    assert busy["asked"] == quiet["asked"] == 5 * (365 // 28)
    assert busy["published"] > quiet["published"]
    assert "too_few_visits" in quiet["withheld"]
    held = round(busy["coverage"] * busy["published"])
    assert held >= least_held(busy["published"]), busy


def test_a_share_that_a_guard_forbids_stops_the_study(
    shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The study's own limits find a guard that was loosened in the device."""
    street = auckland(shared_data / "hourly", study_year.STREETS[0], 2023)
    year = year_retention.Year.of(street, 500, 0.2, np.random.default_rng(1))
    monkeypatch.setattr("fanlight.domain.revisit_guards.WIDEST_HALF", 0.3)
    with pytest.raises(AssertionError, match="too_wide"):
        year.asked(Noise.for_epsilon(2), 1, year_retention.Said())
