"""Entries reach the audit log in order, whatever the storage does."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping

from fanlight.ports.audit import AuditKind, Fact
from fanlight.ports.errors import Transient
from fanlight.services.entering import MOST_WAITING, Entering


class Journal:
    """An audit log that may refuse."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.numbers: list[Fact] = []

    def write(self, kind: AuditKind, facts: Mapping[str, Fact]) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.numbers.append(facts["n"])


def enter(entering: Entering, *numbers: int) -> None:
    for number in numbers:
        entering.enter(AuditKind.SETUP_ARMED, {"n": number})


async def test_entries_are_written_in_order_and_what_is_refused_waits() -> None:
    journal = Journal(Transient("audit", "the disk is full"))
    entering = Entering(journal.write)
    enter(entering, 1, 2, 3)
    assert not await entering._write_all()
    assert await entering._write_all()
    await entering.close()
    assert journal.numbers == [1, 2, 3]


async def test_an_entry_that_will_never_be_one_does_not_stop_the_others() -> None:
    journal = Journal(ValueError("17 facts are too many"))
    entering = Entering(journal.write)
    enter(entering, 1, 2)
    await entering.close()
    assert journal.numbers == [2]


async def test_when_too_many_wait_the_oldest_goes_and_no_other() -> None:
    journal, hold = Journal(), threading.Event()

    def slow(kind: AuditKind, facts: Mapping[str, Fact]) -> None:
        hold.wait(20)
        journal.write(kind, facts)

    entering = Entering(slow)
    enter(entering, *range(MOST_WAITING))
    writing = asyncio.create_task(entering._write_all())
    await asyncio.sleep(0)
    enter(entering, MOST_WAITING)
    hold.set()
    assert await writing
    await entering.close()
    assert journal.numbers == list(range(MOST_WAITING + 1))
