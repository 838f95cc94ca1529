"""Field problem 33: constant writing wears out memory cards. A budget for a day, in bytes.

Bytes are those handed to the file system, counted at every write(2) of the ledger. The card itself
writes whole pages: each checkpoint costs it at least one of 4 KiB.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from counting_kit import enter, leave, moment
from crashing_disk import RecordingDisk
from fanlight.adapters.ledger_tinydb import TinyLedger
from fanlight.adapters.simulated_clock import SimulatedClock
from fanlight.domain.counts import watched_places
from fanlight.domain.hours import UtcHour
from fanlight.services.bookkeeping import keep_books

if TYPE_CHECKING:
    from pathlib import Path

LAST_DAY = datetime(2025, 3, 31, tzinfo=UTC)
PLACES = watched_places(["door", "side door"], ["street"], ["till"])
BUSY_DAY_BYTES = 10_000_000
SHOP_DAY_BYTES = 3_000_000
QUIET_DAY_BYTES = 2_000_000
TICK_S = 5


async def bytes_of_a_day(folder: Path, disk: RecordingDisk, busy: range, every_s: int) -> int:
    """Count the last day of a month that is already full; `busy` are hours with people."""
    ledger, clock = TinyLedger(folder, disk), SimulatedClock(LAST_DAY - timedelta(days=30))
    before = keep_books(ledger, clock, PLACES)
    for _ in range(30 * 24):
        await before.observe_clock()
        at_s = clock.monotonic_ns() / 1e9
        before.books.note(moment(at_s + 1, *[enter(at_s + 1)] * 60, *[leave(at_s + 1)] * 60))
        clock.advance(3600)
    await before.close()
    disk.ops.clear()
    ledger, clock = TinyLedger(folder, disk), SimulatedClock(LAST_DAY, boot_id="boot-2")
    today = keep_books(ledger, clock, PLACES)
    for tick in range(24 * 3600 // TICK_S):
        at_s = tick * TICK_S
        await today.tend()
        clock.advance(TICK_S)
        somebody = at_s // 3600 in busy and at_s % every_s == 0
        today.books.note(moment(at_s + 1, *([enter(at_s + 1)] if somebody else [])))
        for later_s in range(at_s + 2, at_s + 1 + TICK_S):
            today.books.note(moment(later_s))
    await today.close()
    hours = [UtcHour.containing(LAST_DAY).plus(n) for n in range(24)]
    counted = sum(row.counts.entries for row in ledger.read(hours[0], hours[-1]))
    assert counted == len(busy) * 3600 // every_s
    return sum(len(op[2]) for op in disk.ops if op[0] == "write")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("busy", "every_s", "budget_bytes"),
    [
        (range(24), 5, BUSY_DAY_BYTES),
        (range(9, 19), 15, SHOP_DAY_BYTES),
        (range(0), 5, QUIET_DAY_BYTES),
    ],
    ids=["somebody every 5 s day and night", "a shop", "nobody"],
)
async def test_field_33_a_day_of_counting_stays_within_its_budget(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    busy: range,
    every_s: int,
    budget_bytes: int,
) -> None:
    written_bytes = await bytes_of_a_day(tmp_path, RecordingDisk(monkeypatch), busy, every_s)
    assert written_bytes <= budget_bytes


def test_field_33_a_quiet_door_writes_nothing_between_coverage_savings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = RecordingDisk(monkeypatch)
    ledger = TinyLedger(tmp_path, disk)
    ledger.recover()
    disk.ops.clear()
    ledger.checkpoint([])
    assert disk.ops == []
    ledger.close()
