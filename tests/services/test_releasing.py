"""What may leave the ledger: nothing that a receiver still waits for, however old or full."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counting_kit import part
from fanlight.adapters.ballast import SIZE_BYTES, Ballast
from fanlight.adapters.disk import Disk
from fanlight.adapters.ledger_memory import MemoryLedger
from fanlight.adapters.outbox_store import OutboxStore
from fanlight.domain.hours import UtcHour
from fanlight.services.health.books import check_books
from fanlight.services.health.finding import Verdict
from fanlight.services.releasing import Release
from mount_kit import run_on_mount

TESTS = Path(__file__).resolve().parent.parent
MONTHS = ("2025-01", "2025-02", "2025-03", "2025-04")
HOURS = [UtcHour.parse(f"{month}-15T12Z") for month in MONTHS]
NOW = UtcHour.parse("2025-05-01T00Z")


def kept() -> MemoryLedger:
    ledger = MemoryLedger()
    ledger.commit(
        [part(hour, 3, part_id=f"run-{index}", revision=1) for index, hour in enumerate(HOURS)]
    )
    return ledger


@settings(max_examples=40)
@given(st.lists(st.sets(st.sampled_from(MONTHS)), min_size=1, max_size=3))
def test_a_month_goes_only_when_it_and_all_before_it_are_everywhere(
    tmp_path_factory: pytest.TempPathFactory, arrived: list[set[str]]
) -> None:
    outbox = OutboxStore(tmp_path_factory.mktemp("outbox"))
    names = [f"receiver {index}" for index in range(len(arrived))]
    for name, months in zip(names, arrived, strict=True):
        outbox.acknowledge(name, {hour: 1 for hour in HOURS if hour.month in months})
    waited_for = [month for month in MONTHS if any(month not in months for months in arrived)]
    expected = UtcHour.parse(f"{waited_for[0]}-01T00Z") if waited_for else NOW
    release = Release(outbox, names)
    assert release.limit(kept(), NOW) == expected
    gone = release.oldest(kept())
    assert (gone is not None) == ("2025-01" not in waited_for)


def test_without_receivers_age_alone_decides_and_a_full_disk_loses_nothing(
    tmp_path: Path,
) -> None:
    release = Release(OutboxStore(tmp_path), [])
    assert release.limit(kept(), NOW) == NOW
    assert release.oldest(kept()) is None


def test_a_corrected_hour_keeps_its_month(tmp_path: Path) -> None:
    outbox, ledger = OutboxStore(tmp_path), kept()
    outbox.acknowledge("chain", dict.fromkeys(HOURS, 1))
    revision = ledger.read(HOURS[0], HOURS[0])[0].revision
    ledger.commit([part(HOURS[0], 9, part_id="run-late", revision=1)])
    assert ledger.read(HOURS[0], HOURS[0])[0].revision > revision
    assert Release(outbox, ["chain"]).oldest(ledger) is None


def test_the_outbox_forgets_with_the_ledger(tmp_path: Path) -> None:
    outbox = OutboxStore(tmp_path)
    outbox.acknowledge("chain", dict.fromkeys(HOURS, 1))
    Release(outbox, ["chain"]).forgotten(["2025-01", "2025-02"])
    assert sorted({path.name.split(".")[1] for path in tmp_path.iterdir()}) == list(MONTHS[2:])


def test_a_person_reads_that_a_full_disk_cost_a_month() -> None:
    finding = check_books(None, ["2025-01"])
    assert finding.verdict is Verdict.WARN
    assert "2025-01" in finding.says


def test_ballast_is_there_until_it_is_needed(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path / "ballast", Disk())
    for _ in range(2):
        ballast.take()
        assert (tmp_path / "ballast").stat().st_size == SIZE_BYTES
    for _ in range(2):
        ballast.drop()
        assert not (tmp_path / "ballast").exists()


FILLED = """
import asyncio, json, sys
from datetime import UTC, datetime
from pathlib import Path
from counting_kit import PLACES, enter, moment, part
from fanlight.adapters.ledger_tinydb import TinyLedger
from fanlight.adapters.outbox_store import OutboxStore
from fanlight.adapters.simulated_clock import SimulatedClock
from fanlight.domain.hours import UtcHour
from fanlight.services.bookkeeping import BookkeepingSettings, keep_books
from fanlight.services.releasing import Release

root, known = Path(sys.argv[1]), sys.argv[2].split()
old = [UtcHour.parse(f"{month}-15T12Z") for month in ("2025-01", "2025-02")]
ledger, outbox = TinyLedger(root / "ledger"), OutboxStore(root / "outbox")
ledger.recover()
ledger.commit(
    [part(hour.plus(n), 1, part_id=f"run{n}-{n}", revision=1) for hour in old for n in range(99)]
)
outbox.acknowledge("chain", {h.plus(n): 1 for h in old for n in range(99) if h.month in known})
clock = SimulatedClock(datetime(2025, 3, 30, 12, tzinfo=UTC))
books = keep_books(
    ledger, clock, PLACES, BookkeepingSettings(retry_s=0.0), release=Release(outbox, ["chain"])
)

def fill():
    for size in (4096, 256, 16, 1):
        try:
            with (root / "filler").open("ab", buffering=0) as filler:
                while True:
                    filler.write(b"x" * size)
        except OSError:
            pass

async def main():
    await books.tend()
    fill()
    troubles = []
    for second in range(40):
        at_s = clock.monotonic_ns() / 1e9
        books.books.note(moment(at_s, enter(at_s)))
        clock.advance(7.0)
        await books.tend()
        troubles.append(books.trouble)
    kept, trouble, dropped = ledger.hours_kept(), books.trouble, list(books.dropped)
    await books.close()
    return {"oldest": kept[0].month, "trouble": trouble, "dropped": dropped,
            "full": sum("the disk is full" in (each or "") for each in troubles),
            "total": sum(t.entries for t in ledger.carried().by_place.values())}

print(json.dumps(asyncio.run(main())))
"""


@pytest.mark.skipif(not shutil.which("unshare"), reason="needs unshare(1) of util-linux")
def test_a_full_disk_loses_the_oldest_month_that_everybody_has(tmp_path: Path) -> None:
    found = run_on_mount(tmp_path, "size=400k", FILLED, "2025-01")
    assert found["full"] >= 1
    assert found["dropped"] == ["2025-01"]
    assert found["trouble"] is None
    assert found["oldest"] == "2025-02"
    assert found["total"] == 99


@pytest.mark.skipif(not shutil.which("unshare"), reason="needs unshare(1) of util-linux")
def test_a_full_disk_loses_nothing_that_somebody_waits_for(tmp_path: Path) -> None:
    found = run_on_mount(tmp_path, "size=400k", FILLED, "2025-02")
    assert found["dropped"] == []
    assert "the disk is full" in found["trouble"]
    assert found["oldest"] == "2025-01"
