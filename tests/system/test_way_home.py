"""The whole way home: ledger, outbox, uplink and collector, through every kind of trouble."""

from __future__ import annotations

from pathlib import Path

import chaos_sync
import measure_bytes
import pytest


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_field_37_ledger_and_collector_agree_after_any_trouble(tmp_path: Path, seed: int) -> None:
    found = chaos_sync.run(2, seed, tmp_path)
    assert found["hours"] == found["arrived"] == 48
    assert (found["lost"], found["doubled"]) == (0, 0)
    assert sum(found["troubles"].values()) > 0, "nothing was tried"
    assert found["power_cuts"] > 0


@pytest.mark.slow
def test_field_35_a_day_of_reports_costs_little() -> None:
    found = measure_bytes.run()
    assert found["bytes_per_day"] <= 30_000
    assert found["report_bytes"] <= 1024
