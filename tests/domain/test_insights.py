"""Insights from rows: what is said, what is withheld and why."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.domain.counts import HOUR_MS, Counts, PlaceKind, RowKey, Segment
from fanlight.domain.cumulants import Cumulants
from fanlight.domain.figures import Figure, NotEnough, Ratio, middle, share_bounds
from fanlight.domain.hours import UtcHour
from fanlight.domain.insights import Insights, insights
from fanlight.domain.insights_page import insights_to_plain
from fanlight.domain.parts import HourRow
from fanlight.domain.rates import ErrorRates
from fanlight.domain.site import site_hours

ZONE = ZoneInfo("Europe/Stockholm")
MONDAY = date(2025, 3, 3)
DOOR = RowKey(PlaceKind.LINE, "door")
STREET = RowKey(PlaceKind.PASSING_LINE, "street")
OPEN = range(9, 18)
PERFECT = ErrorRates.perfect()


def hour_of(day: date, hour: int) -> UtcHour:
    return UtcHour.containing(datetime(day.year, day.month, day.day, hour, tzinfo=ZONE))


def door(entries: int = 48, exits: int = 48, coverage: float = 1.0) -> Counts:
    return Counts(
        entries=entries,
        exits=exits,
        seen_ms=round(HOUR_MS * coverage),
        entries_when=spread(entries),
        exits_when=spread(exits),
    )


def spread(count: int) -> tuple[int, ...]:
    return tuple(count // 12 + (index < count % 12) for index in range(12))


def rows_of(days: int, first: date = MONDAY, **more: object) -> list[HourRow]:
    counts = door(**more)  # type: ignore[arg-type]
    street = Counts(passed_in=100, passed_out=44, seen_ms=HOUR_MS)
    return [
        HourRow(hour_of(first + timedelta(days=day), hour), key, row, 1, closed=True)
        for day in range(days)
        for hour in OPEN
        for key, row in ((DOOR, counts), (STREET, street))
    ]


def learn(
    rows: list[HourRow],
    days: int = 28,
    first: date = MONDAY,
    sales: dict[UtcHour, int] | None = None,
    rates: ErrorRates = PERFECT,
) -> Insights:
    hours = site_hours(rows, sales or {}, ZONE, rates)
    return insights(hours, first, first + timedelta(days=days - 1), rates)


def figure(answer: Figure | NotEnough) -> Figure:
    assert isinstance(answer, Figure)
    return answer


def test_four_steady_weeks_are_told_as_they_were() -> None:
    sales = {hour_of(MONDAY + timedelta(days=d), h): 12 for d in range(28) for h in OPEN}
    found = learn(rows_of(28), sales=sales)
    assert figure(found.footfall).best == 28 * 9 * 48
    assert figure(found.attraction).best == pytest.approx(48 / (48 + 144))
    assert figure(found.conversion).best == pytest.approx(0.25)
    assert figure(found.conversion).of == (28 * 9 * 12, 28 * 9 * 48)
    assert figure(found.visits.mean_min).best == pytest.approx(0.0)
    assert figure(found.group_size).best == pytest.approx(1.0)
    assert found.balance.residual == 0
    assert not found.balance.alarm
    assert {hour for hour, _ in found.by_hour} == set(OPEN)


def test_the_clocks_change_within_the_weeks_and_no_hour_is_lost() -> None:
    """The last Sunday of March has 23 hours; local opening hours stay what they are."""
    found = learn(rows_of(28, first=date(2025, 3, 17)), first=date(2025, 3, 17))
    assert figure(found.footfall).coverage == 1.0
    assert {hour for hour, _ in found.by_hour} == set(OPEN)


def test_without_any_row_every_figure_says_why() -> None:
    found = learn([])
    plain = json.loads(json.dumps(insights_to_plain(found)))
    for name in ("footfall", "attraction", "conversion", "group_size", "visit_mean_min", "weekday"):
        assert plain[name]["not_enough_data"]
        assert "best" not in plain[name]
    assert plain["entries_by_hour_of_day"] == {}


@pytest.mark.parametrize(
    ("name", "because"),
    [
        ("conversion", "till gave no totals"),
        ("conversion_of_groups", "till gave no totals"),
        ("usual", "earlier days of this weekday"),
    ],
)
def test_what_is_missing_is_named(name: str, because: str) -> None:
    found = learn(rows_of(6), 6)
    answer = getattr(found, name)
    assert because in (answer if isinstance(answer, NotEnough) else answer.usual).because


def test_too_few_people_make_no_ratio() -> None:
    rows = rows_of(1, entries=2, exits=2)
    sales = {hour_of(MONDAY, hour): 5 for hour in OPEN}
    found = learn(rows, 1, sales=sales)
    assert isinstance(found.attraction, NotEnough)
    assert "18 entered" in found.attraction.because
    assert isinstance(found.conversion, NotEnough)


def test_a_day_with_an_unseen_open_hour_has_no_footfall_but_the_span_has() -> None:
    noon = hour_of(MONDAY + timedelta(days=1), 12)
    found = learn([row for row in rows_of(6) if row.hour != noon], 6)
    days = dict(found.daily)
    gap = days[MONDAY + timedelta(days=1)]
    assert isinstance(gap, NotEnough)
    assert "12:00" in gap.because
    assert figure(found.footfall).best == (6 * 9 - 1) * 48
    assert figure(found.footfall).coverage == pytest.approx(1 - 1 / (6 * 9))


def test_a_day_that_was_not_seen_whole_tells_nothing_of_visits() -> None:
    """Half a day's exits without their entries would look like long visits."""
    rows = [
        replace(row, counts=door(24, 24, 0.5)) if row.hour == hour_of(MONDAY, 12) else row
        for row in rows_of(6)
        if row.key == DOOR
    ]
    assert "5 days" in figure(learn(rows, 6).visits.mean_min).basis


