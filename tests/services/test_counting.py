"""Counting and bookkeeping on the real ledger, with simulated time."""

from __future__ import annotations

import asyncio
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from blockbuster import blockbuster_ctx

from counting_kit import DOOR, PLACES, enter, leave, moment
from fanlight.adapters.ledger_memory import MemoryLedger
from fanlight.adapters.ledger_tinydb import TinyLedger
from fanlight.adapters.simulated_clock import SimulatedClock
from fanlight.adapters.system_clock import SystemClock, Trust
from fanlight.domain.hours import UtcHour
from fanlight.domain.moment import Cause
from fanlight.ports.errors import Gone, Transient
from fanlight.services.bookkeeping import Bookkeeping, BookkeepingSettings, keep_books
from fanlight.services.counting import Counting, Pace
from fanlight.services.one_thread import OneThread

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from fanlight.domain.moment import Moment
    from fanlight.domain.parts import Part

NOON = datetime(2025, 3, 30, 12, tzinfo=UTC)
HOUR = UtcHour.containing(NOON)


class ScriptedEye:
    """An eye that sees what a script says, and moves the clock to each Moment's time."""

    def __init__(self, clock: SimulatedClock, script: Iterable[Moment | Exception]) -> None:
        self._clock = clock
        self._script = iter(script)

    async def look(self) -> Moment | None:
        await asyncio.sleep(0)
        seen = next(self._script, None)
        if isinstance(seen, Exception):
            raise seen
        if seen is not None:
            self._clock.advance(max(0.0, (seen.at_ns - self._clock.monotonic_ns()) / 1e9))
        return seen

    async def finish(self) -> Moment | None:
        return None

    async def reopen(self) -> None:
        """Nothing to open."""

    async def close(self) -> None:
        """Nothing to close."""


class PatientEye(ScriptedEye):
    """Waits for ever after its script, as a camera at a quiet door."""

    async def look(self) -> Moment | None:
        return await super().look() or await asyncio.Event().wait()  # type: ignore[func-returns-value]


def people(until_s: int, every_s: int = 10) -> list[Moment]:
    """A look each second, somebody entering every few seconds."""
    return [moment(s, *([enter(s)] if s % every_s == 0 else [])) for s in range(1, until_s + 1)]


async def count(
    ledger: MemoryLedger | TinyLedger, clock: SimulatedClock, script: Iterable[Moment | Exception]
) -> Bookkeeping:
    bookkeeping = keep_books(ledger, clock, PLACES)
    await Counting(ScriptedEye(clock, script), bookkeeping, clock, Pace.FAST).run()
    return bookkeeping


async def test_hours_are_committed_as_they_end_and_the_rest_at_the_close(tmp_path: Path) -> None:
    ledger, clock = TinyLedger(tmp_path), SimulatedClock(NOON)
    bookkeeping = await count(ledger, clock, people(3700))
    assert [row.closed for row in ledger.read(HOUR, HOUR)] == [True, True, True]
    await bookkeeping.close()
    rows = {(row.hour, row.key): row for row in TinyLedger(tmp_path).read(HOUR, HOUR.plus(1))}
    assert rows[HOUR, DOOR].counts.entries == 359
    assert rows[HOUR, DOOR].counts.seen_ms == 3_599_000
    assert rows[HOUR.plus(1), DOOR].counts.entries == 11
    assert rows[HOUR.plus(1), DOOR].closed is False
    assert (tmp_path / "open.journal").read_bytes() == b""


