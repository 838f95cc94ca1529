"""Whether the books can be kept."""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import TYPE_CHECKING

from fanlight.services.health.finding import Finding, Verdict

if TYPE_CHECKING:
    from pathlib import Path

LEAST_FREE_MB = 100


def check_storage(data_dir: Path) -> Finding:
    """Write, sync and remove a small file where the ledger lives, and look at the free space."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=data_dir, prefix=".doctor-") as probe:
            probe.write(b"fanlight")
            probe.flush()
            os.fsync(probe.fileno())
        free_mb = shutil.disk_usage(data_dir).free // 2**20
    except OSError as error:
        says = f"{data_dir} cannot be written: {error.strerror}"
        return Finding("storage", Verdict.FAIL, says, "free space, or set device.data_dir")
    says = f"{data_dir} is writable, {free_mb} MB free"
    if free_mb < LEAST_FREE_MB:
        return Finding("storage", Verdict.WARN, says, "free some space")
    return Finding("storage", Verdict.OK, says)