def test_hours_of_an_older_firmware_tell_nothing_of_visits() -> None:
    rows = [
        replace(row, counts=replace(row.counts, entries_when=(), exits_when=()))
        for row in rows_of(28)
    ]
    found = learn(rows)
    assert isinstance(found.visits.mean_min, NotEnough)
    assert figure(found.footfall).best == 28 * 9 * 48


def test_segments_and_zones_are_not_counted_twice() -> None:
    adults = RowKey(PlaceKind.LINE, "door", Segment.ADULT)
    zone = RowKey(PlaceKind.ZONE, "aisle")
    extra = [
        replace(row, key=key) for row in rows_of(6) if row.key == DOOR for key in (adults, zone)
    ]
    assert learn(rows_of(6) + extra, 6).footfall == learn(rows_of(6), 6).footfall


def test_more_in_than_out_rings_the_alarm() -> None:
    assert learn(rows_of(6, entries=60, exits=48), 6).balance.alarm


def test_a_weekday_is_compared_with_its_like() -> None:
    rows = rows_of(63)
    busy = MONDAY + timedelta(days=63)
    found = learn(rows + rows_of(1, first=busy, entries=72, exits=72), 1, busy)
    assert not isinstance(found.usual, NotEnough)
    assert found.usual.day == busy
    assert figure(found.usual.usual).best == 9 * 48
    assert figure(found.usual.change).best == pytest.approx(0.5)


def test_worse_rates_widen_every_figure() -> None:
    rough = ErrorRates.from_checks()
    narrow, wide = learn(rows_of(6), 6), learn(rows_of(6), 6, rates=rough)
    for name in ("footfall", "attraction", "passers_by"):
        one, other = figure(getattr(narrow, name)), figure(getattr(wide, name))
        assert other.high - other.low > one.high - one.low


@given(st.floats(1, 1e5), st.floats(1, 1e5), st.floats(0, 100), st.floats(0, 100))
def test_ratios_lie_within_their_bounds(a: float, b: float, va: float, vb: float) -> None:
    ratio = Ratio(Cumulants(a, va), Cumulants(b, vb))
    low, high = ratio.bounds()
    assert 0 < low <= ratio.value <= high
    low, high = share_bounds(ratio)
    assert 0 < low <= a / (a + b) <= high < 1 or high == pytest.approx(1.0)


@given(st.lists(st.floats(0, 1e6), min_size=1))
def test_the_median_lies_in_the_middle(values: list[float]) -> None:
    found = middle(values)
    assert sum(value <= found for value in values) * 2 >= len(values)
    assert sum(value >= found for value in values) * 2 >= len(values)
