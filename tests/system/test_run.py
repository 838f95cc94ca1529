"""`fanlight run` as a process: it starts, counts, tells its service manager, and ends cleanly."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import pytest

REPO = Path(__file__).resolve().parents[2]
DEMO = REPO / "models/render/demo/doorway.mp4"
RESIDENT_BUDGET_MB = 160


@contextmanager
def running(tmp_path: Path, *arguments: str | Path) -> Iterator[tuple[subprocess.Popen[str], Ear]]:
    with Ear(tmp_path / "notify") as ear:
        process = subprocess.Popen(
            [sys.executable, "-m", "fanlight", "run", *map(str, arguments)],
            env={**os.environ, "NOTIFY_SOCKET": str(tmp_path / "notify")},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            yield process, ear
        finally:
            process.kill()
            process.communicate()


class Ear:
    """A service manager that listens."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.settimeout(30)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def wait_for(self, message: str) -> None:
        while self._socket.recv(4096).decode() != message:
            pass


def frames_in_ledger(data_dir: Path) -> int:
    command = [sys.executable, "-m", "fanlight", "report", "--json", "--data-dir", str(data_dir)]
    told = json.loads(subprocess.check_output(command, text=True, timeout=30))
    rows = [hour["counts"] for hour in told["hours"] if hour["counts"]]
    return sum(row["frames"] for row in rows)


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly_with_everything_in_the_ledger(
    tmp_path: Path, ending: signal.Signals
) -> None:
    with running(tmp_path, "--source", DEMO, "--data-dir", tmp_path) as (process, ear):
        ear.wait_for("READY=1")
        process.send_signal(ending)
        output, _ = process.communicate(timeout=5)
    assert process.returncode == 0, output
    assert "Traceback" not in output
    assert frames_in_ledger(tmp_path) > 0


def test_field_33_it_runs_in_little_memory(tmp_path: Path) -> None:
    with running(tmp_path, "--source", DEMO, "--data-dir", tmp_path) as (process, ear):
        ear.wait_for("READY=1")
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=4)
        peak_kb = Path(f"/proc/{process.pid}/status").read_text().split("VmHWM:")[1].split()[0]
    assert int(peak_kb) < RESIDENT_BUDGET_MB * 1024


def test_field_16_a_device_without_sight_is_never_ready_and_ends_with_the_reason(
    tmp_path: Path,
) -> None:
    config = tmp_path / "door.toml"
    config.write_text(
        f'[device]\ndata_dir = "{tmp_path}"\n'
        '[camera]\nkind = "v4l2"\ndevice = "/dev/video-none"\n'
        "[ladder]\ngive_up_after_s = 1.5\n"
    )
    with running(tmp_path, "--config", config) as (process, _ear):
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "/dev/video-none" in output
    assert "Traceback" not in output


def test_field_32_a_typo_does_not_stop_a_device_that_ran_before(tmp_path: Path) -> None:
    config = tmp_path / "door.toml"
    good = f'[device]\ndata_dir = "{tmp_path}"\n[camera]\nkind = "clip"\npath = "{DEMO}"\n'
    config.write_text(good)
    with running(tmp_path, "--config", config) as (process, ear):
        ear.wait_for("READY=1")
    (tmp_path / "notify").unlink()
    config.write_text(good.replace("kind", "knid"))
    with running(tmp_path, "--config", config) as (process, ear):
        ear.wait_for("READY=1")
        process.terminate()
        output, _ = process.communicate(timeout=5)
    assert process.returncode == 0
    assert "running on the last good configuration" in output


def test_a_clip_without_a_configuration_is_kept_beside_the_checkout(tmp_path: Path) -> None:
    """Nobody needs to be root to try it."""
    with running(tmp_path, "--source", DEMO, "--line", "0,0.5,1,0.5") as (process, ear):
        ear.wait_for("READY=1")
        process.terminate()
        output, _ = process.communicate(timeout=5)
    assert process.returncode == 0, output
    assert "ledger:" not in output
    assert (REPO / "var" / "ledger").is_dir()


def test_two_devices_do_not_write_one_ledger(tmp_path: Path) -> None:
    with running(tmp_path, "--source", DEMO, "--data-dir", tmp_path) as (_first, ear):
        ear.wait_for("READY=1")
        command = [sys.executable, "-m", "fanlight", "run", "--source", str(DEMO)]
        second = subprocess.Popen(
            [*command, "--data-dir", str(tmp_path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        with pytest.raises(subprocess.TimeoutExpired):
            second.wait(timeout=4)
        second.terminate()
        output, _ = second.communicate(timeout=10)
    assert "another fanlight is writing there" in output


@pytest.mark.slow
def test_the_demo_is_counted_in_real_time_and_compared_with_its_truth(tmp_path: Path) -> None:
    with running(tmp_path, "--demo", "--data-dir", tmp_path) as (process, _ear):
        output, _ = process.communicate(timeout=110)
    assert process.returncode == 0, output
    assert f"fanlight report --data-dir {tmp_path}" in output.replace("\n", "")
    (verdict,) = [line for line in output.splitlines() if "true crossings counted" in line]
    matched, true = [int(word) for word in verdict.split() if word.isdigit()][:2]
    assert true >= 12
    assert matched >= true - 2
    assert ", 0 false" in verdict
