"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# Time-outs are pytest's business; CI tries the same examples each time, people try new ones.
settings.register_profile("fanlight", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("fanlight")

REPO = Path(__file__).resolve().parent.parent
SHARED_DATA = REPO.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real clips, trajectories and benchmarks kept beside the project, or a skip with its reason.

    In CI they must be there: a skip would hide a failure.
    """
    if not SHARED_DATA.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"CI has no shared data at {SHARED_DATA}: put the folder beside the clone")
        pytest.skip(f"needs the recordings in {SHARED_DATA}, which are not part of the project")
    return SHARED_DATA
