"""Counts simulated people on the real ledger until it is killed, again and again.

    power_cut_child.py FOLDER KILLS SEED

A parent forks one counting child after the other, kills each with SIGKILL at a random instant and
looks at the ledger as another process would. The child tells in shared memory how far it has come.
Prints one JSON object with what was found.
"""

from __future__ import annotations

import json
import mmap
import os
import random
import signal
import sys
import time
from bisect import bisect_right
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from counting_kit import DOOR, S, enter, moment
from fanlight.adapters.ledger_tinydb import TinyLedger
from fanlight.domain.books import Books
from fanlight.domain.hours import UtcHour
from fanlight.domain.placing import Placing

if TYPE_CHECKING:
    from collections.abc import Callable

START_S = 490_000 * 3600
STEP_S = 2
CHECKPOINT_S = 5
LOST_S = 10
RUNS_PER_BOOT = 4
UNTRUSTED_S = 60
CALM, COMMITTING = 0, 1
PEOPLE = [s for s in range(0, 4_000_000, STEP_S) if (s * 2654435761 >> 7) % 11 == 0]


class Progress:
    """Shared memory that outlives a child: the simulated second reached, and what it does.

    Each number is stored in one go: a child that is killed while it tells must not leave half a
    number, as `struct.pack_into` would, which clears the bytes first.
    """

    def __init__(self) -> None:
        self._numbers = memoryview(mmap.mmap(-1, 16)).cast("q")

    def tell(self, at_s: int, doing: int) -> None:
        self._numbers[0], self._numbers[1] = at_s, doing

    def read(self) -> tuple[int, int]:
        return self._numbers[0], self._numbers[1]


def count_for_ever(
    folder: Path, run: str, boot: tuple[str, int], begin_s: int, told: Progress
) -> None:
    """Do what the bookkeeping does, on simulated time and without a loop."""
    boot_id, boot_s = boot
    ledger, books = TinyLedger(folder), Books(run, Placing(boot_id), [DOOR])
    ledger.recover()
    people, saved_s, placed, at_s = set(PEOPLE), begin_s, False, begin_s
    while True:
        at_s += STEP_S
        since_boot_s = at_s - boot_s
        now_ns = since_boot_s * S
        told.tell(at_s, CALM)
        if since_boot_s > UNTRUSTED_S:
            books.observe(now_ns, (START_S + at_s) * S)
        books.note(moment(since_boot_s, *([enter(since_boot_s)] if at_s in people else [])))
        if at_s - saved_s >= CHECKPOINT_S:
            unsaved = books.unsaved(now_ns)
            ledger.checkpoint(unsaved)
            books.saved(unsaved, now_ns)
            saved_s = at_s
        if ripe := books.ripe(now_ns):
            told.tell(at_s, COMMITTING)
            ledger.commit(ripe)
            books.committed(ripe, now_ns)
        if books.placing.offset_ns is not None and not placed:
            told.tell(at_s, COMMITTING)
            ledger.place(boot_id, books.placing.offset_ns, UtcHour((START_S + at_s) // 3600))
            placed = True


def people_between(after_s: int, until_s: int) -> list[int]:
    return PEOPLE[bisect_right(PEOPLE, after_s) : bisect_right(PEOPLE, until_s)]


def ledger_says(folder: Path) -> tuple[Counter[int], int, list[str]]:
    """Return entries by hour, entries in quarantine, and notices of damage."""
    ledger = TinyLedger(folder)
    first = START_S // 3600
    rows = ledger.read(UtcHour(first), UtcHour(first + 100_000))
    hours = Counter({row.hour.number: row.counts.entries for row in rows})
    return hours, sum(row.counts.entries for row in ledger.unplaced()), ledger.notices()


def kill_somewhere(child: int, told: Progress, begin_s: int, chance: random.Random) -> None:
    """Kill during recovery, at any time of counting, or while files are being replaced."""
    recovering = chance.random() < 0.2
    if not recovering:
        wait_until(lambda: told.read()[0] > begin_s, 1.0)
    time.sleep(chance.uniform(0.0, 0.02 if recovering else 0.08))
    if chance.random() < 0.4:
        wait_until(lambda: told.read()[1] == COMMITTING, 0.1)
        time.sleep(chance.uniform(0.0, 0.003))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def wait_until(holds: Callable[[], bool], patience_s: float) -> None:
    end_s = time.monotonic() + patience_s
    while not holds() and time.monotonic() < end_s:
        time.sleep(0.0002)


def main() -> None:
    folder, kills, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    chance = random.Random(seed)  # noqa: S311 - picks instants, guards nothing
    told, now_s, boot = Progress(), 0, ("boot-0", 0)
    expected: Counter[int] = Counter()
    found: dict[str, list[object]] = {"doubled": [], "lost": [], "notices": []}
    missing_before, in_commit = 0, 0
    for kill in range(kills):
        if kill % RUNS_PER_BOOT == 0:
            now_s += -now_s % 60
            boot = (f"boot-{kill}", now_s)
        told.tell(now_s, CALM)
        if not (child := os.fork()):
            count_for_ever(folder, f"run{kill}", boot, now_s, told)
        kill_somewhere(child, told, now_s, chance)
        reached_s, doing = told.read()
        in_commit += doing == COMMITTING
        counted = people_between(now_s, reached_s)
        expected.update((START_S + s) // 3600 for s in counted)
        at_risk = len(people_between(max(now_s, reached_s - LOST_S), reached_s))
        hours, waiting, notices = ledger_says(folder)
        missing = expected.total() - hours.total() - waiting
        if not 0 <= missing - missing_before <= at_risk:
            found["lost"].append((kill, missing - missing_before, at_risk))
        found["doubled"] += [(kill, h, n) for h, n in hours.items() if n > expected[h]]
        found["notices"] += [notice for notice in notices if "damage" in notice]
        missing_before, now_s = missing, reached_s + 1 + (reached_s + 1) % STEP_S
    ledger = TinyLedger(folder)
    ledger.recover()
    hours, waiting, _ = ledger_says(folder)
    found |= {
        "kills": kills,
        "kills_in_commit": in_commit,
        "simulated_hours": now_s / 3600,
        "counted": hours.total(),
        "waiting": waiting,
        "missing": missing_before,
        "expected": expected.total(),
    }
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