async def test_every_count_is_in_the_journal_within_ten_seconds(tmp_path: Path) -> None:
    """As another process sees it, at each second."""
    ledger, clock = TinyLedger(tmp_path), SimulatedClock(NOON)
    bookkeeping = keep_books(ledger, clock, PLACES)
    safe: list[tuple[int, int]] = []
    other = TinyLedger(tmp_path)

    def look_from_outside(seen: Moment) -> None:
        rows = [row for row in other.read(HOUR, HOUR) if row.key == DOOR]
        safe.append((seen.frame // 10, sum(row.counts.entries for row in rows)))

    eye = ScriptedEye(clock, people(200, every_s=3))
    await Counting(eye, bookkeeping, clock, Pace.FAST, look_from_outside).run()
    assert all(entries >= max(0, at_s - 10) // 3 for at_s, entries in safe)
    assert safe[-1][1] > 50
    await bookkeeping.close()


async def test_the_tally_is_live(tmp_path: Path) -> None:
    ledger, clock = TinyLedger(tmp_path), SimulatedClock(NOON)
    script = [moment(0), moment(1, enter(0.5), enter(0.6)), moment(2, leave(2), causes=[])]
    bookkeeping = keep_books(ledger, clock, PLACES)
    seen: list[Moment] = []
    counting = Counting(ScriptedEye(clock, script), bookkeeping, clock, on_moment=seen.append)
    tally = await counting.run()
    assert seen == script
    assert tally == counting.tally()
    assert (tally.entries, tally.exits, tally.occupancy, tally.coverage) == (2, 1, 1, 1.0)
    assert tally.open_hours[HOUR][DOOR].entries == 2
    await bookkeeping.close()


async def test_a_fault_of_the_eye_passes_through_and_the_counts_stay(tmp_path: Path) -> None:
    ledger, clock = TinyLedger(tmp_path), SimulatedClock(NOON)
    bookkeeping = keep_books(ledger, clock, PLACES)
    eye = ScriptedEye(clock, [moment(1, enter(1)), Gone("camera", "unplugged")])
    with pytest.raises(Gone, match="unplugged"):
        await Counting(eye, bookkeeping, clock).run()
    await bookkeeping.close()
    assert TinyLedger(tmp_path).read(HOUR, HOUR)[0].counts.entries == 1


async def test_cancelling_ends_at_once_and_closing_saves_everything(tmp_path: Path) -> None:
    ledger, clock = TinyLedger(tmp_path), SimulatedClock(NOON)
    bookkeeping = keep_books(ledger, clock, PLACES)
    seen_all = asyncio.Event()
    eye = PatientEye(clock, people(12, every_s=4))

    def on_moment(seen: Moment) -> None:
        if seen.frame == 120:
            seen_all.set()

    counting = Counting(eye, bookkeeping, clock, on_moment=on_moment)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(counting.run()), group.create_task(bookkeeping.run())]
        await seen_all.wait()
        began_s = time.monotonic()
        for task in tasks:
            task.cancel()
    await bookkeeping.close()
    await bookkeeping.close()
    assert time.monotonic() - began_s < 2
    assert all(task.cancelled() for task in tasks)
    assert TinyLedger(tmp_path).read(HOUR, HOUR)[0].counts.entries == 3


async def test_a_recording_is_placed_at_the_present(tmp_path: Path) -> None:
    ledger, clock = TinyLedger(tmp_path), SimulatedClock(NOON, monotonic_ns=7 * 3600 * 10**9)
    bookkeeping = keep_books(ledger, clock, PLACES)
    eye = ScriptedEye(clock, [moment(0), moment(1, enter(1))])
    await Counting(eye, bookkeeping, clock, Pace.PLAYED).run()
    await bookkeeping.close()
    assert ledger.read(HOUR, HOUR)[0].counts.entries == 1


class StuckLedger(MemoryLedger):
    """A ledger on a card that does not answer until let go."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = threading.Event()
        self.calls = 0

    def checkpoint(self, parts: Iterable[Part]) -> None:
        self.calls += 1
        assert self.let_go.wait(20)
        super().checkpoint(parts)


async def test_a_card_that_does_not_answer_stops_neither_counting_nor_the_end() -> None:
    ledger, clock = StuckLedger(), SimulatedClock(NOON)
    settings = BookkeepingSettings(call_timeout_s=0.05, close_timeout_s=0.2, retry_s=1)
    bookkeeping = keep_books(ledger, clock, PLACES, settings)
    eye = ScriptedEye(clock, people(30))
    tally = await Counting(eye, bookkeeping, clock, Pace.FAST).run()
    assert tally.entries == 3
    assert bookkeeping.trouble is not None
    assert "has not answered" in bookkeeping.trouble
    assert ledger.calls == 1, "a second call was piled on a hanging one"
    began_s = time.monotonic()
    await bookkeeping.close()
    assert time.monotonic() - began_s < 1
    ledger.let_go.set()


class FullLedger(TinyLedger):
    """A ledger whose card is full for a while."""

    full = True

    def checkpoint(self, parts: Iterable[Part]) -> None:
        self._refuse()
        super().checkpoint(parts)

    def commit(self, parts: Iterable[Part]) -> None:
        self._refuse()
        super().commit(parts)

    def _refuse(self) -> None:
        if self.full:
            raise Transient("ledger", "the disk is full; free some space")


async def test_what_could_not_be_written_waits_and_is_written_once(tmp_path: Path) -> None:
    ledger, clock = FullLedger(tmp_path), SimulatedClock(NOON)
    bookkeeping = keep_books(ledger, clock, PLACES)
    script = people(7300)
    half = ScriptedEye(clock, script[:7200])
    await Counting(half, bookkeeping, clock, Pace.FAST).run()
    assert bookkeeping.trouble == "ledger: the disk is full; free some space"
    assert ledger.read(HOUR, HOUR) == []
    ledger.full = False
    await Counting(ScriptedEye(clock, script[7200:]), bookkeeping, clock, Pace.FAST).run()
    assert bookkeeping.trouble is None
    await bookkeeping.close()
    rows = [row for row in TinyLedger(tmp_path).read(HOUR, HOUR.plus(2)) if row.key == DOOR]
    assert [row.counts.entries for row in rows] == [359, 360, 11]


async def test_two_writers_are_refused_and_readers_are_not(tmp_path: Path) -> None:
    first, clock = TinyLedger(tmp_path), SimulatedClock(NOON)
    first.recover()
    bookkeeping = await count(TinyLedger(tmp_path), clock, people(20))
    assert bookkeeping.trouble is not None
    assert "another fanlight is writing" in bookkeeping.trouble
    await bookkeeping.close()
    first.close()


async def test_months_older_than_the_limit_are_removed(tmp_path: Path) -> None:
    ledger = TinyLedger(tmp_path)
    for days in (500, 30):
        clock = SimulatedClock(NOON - timedelta(days=days), boot_id=f"boot-{days}")
        await (await count(ledger, clock, people(20))).close()
    clock = SimulatedClock(NOON, boot_id="boot-now")
    await (await count(ledger, clock, people(20))).close()
    kept = ledger.hours_kept()
    assert kept is not None
    assert kept[0] == UtcHour.containing(NOON - timedelta(days=30))


async def test_hours_degraded_by_a_fallback_say_so(tmp_path: Path) -> None:
    ledger, clock = TinyLedger(tmp_path), SimulatedClock(NOON)
    fallback = [Cause.ACCELERATOR_FALLBACK]
    await (await count(ledger, clock, [moment(s, causes=fallback) for s in range(5)])).close()
    (row, *_) = ledger.read(HOUR, HOUR)
    assert row.counts.degraded_ms == {Cause.ACCELERATOR_FALLBACK: 4000}


async def test_the_thread_hands_back_results_and_errors_in_order() -> None:
    thread = OneThread("test")
    names = await asyncio.gather(
        *(thread.run(lambda n=n: (n, threading.current_thread().name), 1) for n in range(5))
    )
    assert names == [(n, "test") for n in range(5)]
    with pytest.raises(ZeroDivisionError):
        await thread.run(lambda: 1 // 0, 1)
    thread.close()


async def test_nothing_blocks_the_loop(tmp_path: Path) -> None:
    """With the real clock and the real ledger, from the first tick to the close."""
    clock = SystemClock(Trust.ALWAYS)
    ledger = TinyLedger(tmp_path)
    with blockbuster_ctx():
        bookkeeping = keep_books(ledger, clock, PLACES, BookkeepingSettings(checkpoint_s=0))
        await bookkeeping.observe_clock()
        for _ in range(3):
            now_s = clock.monotonic_ns() / 1e9
            bookkeeping.books.note(moment(now_s, enter(now_s)))
            await bookkeeping.tend()
        await bookkeeping.close()
    hour = UtcHour.containing(datetime.now(UTC))
    assert sum(row.counts.entries for row in ledger.read(hour.plus(-1), hour)) == 3


async def test_what_settles_while_counting_is_told_to_stop_is_counted() -> None:
    ledger, clock = MemoryLedger(), SimulatedClock(NOON)

    class SettlingEye(PatientEye):
        async def finish(self) -> Moment | None:
            return moment(2, enter(1.5))

    bookkeeping = keep_books(ledger, clock, PLACES)
    eye = SettlingEye(clock, [moment(1), moment(2)])
    counting = asyncio.create_task(Counting(eye, bookkeeping, clock, Pace.FAST).run())
    await asyncio.sleep(0.05)
    counting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await counting
    await bookkeeping.close()
    (row,) = [row for row in ledger.read(HOUR, HOUR) if row.key == DOOR]
    assert row.counts.entries == 1


async def test_an_eye_that_cannot_finish_does_not_hold_up_the_end() -> None:
    clock = SimulatedClock(NOON)

    class HangingEye(PatientEye):
        async def finish(self) -> Moment | None:
            raise Gone("eye", "an earlier call hangs")

    bookkeeping = keep_books(MemoryLedger(), clock, PLACES)
    eye = HangingEye(clock, [moment(1, enter(1))])
    counting = asyncio.create_task(Counting(eye, bookkeeping, clock, Pace.FAST).run())
    await asyncio.sleep(0.05)
    counting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await counting
    assert bookkeeping.books.tally().entries == 1
    await bookkeeping.close()
