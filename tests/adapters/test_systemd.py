from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from fanlight.adapters.systemd import SilentNotifier, SystemdNotifier, notifier_from
from fanlight.services.beats import Beats, feed_watchdog


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(tmp_path / "notify"))
        ear.settimeout(0)
        yield ear


def heard(ear: socket.socket) -> list[str]:
    messages = []
    with contextlib.suppress(BlockingIOError):
        while True:
            messages.append(ear.recv(4096).decode())
    return messages


class StillClock:
    """A clock that is set by hand."""

    boot_id = "boot"
    now_ns = 0

    def monotonic_ns(self) -> int:
        return self.now_ns

    def utc(self) -> None:
        return None


def test_the_protocol_is_spoken(ear: socket.socket) -> None:
    notifier = SystemdNotifier(str(ear.getsockname()), watchdog_usec=10_000_000)
    notifier.ready()
    notifier.status("two\nlines")
    notifier.feed()
    notifier.stopping()
    notifier.close()
    assert heard(ear) == ["READY=1", "STATUS=two lines", "WATCHDOG=1", "STOPPING=1"]
    assert notifier.watchdog_interval_s == 5.0


def test_a_deaf_service_manager_is_no_error(tmp_path: Path) -> None:
    notifier = SystemdNotifier(str(tmp_path / "nobody"))
    notifier.ready()
    notifier.close()


def test_the_environment_chooses(ear: socket.socket) -> None:
    assert isinstance(notifier_from({}), SilentNotifier)
    notifier = notifier_from(
        {"NOTIFY_SOCKET": str(ear.getsockname()), "WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "1"}
    )
    assert isinstance(notifier, SystemdNotifier)
    assert notifier.watchdog_interval_s is None
    notifier.close()


async def test_field_16_the_watchdog_starves_when_counting_is_silent(ear: socket.socket) -> None:
    clock = StillClock()
    beats = Beats(clock, stale_after_s=5.0, essential=("counting",))
    notifier = SystemdNotifier(str(ear.getsockname()), watchdog_usec=1_000_000)
    feeding = asyncio.create_task(feed_watchdog(beats, notifier, 0.005))
    await asyncio.sleep(0.05)
    assert "WATCHDOG=1" in heard(ear)
    clock.now_ns = int(6e9)
    await asyncio.sleep(0.05)
    heard(ear)
    await asyncio.sleep(0.05)
    assert heard(ear) == []
    beats.beat("counting")
    await asyncio.sleep(0.05)
    assert "WATCHDOG=1" in heard(ear)
    feeding.cancel()
    notifier.close()
