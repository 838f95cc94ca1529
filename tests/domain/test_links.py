"""Which link is used, what a deaf modem is done to, and what a month may carry."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from fanlight.domain.byte_budget import ByteBudget, Purpose, SpentBytes, days_left, month_of
from fanlight.domain.link_policy import LinkPolicy, LinkPolicySettings
from fanlight.domain.reset_ladder import ResetLadder, ResetTimes, Rung

GAPS_S = st.floats(1.0, 2000.0)
PROBES = st.lists(st.tuples(GAPS_S, st.booleans()), max_size=120)
TIMES = st.datetimes(datetime(2025, 1, 1), datetime(2028, 12, 31)).map(  # noqa: DTZ001 - set next
    lambda at: at.replace(tzinfo=UTC)
)


@given(PROBES)
def test_the_first_link_is_left_only_after_failures_in_a_row(probes: list) -> None:
    policy, now_s, row = LinkPolicy(), 0.0, 0
    for gap_s, reached in probes:
        now_s += gap_s
        was_second = policy.on_second
        policy = policy.probed(now_s, reached=reached)
        row = 0 if reached else row + 1
        if policy.on_second and not was_second:
            assert row >= LinkPolicySettings().failures_to_leave
            row = 0
        if was_second and not policy.on_second:
            row = 0


@given(PROBES)
def test_the_first_link_is_taken_again_only_after_a_good_time(probes: list) -> None:
    policy, now_s, good_since_s = LinkPolicy(), 0.0, None
    for gap_s, reached in probes:
        now_s += gap_s
        before = policy
        policy = policy.probed(now_s, reached=reached)
        good_since_s = None if not reached else now_s if good_since_s is None else good_since_s
        if not before.on_second:
            good_since_s = None
        elif not policy.on_second:
            assert good_since_s is not None
            assert now_s - good_since_s >= LinkPolicySettings().good_for_s


def test_a_first_link_that_flaps_must_be_good_for_longer_each_time() -> None:
    policy, now_s, needed = LinkPolicy(), 0.0, []
    for _ in range(8):
        while not policy.on_second:
            now_s += 20
            policy = policy.probed(now_s, reached=False)
        began_s = now_s
        while policy.on_second:
            now_s += 60
            policy = policy.probed(now_s, reached=True)
        needed.append(now_s - began_s)
    assert all(later >= earlier for earlier, later in pairwise(needed))
    assert needed[0] < 800
    assert 14_000 < needed[-1] < 15_000
    now_s += 8000
    for _ in range(3):
        policy = policy.probed(now_s, reached=False)
    assert policy.needed_s == LinkPolicySettings().good_for_s, "a steady time is rewarded"


@given(st.lists(st.floats(5.0, 400.0), min_size=50, max_size=400), st.sampled_from((3, 4)))
def test_field_36_rungs_come_in_order_and_each_is_left_its_time(
    gaps_s: list[float], count: int
) -> None:
    rungs = tuple(Rung)[:count]
    times, ladder, now_s = ResetTimes(), ResetLadder(rungs), 0.0
    climbed: list[tuple[float, Rung]] = []
    for gap_s in gaps_s:
        now_s += gap_s
        ladder, rung = ladder.failed(now_s)
        if rung is not None:
            climbed.append((now_s, rung))
    order = [list(rungs).index(rung) for _, rung in climbed]
    assert all(later == (earlier + 1) % len(rungs) for earlier, later in pairwise(order))
    for (before_s, rung), (after_s, _) in pairwise(climbed):
        wanted_s = times.pause_s if rung is rungs[-1] else times.patience_s[rungs.index(rung)]
        assert after_s - before_s > wanted_s - 1e-6


def test_field_36_a_modem_gets_an_hour_to_come_back_in_the_end() -> None:
    ladder, now_s, resets = ResetLadder(), 0.0, []
    while now_s < 5 * 86_400:
        now_s += 30
        ladder, rung = ladder.failed(now_s)
        if rung is Rung.POWER:
            resets.append(now_s)
    pauses = [later - earlier for earlier, later in pairwise(resets)]
    assert pauses[0] > 1500
    assert 6000 < pauses[-1] < 7000
    assert len(resets) < 80
    assert ladder.worked() == ResetLadder()


@given(TIMES, st.integers(0, 2_000_000), st.integers(100_000, 2_000_000))
def test_field_35_counts_come_before_everything_else(
    at: datetime, spent: int, monthly: int
) -> None:
    budget, book = ByteBudget(monthly), SpentBytes({month_of(at): spent})
    counts = budget.left_bytes(book, at, None, Purpose.COUNTS)
    updates = budget.left_bytes(book, at, None, Purpose.UPDATES)
    assert counts == max(0, monthly - spent)
    assert updates <= max(0, counts - budget.counts_a_day_bytes * days_left(at))
    assert budget.left_bytes(book, None, month_of(at), Purpose.UPDATES) == 0
    assert budget.left_bytes(book, None, month_of(at), Purpose.COUNTS) == counts


@given(st.lists(st.tuples(TIMES, st.integers(0, 5000)), max_size=20))
def test_field_35_a_clock_that_jumps_forgets_no_bytes(spent: list[tuple[datetime, int]]) -> None:
    book = SpentBytes()
    for at, carried in spent:
        book = book.plus(month_of(at), carried)
    for at, _ in spent:
        told = sum(carried for each, carried in spent if month_of(each) == month_of(at))
        assert book.in_month(month_of(at)) == told


def test_a_month_has_as_many_days_as_the_calendar_says() -> None:
    assert days_left(datetime(2028, 2, 28, 23, tzinfo=UTC)) == 2
    assert days_left(datetime(2027, 2, 28, 23, tzinfo=UTC)) == 1
    assert days_left(datetime(2026, 12, 1, tzinfo=UTC)) == 31
    old = SpentBytes()
    for day in range(0, 3000, 30):
        old = old.plus(month_of(datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=day)), 1)
    assert len(old.by_month) == 24
