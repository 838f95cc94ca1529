"""A device without a clock battery that is told the time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counting_kit import enter, moment
from fanlight.adapters.heard_clock import MOST_DOUBT_NS, HeardClock
from fanlight.adapters.ledger_tinydb import TinyLedger
from fanlight.adapters.simulated_clock import SimulatedClock
from fanlight.domain.counts import watched_places
from fanlight.domain.hours import UtcHour
from fanlight.services.bookkeeping import keep_books

TRUE = datetime(2027, 3, 28, 0, 30, tzinfo=UTC)
S = 1_000_000_000


def ns(at: datetime) -> int:
    return round(at.timestamp()) * S


def test_what_is_heard_goes_on_by_the_monotonic_clock() -> None:
    inner = SimulatedClock(None)
    clock = HeardClock(inner)
    assert clock.utc() is None
    clock.hear(ns(TRUE), inner.monotonic_ns(), S)
    inner.advance(90)
    assert clock.utc() == TRUE + timedelta(seconds=90)
    inner.set_wall(datetime(1999, 1, 1, tzinfo=UTC), trusted=False)
    assert clock.utc() == TRUE + timedelta(seconds=90), "a jumping wall clock changes nothing"


def test_the_devices_own_trusted_clock_comes_first() -> None:
    inner = SimulatedClock(None)
    clock = HeardClock(inner)
    clock.hear(ns(TRUE), 0, S)
    inner.set_wall(TRUE + timedelta(hours=2))
    assert clock.utc() == TRUE + timedelta(hours=2)


@given(st.lists(st.tuples(st.integers(-5, 5), st.integers(0, 2 * MOST_DOUBT_NS)), max_size=6))
def test_the_least_doubtful_time_holds(told: list[tuple[int, int]]) -> None:
    clock = HeardClock(SimulatedClock(None))
    for off_s, doubt_ns in told:
        clock.hear(ns(TRUE) + off_s * S, 0, doubt_ns)
    usable = [each for each in told if each[1] <= MOST_DOUBT_NS]
    if usable:
        best_s = min(usable, key=lambda each: each[1])[0]
        assert clock.utc() == TRUE + timedelta(seconds=best_s)
    else:
        assert clock.utc() is None


@pytest.mark.parametrize("utc_ns", [0, -1, ns(datetime(2020, 1, 1, tzinfo=UTC)), 10**25])
def test_impossible_times_are_not_believed(utc_ns: int) -> None:
    clock = HeardClock(SimulatedClock(None))
    clock.hear(utc_ns, 0, 0)
    assert clock.utc() is None


async def test_field_30_hours_before_the_time_was_told_are_placed_by_it(tmp_path: Path) -> None:
    inner = SimulatedClock(None)
    clock = HeardClock(inner)
    ledger = TinyLedger(tmp_path / "ledger")
    keeping = keep_books(ledger, clock, watched_places(["door"]))
    await keeping.tend()
    for at_s in (60.0, 61.0, 3700.0):
        keeping.books.note(moment(at_s, enter(at_s)))
    inner.advance(3710)
    clock.hear(ns(TRUE) + 3710 * S, inner.monotonic_ns(), S)
    await keeping.tend()
    await keeping.close()
    hour = UtcHour.containing(TRUE)
    reader = TinyLedger(tmp_path / "ledger")
    found = {row.hour: row.counts.entries for row in reader.read(hour, hour.plus(2))}
    assert found == {hour: 2, hour.plus(1): 1}
    assert reader.unplaced() == []
