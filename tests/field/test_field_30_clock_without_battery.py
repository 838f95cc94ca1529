"""Field problem 30: after a boot without RTC the clock is weeks off, and jumps later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from counting_kit import DOOR, PLACES, enter, moment
from fanlight.adapters.ledger_memory import MemoryLedger
from fanlight.adapters.ledger_tinydb import TinyLedger
from fanlight.adapters.simulated_clock import SimulatedClock
from fanlight.domain.hours import UtcHour
from fanlight.services.bookkeeping import Bookkeeping, keep_books

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from fanlight.ports.ledger import Ledger

NOON = datetime(2025, 3, 30, 12, tzinfo=UTC)
HOUR = UtcHour.containing(NOON)
TWO_WEEKS = timedelta(days=14)


async def count_for(bookkeeping: Bookkeeping, clock: SimulatedClock, seconds: int) -> None:
    """Look once a second; somebody enters every ten."""
    for _ in range(seconds):
        clock.advance(1)
        at_s = round(clock.monotonic_ns() / 1e9)
        bookkeeping.books.note(moment(at_s, *([enter(at_s)] if at_s % 10 == 0 else [])))
        if at_s % 30 == 0:
            await bookkeeping.tend()


def entries(ledger: Ledger, hours: Sequence[int] = range(-400, 400)) -> int:
    first, last = HOUR.plus(hours[0]), HOUR.plus(hours[-1])
    return sum(row.counts.entries for row in ledger.read(first, last) if row.key == DOOR)


async def test_field_30_hours_wait_and_are_stamped_once_the_clock_is_trusted(
    tmp_path: Path,
) -> None:
    """Two hours and a bit are counted before the network comes at a quarter past two."""
    ledger, clock = TinyLedger(tmp_path), SimulatedClock()
    bookkeeping = keep_books(ledger, clock, PLACES)
    await count_for(bookkeeping, clock, 8100)
    assert entries(ledger) == 0
    assert sum(row.counts.entries for row in ledger.unplaced()) > 700
    clock.set_wall(NOON + timedelta(seconds=8100))
    await count_for(bookkeeping, clock, 60)
    await bookkeeping.close()
    assert ledger.unplaced() == []
    assert [entries(ledger, [hour]) for hour in range(4)] == [359, 360, 97, 0]
    rows = [row for row in ledger.read(HOUR, HOUR.plus(2)) if row.key == DOOR]
    assert [row.counts.seen_ms for row in rows] == [3_599_000, 3_600_000, 960_000]
    assert [row.closed for row in rows] == [True, True, False]


async def test_field_30_a_restart_within_the_boot_keeps_the_quarantine(tmp_path: Path) -> None:
    clock = SimulatedClock()
    first = keep_books(TinyLedger(tmp_path), clock, PLACES)
    await count_for(first, clock, 600)
    await first.close()
    clock.set_wall(NOON + timedelta(seconds=600))
    second = keep_books(TinyLedger(tmp_path), clock, PLACES)
    await count_for(second, clock, 600)
    await second.close()
    ledger = TinyLedger(tmp_path)
    assert (entries(ledger, [0]), ledger.unplaced()) == (120, [])


async def test_field_30_a_boot_that_ends_untrusted_is_kept_but_never_guessed(
    tmp_path: Path,
) -> None:
    clock = SimulatedClock(boot_id="lost")
    first = keep_books(TinyLedger(tmp_path), clock, PLACES)
    await count_for(first, clock, 4000)
    await first.close()
    clock.reboot("found")
    clock.set_wall(NOON)
    second = keep_books(TinyLedger(tmp_path), clock, PLACES)
    await count_for(second, clock, 100)
    await second.close()
    ledger = TinyLedger(tmp_path)
    waiting = [row for row in ledger.unplaced() if row.key == DOOR]
    assert [(row.boot_id, row.boot_hour) for row in waiting] == [("lost", 0), ("lost", 1)]
    assert [row.counts.entries for row in waiting] == [359, 41]
    assert entries(ledger) == 10


async def test_field_30_a_clock_two_weeks_back_does_not_take_the_counts_with_it(
    tmp_path: Path,
) -> None:
    """The wall clock falls back for half a minute, as after a lost time server, and returns."""
    ledger, clock = TinyLedger(tmp_path), SimulatedClock(NOON)
    bookkeeping = keep_books(ledger, clock, PLACES)
    await count_for(bookkeeping, clock, 300)
    clock.set_wall(NOON + timedelta(seconds=300) - TWO_WEEKS)
    await count_for(bookkeeping, clock, 30)
    clock.set_wall(NOON + timedelta(seconds=330))
    await count_for(bookkeeping, clock, 300)
    await bookkeeping.close()
    assert entries(ledger, [0]) == entries(ledger) == 63


async def test_field_30_a_correction_that_stays_is_followed_without_losing_a_count(
    tmp_path: Path,
) -> None:
    ledger, clock = TinyLedger(tmp_path), SimulatedClock(NOON - TWO_WEEKS)
    bookkeeping = keep_books(ledger, clock, PLACES)
    await count_for(bookkeeping, clock, 600)
    clock.set_wall(NOON + timedelta(seconds=600))
    await count_for(bookkeeping, clock, 600)
    await bookkeeping.close()
    assert entries(ledger, [-336]) + entries(ledger, [0]) == entries(ledger) == 120
    assert entries(ledger, [0]) >= 50


jumps = st.lists(st.tuples(st.integers(1, 20), st.integers(-9000, 9000)), max_size=12)


@given(jumps)
@settings(max_examples=25, deadline=None)
async def test_field_30_no_jumping_clock_loses_or_doubles_a_count(
    steps: list[tuple[int, int]],
) -> None:
    ledger, clock = MemoryLedger(), SimulatedClock(NOON)
    bookkeeping = keep_books(ledger, clock, PLACES)
    for tens, jump_s in steps:
        await count_for(bookkeeping, clock, tens * 10)
        clock.set_wall((clock.utc() or NOON) + timedelta(seconds=jump_s))
    counted = bookkeeping.books.tally().entries
    await bookkeeping.close()
    assert entries(ledger) == counted == sum(tens for tens, _ in steps)
