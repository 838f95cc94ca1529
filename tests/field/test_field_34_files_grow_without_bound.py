"""Field problem 34: whatever grows has a limit."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from counting_kit import PLACES, enter, moment, part
from fanlight.adapters import ledger_tinydb
from fanlight.adapters.ledger_tinydb import TinyLedger
from fanlight.adapters.simulated_clock import SimulatedClock
from fanlight.domain.hours import BootMinute, UtcHour
from fanlight.services.bookkeeping import keep_books

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOON = datetime(2025, 3, 30, 12, tzinfo=UTC)
HOUR = UtcHour.containing(NOON)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[TinyLedger]:
    made = TinyLedger(tmp_path)
    made.recover()
    yield made
    made.close()


def test_field_34_the_journal_stays_small_however_long_the_hour(
    ledger: TinyLedger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_tinydb, "JOURNAL_LIMIT_BYTES", 5000)
    largest = 0
    for grown in range(400):
        ledger.checkpoint([part(HOUR, grown)])
        largest = max(largest, (tmp_path / "open.journal").stat().st_size)
    assert largest < 6000
    assert ledger.read(HOUR, HOUR)[0].counts.entries == 399


def test_field_34_an_hour_of_many_restarts_keeps_few_parts(
    ledger: TinyLedger, tmp_path: Path
) -> None:
    for number in range(60):
        ledger.close()
        ledger = TinyLedger(tmp_path)
        ledger.recover()
        ledger.commit([part(HOUR, 1, part_id=f"run{number}-0")])
    assert (tmp_path / "hours-2025-03.json.gz").stat().st_size < 1500
    assert ledger.read(HOUR, HOUR)[0].counts.entries == 60
    ledger.close()


def test_field_34_quarantines_of_lost_boots_are_limited(
    ledger: TinyLedger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_tinydb, "QUARANTINE_FILES", 5)
    for number in range(9):
        ledger.commit([part(BootMinute(f"boot{number}", 0), 1, part_id=f"run{number}-0")])
    assert len(list(tmp_path.glob("unplaced-*-d000.json.gz"))) == 5
    assert {row.boot_id for row in ledger.unplaced()} == {f"boot{n}" for n in range(4, 9)}
    assert "newer boots await their clock" in ledger.notices()[0]


def test_field_34_damaged_files_kept_aside_are_few(tmp_path: Path) -> None:
    for number in range(8):
        ledger = TinyLedger(tmp_path)
        ledger.recover()
        ledger.commit([part(HOUR, 1, part_id=f"run{number}-0")])
        ledger.close()
        (tmp_path / "hours-2025-03.json.gz").write_bytes(b"rubbish")
    assert len(list(tmp_path.glob("*.damaged-*"))) <= 3


def test_field_34_left_over_temporary_files_go_at_the_next_start(tmp_path: Path) -> None:
    (tmp_path / "hours-2025-03.json.gz.tmp").write_bytes(b"half")
    ledger = TinyLedger(tmp_path)
    ledger.recover()
    assert list(tmp_path.glob("*.tmp")) == []
    ledger.close()


async def test_field_34_the_books_hold_only_open_hours(tmp_path: Path) -> None:
    """Two days of counting leaves one hour in memory."""
    clock = SimulatedClock(NOON)
    bookkeeping = keep_books(TinyLedger(tmp_path), clock, PLACES)
    for _ in range(2 * 24 * 4):
        clock.advance(900)
        at_s = clock.monotonic_ns() / 1e9
        bookkeeping.books.note(moment(at_s, enter(at_s)))
        await bookkeeping.tend()
    assert len(bookkeeping.books.tally().open_hours) <= 2
    await bookkeeping.close()
