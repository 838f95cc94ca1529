"""Random SIGKILLs of a real process that counts on the real ledger."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
CHILD = HERE / "power_cut_child.py"


def survive(folder: Path, kills: int, seed: int) -> dict:
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent)}
    ended = subprocess.run(
        [sys.executable, str(CHILD), str(folder), str(kills), str(seed)],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def assert_books_are_right(found: dict) -> None:
    assert found["doubled"] == []
    assert found["lost"] == []
    assert found["notices"] == []
    assert found["counted"] + found["waiting"] + found["missing"] == found["expected"]
    assert found["counted"] > 0.5 * found["expected"]


def test_forty_kills_lose_at_most_ten_seconds_each(tmp_path: Path) -> None:
    found = survive(tmp_path, 40, seed=1)
    assert_books_are_right(found)
    assert found["simulated_hours"] > 0.3


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_three_hundred_kills_lose_at_most_ten_seconds_each(tmp_path: Path) -> None:
    found = survive(tmp_path, 300, seed=2)
    assert_books_are_right(found)
    assert found["simulated_hours"] > 3
    assert found["kills_in_commit"] >= 10
