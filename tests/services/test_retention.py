"""The sketch's days, with the real sketch, store, audit log and a simulated clock."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from chance_kit import dice
from fanlight.adapters.audit_log import AuditFile
from fanlight.adapters.series_store import SeriesFile, series_from_plain, series_to_plain
from fanlight.domain.crossings import Crossing, Direction
from fanlight.domain.moment import Moment, StageTimes
from fanlight.domain.opening import OpeningHours
from fanlight.domain.privacy_budget import Noise
from fanlight.domain.revisit_estimate import Kernel
from fanlight.domain.revisit_features import FEATURES
from fanlight.domain.revisits import Dropped
from fanlight.ports.errors import Transient
from fanlight.services.retention import RetentionDays, RetentionSettings, take_up
from fanlight.vision.sketch import LiveSketch

ZONE = ZoneInfo("Europe/Stockholm")
SETTINGS = RetentionSettings(OpeningHours.parse("09:00", "20:00"), ZONE, (0, 1), Kernel(0.46))
FIRST = date(2026, 11, 23)
ENTRY = Moment(
    0, 0, (Crossing("door", Direction.IN, 0, 0, 7),), (), 1.0, StageTimes(0, 0, 0, 0, 0, 0)
)


class WallClock:
    """A clock that shows what it is told."""

    boot_id = "boot"

    def __init__(self) -> None:
        self.now: datetime | None = None

    def show(self, day: int, hour: int, minute: int = 0) -> None:
        local = datetime(2026, 11, 23, hour, minute, tzinfo=ZONE) + timedelta(days=day)
        self.now = local.astimezone(UTC)

    def monotonic_ns(self) -> int:
        return 0

    def utc(self) -> datetime | None:
        return self.now


class Device:
    """The parts that survive a restart, and those that do not."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = WallClock()
        self.start()

    def start(self, epsilon: int = 2) -> None:
        self.live = LiveSketch(dice(1))
        store = SeriesFile(self.folder, mend=True)
        series, entries = take_up(store.read(), "sha", epsilon)
        audit = AuditFile(self.folder)
        self.days = RetentionDays(self.live, store, audit, self.clock, SETTINGS, series, entries)

    async def at(self, day: int, hour: int, minute: int = 0) -> None:
        self.clock.show(day, hour, minute)
        await self.days.tend()

    def enter(self, people: int) -> None:
        for _person in range(people):
            self.days.note(ENTRY)
            self.live.add(np.full((1, FEATURES), 60, np.int32))

    def kinds(self) -> list[str]:
        return [entry.kind for entry in AuditFile(self.folder).entries()]


@pytest.fixture
def device(tmp_path: Path) -> Device:
    return Device(tmp_path)


async def test_a_day_begins_at_opening_and_closes_at_closing(device: Device) -> None:
    await device.at(0, 8, 59)
    assert not device.live.is_open
    await device.at(0, 9)
    assert device.live.is_open
    device.enter(130)
    await device.at(0, 19, 59)
    assert device.live.is_open
    await device.at(0, 20)
    assert not device.live.is_open
    (facts,) = device.days.series.revisits.days
    assert (facts.day, facts.entries, facts.dropped) == (FIRST, 130, None)
    assert facts.visits is not None
    assert abs(facts.visits - 130) < 6 * 30
    assert SeriesFile(device.folder, mend=False).read() == device.days.series
    assert device.kinds() == [
        "log_begun",
        "retention_series",
        "retention_day_begun",
        "retention_day_closed",
        "retention_refused",
    ]


async def test_a_restart_drops_the_days_sketch_and_says_so(device: Device) -> None:
    await device.at(0, 9)
    device.enter(5)
    device.start()
    await device.at(0, 15)
    assert not device.live.is_open
    (facts,) = device.days.series.revisits.days
    assert (facts.day, facts.dropped, facts.visits) == (FIRST, Dropped.RESTARTED, None)
    assert device.kinds()[-1] == "retention_day_dropped"
    await device.at(1, 9)
    assert device.live.is_open


