"""Programs that run on a small file system of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent


def run_on_mount(folder: Path, options: str, program: str, *arguments: str) -> dict:
    """Run a program's text with the folder, where a tmpfs is mounted; it prints one JSON object."""
    command = f'mount -t tmpfs -o {options} none "$2" && exec "$0" -c "$@"'
    ended = subprocess.run(
        ["unshare", "-rm", "sh", "-c", command, sys.executable, program, str(folder), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(HERE)},
    )
    if "unshare" in ended.stderr or "mount:" in ended.stderr:
        pytest.skip(f"this machine lets no test mount a file system: {ended.stderr.strip()}")
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)
