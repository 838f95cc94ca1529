"""Occupancy by the day of business, through restarts."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from counting_kit import DOOR, TILL
from fanlight.domain.counts import Counts, RowKey, Segment
from fanlight.domain.hours import HOUR_NS, UtcHour
from fanlight.domain.house import ClosedDay, House
from fanlight.domain.parts import HourRow
from fanlight.domain.week import BusinessDay, Span, Week

UTC_ZONE = ZoneInfo("UTC")
DAY = BusinessDay(Week(((Span.parse("09:00-18:00"),),) * 7, UTC_ZONE))
MIDNIGHT = UtcHour.parse("2026-06-03T00Z")
CHILD = RowKey(DOOR.kind, DOOR.name, Segment.CHILD)


def row(hour: int, entries: int, exits: int, seen_s: int = 3600, key: RowKey = DOOR) -> HourRow:
    counts = Counts(entries=entries, exits=exits, seen_ms=seen_s * 1000)
    return HourRow(MIDNIGHT.plus(hour), key, counts, 1, closed=True)


def test_the_day_ends_with_its_residual_and_the_next_begins_empty() -> None:
    house = House(DAY)
    house.at(MIDNIGHT.plus(10))
    house.crossed(50, 44)
    house.at(MIDNIGHT.plus(18))
    assert house.occupancy.inside == 6
    house.at(MIDNIGHT.plus(19))
    assert house.occupancy.balance == 0
    assert [day.residual for day in house.closed_days] == [6]


def test_a_restart_goes_on_with_the_day_and_not_from_nobody() -> None:
    house = House(DAY)
    rows = [row(9, 30, 10), row(10, 5, 5), row(10, 2, 1, key=CHILD), row(10, 9, 9, key=TILL)]
    house.resume(rows, MIDNIGHT.plus(11).start_ns)
    assert (house.occupancy.inside, house.occupancy.doubt) == (20, 0.0)
    house.crossed(0, 3)
    assert house.occupancy.inside == 17


def test_what_nobody_saw_while_the_device_was_off_adds_to_the_doubt() -> None:
    house = House(DAY)
    house.resume([row(9, 50, 50)], MIDNIGHT.plus(11).start_ns)
    assert house.occupancy.doubt == pytest.approx(1.96 * 100**0.5)
    short = House(DAY)
    short.resume([row(9, 50, 50, seen_s=3570)], MIDNIGHT.plus(10).start_ns)
    assert 0 < short.occupancy.doubt < 2.0


def test_days_before_are_known_with_their_residuals_and_do_not_fill_the_house() -> None:
    house = House(DAY)
    rows = [row(hour - 24 * day, 10, 9) for day in (1, 2) for hour in (9, 12, 17)]
    house.resume(rows, MIDNIGHT.plus(10).start_ns)
    assert house.occupancy.inside == 0
    assert house.closed_days == (
        ClosedDay(MIDNIGHT.plus(-24 * 3 + 19), 30, 27),
        ClosedDay(MIDNIGHT.plus(-24 * 2 + 19), 30, 27),
    )


def test_a_restart_after_closing_finds_the_day_over() -> None:
    house = House(DAY)
    house.resume([row(9, 30, 10)], MIDNIGHT.plus(20).start_ns + HOUR_NS // 2)
    assert house.occupancy.inside == 0
    assert [day.residual for day in house.closed_days] == [20]


def test_a_house_without_days_is_never_emptied() -> None:
    house = House()
    house.crossed(5, 0)
    house.resume([row(9, 30, 10)], MIDNIGHT.plus(20).start_ns)
    house.at(MIDNIGHT.plus(48))
    assert house.occupancy.inside == 5