async def test_a_device_that_is_stopped_drops_the_day(device: Device) -> None:
    await device.at(0, 9)
    await device.days.close()
    assert not device.live.is_open
    assert not device.live._state.any()
    stored = SeriesFile(device.folder, mend=False).read()
    assert stored is not None
    assert stored.revisits.days[-1].dropped is Dropped.STOPPED
    assert stored.revisits.ring == ()


async def test_a_device_that_starts_at_noon_waits_for_tomorrow(device: Device) -> None:
    await device.at(0, 12)
    assert not device.live.is_open
    assert device.days.series.revisits.days[-1].dropped is Dropped.STARTED_LATE


async def test_field_30_nothing_begins_before_the_clock_is_trusted(device: Device) -> None:
    await device.days.tend()
    assert not device.live.is_open
    assert device.days.series.revisits.days == ()


async def test_the_live_sketch_is_never_on_disk(device: Device) -> None:
    await device.at(0, 9)
    device.enter(40)
    await device.at(0, 15)
    stored = json.loads(json.dumps(series_to_plain(device.days.series)))
    assert stored["ring"] == []
    content = b"".join(path.read_bytes() for path in device.folder.iterdir())
    assert device.live._state[:FEATURES].astype("<i4").tobytes()[:32] not in content


async def test_a_ring_of_eight_and_each_deletion_entered(device: Device) -> None:
    for day in range(10):
        await device.at(day, 9)
        await device.at(day, 20)
    assert len(device.days.series.revisits.ring) == 8
    deleted = [
        entry.facts["day"]
        for entry in AuditFile(device.folder).entries()
        if entry.kind == "retention_ring_deleted"
    ]
    assert deleted == ["2026-11-23", "2026-11-24"]
    await device.at(30, 8)
    assert device.days.series.revisits.ring == ()
    assert device.days.series.revisits.pairs


async def test_another_epsilon_begins_another_series_and_keeps_what_was_spent(
    device: Device,
) -> None:
    await device.at(0, 9)
    await device.at(0, 20)
    device.start(epsilon=4)
    await device.at(0, 21)
    series = device.days.series
    assert (series.key.epsilon, series.revisits.days) == (4, ())
    assert series.charges == {FIRST: pytest.approx(Noise.for_epsilon(2).rho)}
    assert device.kinds()[-2:] == ["retention_series_ended", "retention_series"]


async def test_a_second_publication_about_a_day_is_refused(device: Device) -> None:
    """The series is new, but the day has been paid for already."""
    await device.at(0, 9)
    await device.at(0, 20)
    device.start(epsilon=1)
    await device.at(0, 9, 5)
    assert not device.live.is_open
    assert device.kinds()[-2:] == ["retention_refused", "retention_day_dropped"]
    assert device.days.series.revisits.days[-1].dropped is Dropped.NO_BUDGET


async def test_field_33_a_full_card_costs_nothing_but_time(
    device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    await device.at(0, 9)
    write = SeriesFile.write

    def full(*_arguments: object) -> None:
        raise Transient("retention", "the disk is full")

    monkeypatch.setattr(SeriesFile, "write", full)
    await device.at(0, 20)
    assert "retention_day_closed" not in device.kinds()
    monkeypatch.setattr(SeriesFile, "write", write)
    await device.at(0, 21)
    stored = SeriesFile(device.folder, mend=False).read()
    assert stored is not None
    assert len(stored.revisits.ring) == 1
    assert "retention_day_closed" in device.kinds()


async def test_a_year_of_state_is_less_than_a_megabyte(device: Device) -> None:
    for day in range(400):
        device.clock.show(day, 9)
        series = device.days.series.with_day_begun(FIRST + timedelta(days=day))
        device.live.begin(series.key.noise)
        sketch = device.live.finish(FIRST + timedelta(days=day))
        assert sketch is not None
        device.days.series = series.with_day_closed(sketch, 500)
    plain = json.dumps(series_to_plain(device.days.series))
    assert len(plain) < 1_000_000
    assert series_from_plain(json.loads(plain)) == device.days.series
