"""What every clock promises."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from fanlight.adapters import system_clock
from fanlight.adapters.simulated_clock import SimulatedClock
from fanlight.adapters.system_clock import SystemClock, Trust

if TYPE_CHECKING:
    from pathlib import Path

    from fanlight.ports.clock import Clock

NOON = datetime(2025, 3, 30, 12, tzinfo=UTC)


@pytest.fixture(params=["simulated", "system"])
def clock(request: pytest.FixtureRequest) -> Clock:
    if request.param == "simulated":
        return SimulatedClock(NOON)
    return SystemClock(Trust.ALWAYS, not_before=datetime(2020, 1, 1, tzinfo=UTC))


def test_monotonic_time_never_goes_back(clock: Clock) -> None:
    times_ns = [clock.monotonic_ns() for _ in range(1000)]
    assert times_ns == sorted(times_ns)


def test_a_boot_has_one_name(clock: Clock) -> None:
    assert clock.boot_id
    assert clock.boot_id == clock.boot_id


def test_trusted_time_is_aware_utc(clock: Clock) -> None:
    utc = clock.utc()
    assert utc is not None
    assert utc.utcoffset() == timedelta(0)


def test_two_system_clocks_name_the_same_boot_and_time() -> None:
    one, other = SystemClock(), SystemClock()
    assert one.boot_id == other.boot_id
    assert abs(one.monotonic_ns() - other.monotonic_ns()) < 1e9


def test_a_wall_clock_before_the_firmware_was_built_is_never_trusted() -> None:
    """However loudly it is vouched for."""
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert SystemClock(Trust.ALWAYS, not_before=tomorrow).utc() is None
    assert SystemClock(Trust.RTC, not_before=tomorrow).utc() is None


def test_a_synchronised_clock_is_trusted_and_stays_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "synchronized"
    monkeypatch.setattr(system_clock, "_TIMESYNCD_MARK", mark)
    monkeypatch.setattr(system_clock, "_kernel_is_synchronised", lambda: False)
    clock = SystemClock(not_before=datetime(2020, 1, 1, tzinfo=UTC))
    assert clock.utc() is None
    mark.touch()
    assert clock.utc() is not None
    mark.unlink()
    assert clock.utc() is not None


def test_the_kernel_answers_whether_it_is_synchronised() -> None:
    """The answer differs from machine to machine; the call must work on each."""
    assert system_clock._kernel_is_synchronised() in {True, False}


def test_a_simulated_clock_jumps_when_told() -> None:
    clock = SimulatedClock(NOON)
    clock.advance(1.5)
    assert clock.utc() == NOON + timedelta(seconds=1.5)
    clock.set_wall(NOON - timedelta(days=14))
    assert clock.monotonic_ns() == 1_500_000_000
    assert clock.utc() == NOON - timedelta(days=14)
    clock.distrust()
    assert clock.utc() is None
    with pytest.raises(ValueError, match="never goes back"):
        clock.advance(-1)


def test_a_reboot_starts_another_time_without_trust() -> None:
    clock = SimulatedClock(NOON, boot_id="b1")
    clock.advance(5)
    clock.reboot("b2")
    assert (clock.boot_id, clock.monotonic_ns(), clock.utc()) == ("b2", 0, None)
