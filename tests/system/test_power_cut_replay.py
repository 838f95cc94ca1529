"""Power cuts at every single step of the ledger, with everything that was not synced in doubt.

SIGKILL leaves the page cache whole, a real power cut does not. So the ledger's steps are recorded,
every prefix of them is played into a fresh folder in each way a card may leave it, and the ledger
must come up with every acknowledged count, once.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from counting_kit import DOOR, part, walked
from crashing_disk import RecordingDisk, Volume
from fanlight.adapters.ledger_tinydb import TinyLedger
from fanlight.domain.hours import MINUTE_NS, BootMinute, UtcHour

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crashing_disk import Op
    from fanlight.domain.hours import Slot
    from fanlight.domain.parts import Part

H = UtcHour(490_000)
OFFSET_NS = H.start_ns - 61 * MINUTE_NS
DIGIT = 1000


@dataclass
class Oracle:
    """What the ledger was asked to keep, and what it said to have kept, after each step.

    Part number i carries its revision as the i-th digit of its entries, in base 1000: one sum
    tells for each part which revision is in it, and whether any is lost or doubled.
    """

    numbers: dict[str, int] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    kept: list[tuple[int, dict[str, int]]] = field(default_factory=list)
    begun: list[tuple[int, dict[str, int]]] = field(default_factory=list)

    def part(self, slot: Slot, part_id: str, revision: int, *, closed: bool = False) -> Part:
        number = self.numbers.setdefault(part_id, len(self.numbers))
        return part(
            slot, revision * DIGIT**number, part_id=part_id, revision=revision, closed=closed
        )

    def walk(self, slot: Slot, part_id: str, revision: int) -> Part:
        """A part of journeys, told by its ways as the others by their entries."""
        number = self.numbers.setdefault(part_id, len(self.numbers))
        return walked(slot, revision * DIGIT**number, part_id=part_id, revision=revision)

    def check(self, ledger: TinyLedger, step: int) -> None:
        """Every acknowledged revision or a later one that was asked for, exactly once."""
        least = [{}, *(kept for at, kept in self.kept if at <= step)][-1]
        most = [begun for at, begun in self.begun if at <= step][-1]
        found = self.revisions(ledger)
        assert found.keys() <= self.numbers.keys()
        for part_id in self.numbers:
            assert least.get(part_id, 0) <= found.get(part_id, 0) <= most.get(part_id, 0), part_id

    def revisions(self, ledger: TinyLedger) -> dict[str, int]:
        rows = [*ledger.read(H.plus(-1000), H.plus(1000)), *ledger.unplaced()]
        total = sum(row.counts.entries for row in rows if row.key == DOOR)
        for one in ledger.read_journeys(H.plus(-1000), H.plus(1000)):
            total += sum(one.journeys.ways.values())
        return {part_id: total // DIGIT**number % DIGIT for part_id, number in self.numbers.items()}


def scenario(ledger: TinyLedger, oracle: Oracle, ops: list[Op]) -> None:
    """Quarantine, trust, placing, hours, a growing hour, many parts in an hour, retention."""

    def do(call: Callable[[list[Part]], None], *parts: Part) -> None:
        oracle.asked |= {part.part_id: part.revision for part in parts}
        oracle.begun.append((len(ops), dict(oracle.asked)))
        call(list(parts))
        oracle.kept.append((len(ops), dict(oracle.asked)))

    do(lambda _: ledger.recover())
    minutes = [BootMinute("boot-1", minute) for minute in (59, 60, 61)]
    for number, minute in enumerate(minutes):
        do(ledger.checkpoint, oracle.part(minute, f"run-{number}", 1))
    do(ledger.checkpoint, oracle.part(minutes[2], "run-2", 2))
    do(ledger.commit, *(oracle.part(m, f"run-{n}", 3) for n, m in enumerate(minutes)))
    do(ledger.checkpoint, oracle.part(H, "run-3", 1))
    do(lambda _: ledger.place("boot-1", OFFSET_NS, H.plus(1)))
    for revision in (2, 3):
        do(ledger.checkpoint, oracle.part(H, "run-3", revision))
    do(ledger.checkpoint, oracle.walk(H, "walk-0", 1))
    do(ledger.commit, oracle.part(H, "run-3", 4, closed=True), oracle.walk(H, "walk-0", 2))
    do(ledger.checkpoint, oracle.part(H.plus(1), "run-4", 1))
    do(ledger.commit, oracle.part(H, "run-3", 5, closed=True))
    for number in range(5, 17):
        do(ledger.commit, oracle.part(H, f"run{number}-{number}", 1))
    do(ledger.commit, oracle.walk(H, "walk-0", 3), oracle.walk(H.plus(1), "walk-1", 1))
    do(ledger.checkpoint, oracle.part(H.plus(800), "run-17", 1))
    do(ledger.commit, oracle.part(H.plus(800), "run-17", 2), oracle.part(H.plus(1), "run-4", 2))


def fill(folder: Path, files: dict[str, bytes]) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: nothing here needs a card."""
    shared = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
    if not os.access(shared, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=shared) as folder:
        yield Path(folder)


