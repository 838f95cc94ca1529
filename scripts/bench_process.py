# ruff: noqa: INP001 - a program's part, not a package
"""Start the device as a process and look at it from outside: start-up, memory, ending."""

from __future__ import annotations

import os
import signal
import socket
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

REPO = Path(__file__).resolve().parent.parent
RUNS = 5
COUNTING_S = 5.0


def measure_process() -> list[dict[str, Any]]:
    """Return medians over some runs of the demo."""
    starts_s, peaks_mb, ends_s = zip(*(_run_once() for _ in range(RUNS)), strict=True)
    return [
        {"what": "start to first looked-at frame, s", "median": statistics.median(starts_s)},
        {"what": f"peak memory after {COUNTING_S:g} s, MB", "median": statistics.median(peaks_mb)},
        {"what": "SIGTERM to ended, s", "median": statistics.median(ends_s)},
    ]


def _run_once() -> tuple[float, float, float]:
    with (
        tempfile.TemporaryDirectory() as folder,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear,
    ):
        ear.bind(f"{folder}/notify")
        ear.settimeout(30)
        command = [REPO / ".venv/bin/fanlight", "run", "--demo", "--data-dir", folder]
        began_s = time.monotonic()
        process = subprocess.Popen(  # noqa: S603 - the project's own program
            command,
            env={**os.environ, "NOTIFY_SOCKET": f"{folder}/notify"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while ear.recv(4096) != b"READY=1":
            pass
        start_s = time.monotonic() - began_s
        time.sleep(COUNTING_S)
        status = Path(f"/proc/{process.pid}/status").read_text()
        peak_mb = int(status.split("VmHWM:")[1].split()[0]) / 1024
        told_s = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=10)
        return start_s, peak_mb, time.monotonic() - told_s
