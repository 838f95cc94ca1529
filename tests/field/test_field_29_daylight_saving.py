"""Field problem 29: daylight saving merges or loses hours."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from counting_kit import DOOR, part
from fanlight.adapters.ledger_tinydb import TinyLedger
from fanlight.domain.hours import UtcHour, hours_of_day
from fanlight.domain.report import Viewpoint
from fanlight.services.report import report_day

if TYPE_CHECKING:
    from pathlib import Path

FAR_FUTURE = UtcHour.containing(datetime(2030, 1, 1, tzinfo=UTC))
CHANGES = [
    ("Europe/Stockholm", date(2025, 3, 30), 23),
    ("Europe/Stockholm", date(2025, 10, 26), 25),
    ("America/New_York", date(2025, 3, 9), 23),
    ("America/New_York", date(2025, 11, 2), 25),
    ("Europe/Stockholm", date(2025, 6, 1), 24),
]


@pytest.mark.parametrize(("name", "day", "length"), CHANGES)
def test_field_29_a_day_has_the_hours_it_has(name: str, day: date, length: int) -> None:
    hours = hours_of_day(day, ZoneInfo(name))
    assert len(hours) == length
    assert [hour.number for hour in hours] == list(range(hours[0].number, hours[0].number + length))


@pytest.mark.parametrize(("name", "day", "length"), CHANGES)
def test_field_29_each_hour_of_the_day_is_counted_and_shown_once(
    tmp_path: Path, name: str, day: date, length: int
) -> None:
    zone = ZoneInfo(name)
    ledger = TinyLedger(tmp_path)
    ledger.recover()
    hours = hours_of_day(day, zone)
    ledger.commit([
        part(hour, n + 1, part_id=f"run-{n}", seen_s=3600) for n, hour in enumerate(hours)
    ])  # fmt: skip
    rows = report_day(ledger, day, Viewpoint(zone, FAR_FUTURE)).rows
    assert [row.counts.entries for row in rows if row.counts] == list(range(1, length + 1))
    assert len({row.label for row in rows}) == length
    ledger.close()


def test_field_29_the_hour_that_comes_twice_has_two_names(tmp_path: Path) -> None:
    zone = ZoneInfo("Europe/Stockholm")
    rows = report_day(
        TinyLedger(tmp_path), date(2025, 10, 26), Viewpoint(zone, FAR_FUTURE), [DOOR]
    ).rows
    assert [row.label for row in rows[1:5]] == [
        "2025-10-26 01:00+02:00",
        "2025-10-26 02:00+02:00",
        "2025-10-26 02:00+01:00",
        "2025-10-26 03:00+01:00",
    ]


def test_field_29_the_hour_that_never_comes_is_not_shown(tmp_path: Path) -> None:
    zone = ZoneInfo("Europe/Stockholm")
    rows = report_day(
        TinyLedger(tmp_path), date(2025, 3, 30), Viewpoint(zone, FAR_FUTURE), [DOOR]
    ).rows
    assert [row.label[11:] for row in rows[:3]] == ["00:00+01:00", "01:00+01:00", "03:00+02:00"]
