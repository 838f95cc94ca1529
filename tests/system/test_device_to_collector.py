"""A whole device and a whole collector: enrolled by the command, counting, hours that arrive."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from chaos_sync import Device
from fleet_collector.tables import hours
from served import Served, serving
from sqlalchemy import func, select

from fanlight.adapters.simulated_clock import SimulatedClock
from fanlight.domain.hours import UtcHour

REPO = Path(__file__).resolve().parents[2]
DEMO = REPO / "models/render/demo/doorway.mp4"
TOKEN = "a-token-of-more-than-twenty-letters"  # noqa: S105 - a test's
HOURS = 5


def fanlight(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "fanlight", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def configured(folder: Path, served: Served, **more: str) -> Path:
    told = {"name": "headquarters", "url": served.url, "ca_file": str(served.authority.file)}
    lines = [f"{key} = {json.dumps(value)}" for key, value in {**told, **more}.items()]
    text = [
        '[device]\nname = "Main door"',
        f"data_dir = {json.dumps(str(folder / 'device'))}",
        '[clock]\ntrust = "always"',
        f'[camera]\nkind = "clip"\npath = {json.dumps(str(DEMO))}',
        '[[uplinks]]\nkind = "https"',
        *lines,
    ]
    file = folder / "door.toml"
    file.write_text("\n".join(text) + "\n")
    return file


def token_file(folder: Path, token: str = TOKEN) -> Path:
    file = folder / "token"
    file.write_text(token)
    file.chmod(0o600)
    return file


def counted(folder: Path) -> None:
    """Let the ledger hold the last hours."""
    now = UtcHour.containing(datetime.now(UTC))
    device = Device(folder / "device", SimulatedClock(now.start), random.Random(1))  # noqa: S311 - a test's
    for back in range(HOURS, 0, -1):
        device.count(now.plus(-back))


def stored(served: Served) -> int:
    with served.app.state.engine.connect() as connection:
        return connection.execute(select(func.count(hours.c.hour.distinct()))).scalar_one()


def await_that(holds: Callable[[], bool], limit_s: float = 30) -> bool:
    ends_s = time.monotonic() + limit_s
    while not holds() and time.monotonic() < ends_s:
        time.sleep(0.1)
    return holds()


def test_a_running_device_brings_its_hours_to_the_collector(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        served.app.state.store.make_token(TOKEN, "Bakery", "test", 2**40, 0)
        config = configured(tmp_path, served)
        counted(tmp_path)
        enrolled = fanlight(
            "outbox", "--config", config, "--enrol", "headquarters", "--token", token_file(tmp_path)
        )
        assert enrolled.returncode == 0, enrolled.stderr
        before = json.loads(fanlight("outbox", "--config", config, "--json").stdout)
        assert before["uplinks"][0]["waiting_hours"] == HOURS
        assert before["device"] in enrolled.stdout
        command = [sys.executable, "-m", "fanlight", "run", "--config", str(config)]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as running:
            arrived = await_that(lambda: stored(served) >= HOURS)
            running.send_signal(signal.SIGTERM)
            output, _ = running.communicate(timeout=10)
        assert arrived, output
        assert "Traceback" not in output
        after = json.loads(fanlight("outbox", "--config", config, "--json").stdout)
        assert after["uplinks"][0]["waiting_hours"] == 0
        assert TOKEN not in output + enrolled.stdout + enrolled.stderr


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        ("no token", "it does not know"),
        ("wrong name", "no https uplink 'elsewhere'; configured: headquarters"),
        ("open file", "others may read it; chmod 600"),
        ("short token", "at least 20 characters"),
        ("wrong authority", "not signed by an authority that this device trusts"),
    ],
)
def test_an_enrolment_that_cannot_be_says_what_to_do(tmp_path: Path, spoil: str, says: str) -> None:
    strangers = tmp_path / "strangers"
    strangers.mkdir()
    with serving(tmp_path) as served, serving(strangers) as foreign:
        if spoil != "no token":
            served.app.state.store.make_token(TOKEN, "Bakery", "test", 2**40, 0)
        ca = foreign.authority.file if spoil == "wrong authority" else served.authority.file
        config = configured(tmp_path, served, ca_file=str(ca))
        token = token_file(tmp_path, "short" if spoil == "short token" else TOKEN)
        if spoil == "open file":
            token.chmod(0o644)
        name = "elsewhere" if spoil == "wrong name" else "headquarters"
        found = fanlight("outbox", "--config", config, "--enrol", name, "--token", token)
    assert found.returncode != 0
    assert says in found.stderr, found.stderr
    assert "Traceback" not in found.stderr
    assert TOKEN not in found.stdout + found.stderr


def test_without_uplinks_it_says_that_hours_stay(tmp_path: Path) -> None:
    found = fanlight("outbox", "--data-dir", tmp_path)
    assert found.returncode == 0
    assert "hours stay on this device" in found.stdout
