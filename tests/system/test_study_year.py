"""The quick form of scripts/study-year: simulated shops on real streets, with planted truth."""

from __future__ import annotations

from pathlib import Path

import pytest
import study_year


@pytest.mark.slow
def test_published_intervals_hold_the_planted_truth(shared_data: Path) -> None:
    """Nine of ten at least, of every figure that is given often enough to tell."""
    assert (shared_data / "hourly").is_dir()
    found = {row["figure"]: row for row in study_year.table(study_year.quick(seed=1))}
    given = {name: row for name, row in found.items() if row["intervals"]}
    for name, row in given.items():
        least = 0.90 if row["intervals"] >= 50 else 0.6
        assert row["coverage"] >= least, (name, row)
    for name in ("attraction", "conversion", "group size", "mean visit", "median visit"):
        assert abs(given[name]["bias"]) < 0.08, (name, given[name])
    for name in ("footfall of 28 days", "attraction", "conversion", "group size"):
        assert given[name]["median_width"] < 0.2, (name, given[name])
    assert found["usual weekday"]["withheld"] >= 1
