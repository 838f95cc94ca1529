"""Field problem 31: a power cut or a worn card corrupts the store.

Power cuts at every step are in tests/system/test_power_cut_replay.py; here the bytes change.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from counting_kit import part
from fanlight.adapters.ledger_tinydb import TinyLedger
from fanlight.domain.hours import UtcHour
from fanlight.ports.errors import Rejected

if TYPE_CHECKING:
    from pathlib import Path

HOUR = UtcHour.containing(datetime(2025, 3, 30, 12, tzinfo=UTC))
MAIN, COPY = "hours-2025-03.json.gz", "hours-2025-03.copy.json.gz"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A ledger of twelve hours with seven people each, one of them still open."""
    ledger = TinyLedger(tmp_path)
    ledger.recover()
    for n in range(11):
        ledger.commit([part(HOUR.plus(-n), 7, part_id=f"run-{n}", seen_s=3600, closed=True)])
    ledger.checkpoint([part(HOUR.plus(1), 7, part_id="run-99")])
    ledger.close()
    return tmp_path


def entries(ledger: TinyLedger) -> int:
    return sum(row.counts.entries for row in ledger.read(HOUR.plus(-20), HOUR.plus(20)))


def flip(path: Path, byte: int, bit: int = 0) -> None:
    data = bytearray(path.read_bytes())
    data[byte % len(data)] ^= 1 << bit
    path.write_bytes(data)


@pytest.mark.parametrize("name", [MAIN, COPY])
def test_field_31_no_flipped_bit_is_believed_or_loses_an_hour(folder: Path, name: str) -> None:
    whole = (folder / name).read_bytes()
    for byte in range(len(whole)):
        flip(folder / name, byte, byte % 8)
        assert entries(TinyLedger(folder)) == 84
        (folder / name).write_bytes(whole)


def test_field_31_the_reader_says_that_it_used_the_copy(folder: Path) -> None:
    flip(folder / MAIN, 200)
    ledger = TinyLedger(folder)
    assert entries(ledger) == 84
    (notice,) = ledger.notices()
    assert MAIN in notice
    assert "the other copy is whole and used" in notice
    assert (folder / MAIN).exists()


def test_field_31_the_writer_keeps_the_bad_file_aside_and_mends(folder: Path) -> None:
    flip(folder / MAIN, 200)
    bad = (folder / MAIN).read_bytes()
    ledger = TinyLedger(folder)
    ledger.recover()
    ledger.commit([part(HOUR.plus(2), 1, part_id="run-100")])
    assert (folder / f"{MAIN}.damaged-1").read_bytes() == bad
    assert any("Kept aside as" in notice for notice in ledger.notices())
    assert (folder / MAIN).read_bytes() == (folder / COPY).read_bytes()
    assert entries(ledger) == 85
    ledger.close()


def test_field_31_with_both_copies_bad_counting_goes_on_and_nothing_is_invented(
    folder: Path,
) -> None:
    flip(folder / MAIN, 200)
    flip(folder / COPY, 100)
    ledger = TinyLedger(folder)
    ledger.recover()
    assert entries(ledger) == 7
    assert any("show as no data" in notice for notice in ledger.notices())
    assert len(list(folder.glob("*.damaged-1"))) == 2
    ledger.commit([part(HOUR.plus(2), 1, part_id="run-100")])
    assert entries(ledger) == 8
    ledger.close()


@pytest.mark.parametrize("left", [0, 1, 17, 0.5, 0.99])
def test_field_31_a_truncated_month_is_read_from_its_copy(folder: Path, left: float) -> None:
    data = (folder / MAIN).read_bytes()
    length = left if isinstance(left, int) else int(len(data) * left)
    (folder / MAIN).write_bytes(data[:length])
    assert entries(TinyLedger(folder)) == 84


def test_field_31_a_missing_month_is_read_from_its_copy(folder: Path) -> None:
    (folder / MAIN).unlink()
    assert entries(TinyLedger(folder)) == 84


def test_field_31_rubbish_at_the_end_of_the_journal_is_left_out(folder: Path) -> None:
    journal = folder / "open.journal"
    whole = journal.read_bytes()
    for cut in range(len(whole)):
        journal.write_bytes(whole + whole[:cut])
        assert entries(TinyLedger(folder)) == 84


def test_field_31_a_bad_record_does_not_hide_the_later_ones(folder: Path) -> None:
    ledger = TinyLedger(folder)
    ledger.recover()
    for grown in (1, 2, 3):
        ledger.checkpoint([part(HOUR.plus(2), grown, part_id="run-100")])
    ledger.close()
    flip(folder / "open.journal", 150)
    reader = TinyLedger(folder)
    assert entries(reader) == 84 + 3
    assert "1 damaged records" in reader.notices()[0]


def test_field_31_a_file_of_a_newer_firmware_is_refused_not_overwritten(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fanlight.adapters.guarded_file.FORMAT", 2)
    newer = TinyLedger(folder)
    newer._disk.remove(folder / MAIN, folder / COPY, folder / "open.journal")
    newer.recover()
    newer.commit([part(HOUR, 3, part_id="run-new")])
    newer.close()
    monkeypatch.undo()
    before = (folder / MAIN).read_bytes()
    ledger = TinyLedger(folder)
    ledger.recover()
    with pytest.raises(Rejected, match="written in format 2, this firmware knows 1; update"):
        ledger.commit([part(HOUR, 1, part_id="run-old")])
    assert (folder / MAIN).read_bytes() == before
    ledger.close()


def test_field_31_random_damage_never_crashes_a_reader(folder: Path) -> None:
    chance = random.Random(1)  # noqa: S311 - picks bytes, guards nothing
    names = [MAIN, COPY, "open.journal"]
    whole = {name: (folder / name).read_bytes() for name in names}
    for _ in range(100):
        for name in names:
            (folder / name).write_bytes(whole[name])
            if chance.random() < 0.7:
                flip(folder / name, chance.randrange(10_000), chance.randrange(8))
        assert entries(TinyLedger(folder)) in {0, 7, 77, 84}
