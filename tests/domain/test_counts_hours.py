"""Hours of UTC, and the anchor that holds them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counting_kit import S
from fanlight.domain.hours import HOUR_NS, BootMinute, UtcHour, hours_of_day, local_label
from fanlight.domain.placing import CONFIRM_NS, TOLERANCE_NS, Anchored, Placing

NOON = UtcHour.containing(datetime(2025, 6, 1, 12, tzinfo=UTC))


@given(st.integers(0, 4_000_000))
def test_an_hour_reads_back_what_it_writes(number: int) -> None:
    hour = UtcHour(number)
    assert UtcHour.parse(str(hour)) == hour == UtcHour.containing(hour.start)
    assert UtcHour.of_ns(hour.start_ns) == hour == UtcHour.of_ns(hour.start_ns + HOUR_NS - 1)


@pytest.mark.parametrize("text", ["2025-03-30", "2025-03-30T25Z", "", "2025-03-30T01"])
def test_other_texts_are_not_hours(text: str) -> None:
    with pytest.raises(ValueError, match=r"time data|unconverted"):
        UtcHour.parse(text)


@pytest.mark.parametrize("number", [-1, 10**9])
def test_hours_outside_the_calendar_are_refused(number: int) -> None:
    with pytest.raises(ValueError, match="outside the calendar"):
        UtcHour(number)


@given(st.dates(date(1990, 1, 1), date(2037, 12, 30)), st.sampled_from(
    ["Europe/Stockholm", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]
))  # fmt: skip
def test_days_follow_each_other_without_gap_or_overlap(day: date, name: str) -> None:
    zone = ZoneInfo(name)
    today = hours_of_day(day, zone)
    tomorrow = hours_of_day(date.fromordinal(day.toordinal() + 1), zone)
    assert today[-1].plus(1) == tomorrow[0]
    assert len(today) in {23, 24, 25}
    assert today[0].start.astimezone(zone).date() == day


def test_labels_carry_the_offset() -> None:
    assert local_label(NOON, ZoneInfo("Asia/Kathmandu")) == "2025-06-01 17:45+05:45"


def test_a_boot_minute_is_placed_by_its_middle() -> None:
    half_past = NOON.start_ns - 30 * S
    assert BootMinute("b", 0).utc_hour(half_past) == NOON
    assert BootMinute("b", 0).utc_hour(half_past - 1) == NOON.plus(-1)
    assert BootMinute("b", 125).hour == 2


def anchored_at_noon() -> Placing:
    placing = Placing("boot-1")
    assert placing.observe(100 * S, NOON.start_ns + 100 * S) == Anchored(NOON.start_ns, None)
    return placing


def test_without_trust_time_is_told_by_boot_and_minute() -> None:
    placing = Placing("boot-1")
    assert placing.observe(0, None) is None
    assert placing.slot_at(61 * S) == BootMinute("boot-1", 1)
    assert placing.end_ns(BootMinute("boot-1", 1)) == 120 * S


def test_trust_also_places_what_was_before_it() -> None:
    assert anchored_at_noon().slot_at(0) == NOON


def test_lost_trust_keeps_the_anchor() -> None:
    placing = anchored_at_noon()
    assert placing.observe(4000 * S, None) is None
    assert placing.slot_at(4000 * S) == NOON.plus(1)


@pytest.mark.parametrize("jump_s", [-7200, -3, 3, 7200, 10**6])
def test_a_jump_is_followed_once_it_has_held(jump_s: int) -> None:
    placing = anchored_at_noon()
    jumped = NOON.start_ns + jump_s * S
    assert placing.observe(200 * S, jumped + 200 * S) is None
    assert placing.observe(259 * S, jumped + 259 * S) is None
    assert placing.offset_ns == NOON.start_ns
    assert placing.observe(260 * S, jumped + 260 * S) == Anchored(jumped, jump_s * S)
    assert placing.offset_ns == jumped


def test_a_jump_that_is_taken_back_moves_nothing() -> None:
    placing = anchored_at_noon()
    for second in range(200, 400, 10):
        wild = 3600 * S if second % 50 else 0
        assert placing.observe(second * S, NOON.start_ns + second * S + wild) is None
    assert placing.offset_ns == NOON.start_ns


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(-(10**5), 10**5)), max_size=60))
def test_the_anchor_moves_at_most_once_a_confirmation_time(steps: list) -> None:
    placing, now_s, moves = anchored_at_noon(), 100, []
    for pause_s, off_s in steps:
        now_s += pause_s
        if placing.observe(now_s * S, NOON.start_ns + (now_s + off_s) * S):
            moves.append(now_s * S)
    assert all(later - earlier >= CONFIRM_NS for earlier, later in pairwise(moves))


@given(st.integers(-TOLERANCE_NS, TOLERANCE_NS))
def test_small_differences_are_ignored(off_ns: int) -> None:
    placing = anchored_at_noon()
    for second in range(200, 400, 20):
        assert placing.observe(second * S, NOON.start_ns + second * S + off_ns) is None
