from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from fanlight.domain.opening import OpeningHours

STOCKHOLM = ZoneInfo("Europe/Stockholm")
SHOP = OpeningHours.parse("09:00", "20:00")


def test_a_day_is_open_by_the_local_clock() -> None:
    found = SHOP.at(datetime(2026, 7, 1, 7, 0, tzinfo=UTC), STOCKHOLM)
    assert found is not None
    assert found.day == date(2026, 7, 1)
    assert SHOP.at(datetime(2026, 7, 1, 6, 59, 59, tzinfo=UTC), STOCKHOLM) is None
    assert SHOP.at(datetime(2026, 7, 1, 18, 0, tzinfo=UTC), STOCKHOLM) is None


def test_a_bars_night_belongs_to_the_evening_before() -> None:
    found = OpeningHours.parse("18:00", "03:00").at(
        datetime(2026, 1, 2, 1, 30, tzinfo=UTC), STOCKHOLM
    )
    assert found is not None
    assert found.day == date(2026, 1, 1)


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25)])
def test_field_29_an_open_day_is_as_long_as_the_clock_makes_it(
    day: tuple[int, int, int], hours: int
) -> None:
    found = OpeningHours.parse("00:00", "24:00").on(date(*day), STOCKHOLM)
    assert (found.closes - found.opens).total_seconds() == hours * 3600


@pytest.mark.parametrize("time", ["9:00", "24:01", "25:00", "nine", "12:60"])
def test_what_is_no_time_of_day_is_refused(time: str) -> None:
    with pytest.raises(ValueError, match=r"no time of day|run from"):
        OpeningHours.parse(time, "20:00")
