"""Opening hours hold on the wall clock, and the house is empty at night."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.domain.hours import UtcHour
from fanlight.domain.week import BusinessDay, Span, Week

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NINE_TO_SIX = Span.parse("09:00-18:00")
SHOP = Week(((NINE_TO_SIX,),) * 6 + ((),), STOCKHOLM)
NO_HOURS = Week(((),) * 7, STOCKHOLM)
ALWAYS = Week(((Span.parse("00:00-24:00"),),) * 7, STOCKHOLM)


def at(text: str, zone: ZoneInfo = STOCKHOLM) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def ns(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000_000


def start_of(week: Week, text: str) -> str | None:
    start = BusinessDay(week).start_of(UtcHour.containing(at(text)))
    return start and f"{start.start.astimezone(STOCKHOLM):%m-%d %H:%M}"


@pytest.mark.parametrize("day", ["2026-03-28", "2026-03-30", "2026-10-24", "2026-10-26"])
def test_opening_hours_are_those_of_the_wall_clock_on_both_sides_of_a_change(day: str) -> None:
    assert not SHOP.holds(ns(at(f"{day} 08:59:59")))
    assert SHOP.holds(ns(at(f"{day} 09:00")))
    assert SHOP.holds(ns(at(f"{day} 17:59:59")))
    assert not SHOP.holds(ns(at(f"{day} 18:00")))


def test_a_night_that_ends_on_the_next_day_has_as_many_hours_as_that_night() -> None:
    bar = Week(((),) * 5 + ((Span.parse("22:00-05:00"),), ()), STOCKHOLM)
    for day, hours in ((date(2026, 3, 28), 6), (date(2026, 10, 24), 8), (date(2026, 6, 6), 7)):
        ((start, end),) = bar.spans_of(day)
        assert end - start == timedelta(hours=hours)
        assert bar.holds(ns(end - timedelta(minutes=1)))


def test_the_day_begins_an_hour_after_the_long_closing_before_it() -> None:
    assert start_of(SHOP, "2026-06-03 18:59") == "06-02 19:00"
    assert start_of(SHOP, "2026-06-03 19:00") == "06-03 19:00"
    assert start_of(SHOP, "2026-06-04 12:00") == "06-03 19:00"
    assert start_of(SHOP, "2026-06-08 12:00") == "06-06 19:00"


def test_a_lunch_break_empties_no_house() -> None:
    split = Week(((Span.parse("09:00-12:00"), Span.parse("13:00-18:00")),) * 7, STOCKHOLM)
    assert start_of(split, "2026-06-03 13:30") == "06-02 19:00"


def test_without_opening_hours_the_day_begins_at_four_and_a_house_always_open_has_none() -> None:
    assert start_of(NO_HOURS, "2026-06-03 03:59") == "06-02 04:00"
    assert start_of(NO_HOURS, "2026-06-03 04:00") == "06-03 04:00"
    assert start_of(ALWAYS, "2026-06-03 12:00") is None


spans = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).map(lambda p: Span(p[0], sum(p)))
weeks = st.lists(st.lists(spans, max_size=2).map(tuple), min_size=7, max_size=7).map(
    lambda days: Week(tuple(days), STOCKHOLM)
)


@given(weeks, st.integers(0, 24 * 400))
def test_the_start_of_a_day_is_its_own_start_and_days_do_not_overlap(
    week: Week, shift: int
) -> None:
    day = BusinessDay(week)
    hour = UtcHour.containing(datetime(2026, 1, 1, tzinfo=UTC)).plus(shift)
    start, following = day.start_of(hour), day.start_of(hour.plus(1))
    assert start is None or start <= hour
    if start is not None:
        assert day.start_of(start) == start
        assert following is not None
        assert following in (start, hour.plus(1)) or following >= start


@pytest.mark.parametrize("text", ["9", "09:60-10:00", "25:00-26:00", "ab:cd-10:00", "10:00"])
def test_a_span_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Span.parse(text)