@pytest.fixture
def recorded(
    memory: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[RecordingDisk, Oracle, list[Op]]:
    disk, oracle = RecordingDisk(monkeypatch), Oracle()
    ledger = TinyLedger(memory / "whole", disk)
    scenario(ledger, oracle, disk.ops)
    ledger.close()
    oracle.check(TinyLedger(memory / "whole", disk), len(disk.ops))
    return disk, oracle, list(disk.ops)


def distinct(folders: list[tuple[int, dict[str, bytes]]]) -> list[tuple[int, dict[str, bytes]]]:
    """Keep each folder once, with the last step that may leave it."""
    last = {frozenset(files.items()): (step, files) for step, files in folders}
    return list(last.values())


def folders_after(
    volume: Volume, ops: list[Op], seen: set[int]
) -> list[tuple[int, dict[str, bytes]]]:
    """Return each distinct folder that a power cut may leave, with the step it came before."""
    found = []
    for step in range(len(ops) + 1):
        for files in volume.after_power_cut():
            key = hash((step, frozenset(files.items())))
            if key not in seen:
                seen.add(key)
                found.append((step, files))
        if step < len(ops):
            volume.apply(ops[step])
    return found


def test_a_power_cut_at_any_step_loses_and_doubles_nothing(
    recorded: tuple[RecordingDisk, Oracle, list[Op]], memory: Path
) -> None:
    disk, oracle, ops = recorded
    folders = folders_after(Volume(), ops, set())
    assert len(folders) > 500
    for step, files in folders:
        folder = fill(memory / "cut", files)
        oracle.check(TinyLedger(folder, disk), step)
        ledger = TinyLedger(folder, disk)
        ledger.recover()
        oracle.check(ledger, step)
        assert (folder / "open.journal").read_bytes() == b""
        ledger.close()


@pytest.mark.slow
def test_a_power_cut_during_the_recovery_from_a_power_cut_loses_nothing_either(
    recorded: tuple[RecordingDisk, Oracle, list[Op]], memory: Path
) -> None:
    disk, oracle, ops = recorded
    for step, files in distinct(folders_after(Volume(), ops, set())):
        folder = fill(memory / "cut", files)
        disk.ops.clear()
        ledger = TinyLedger(folder, disk)
        ledger.recover()
        ledger.close()
        for _, again in distinct(folders_after(Volume.holding(files), list(disk.ops), set())):
            second = TinyLedger(fill(memory / "cut-again", again), disk)
            second.recover()
            oracle.check(second, step)
            second.close()


def test_the_proof_finds_a_ledger_that_does_not_sync(
    recorded: tuple[RecordingDisk, Oracle, list[Op]], memory: Path
) -> None:
    """The replay is no proof unless a careless ledger fails it: leave out the file syncs."""
    disk, oracle, ops = recorded
    volume, failures = Volume(), 0
    for step, op in enumerate(ops):
        if op[0] != "fsync" or op[1] == ".":
            volume.apply(op)
            continue
        files = next(iter(volume.after_power_cut()))
        try:
            oracle.check(TinyLedger(fill(memory / "cut", files), disk), step)
        except AssertionError:
            failures += 1
    assert failures > 10
