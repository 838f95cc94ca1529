"""What no browser would send, for a few seconds; `scripts/fuzz-console` goes on for longer."""

from __future__ import annotations

from pathlib import Path

import pytest
from fuzz_console import fuzz
from running_device import running_device


@pytest.mark.slow
def test_nothing_that_is_sent_breaks_the_console(tmp_path: Path) -> None:
    with running_device(tmp_path) as device:
        told = fuzz(device, seconds=12, seed=7)
    assert told["requests"] > 200
    assert set(told["statuses"]) >= {200, 303, 400, 401, 403, 404, 405}
