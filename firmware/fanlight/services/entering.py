"""Entries on their way into the audit log, from the loop, which must not wait for a disk."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Final, NoReturn

from fanlight.ports.errors import Fault
from fanlight.services.one_thread import OneThread

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fanlight.ports.audit import AuditKind, Fact

log = logging.getLogger(__name__)

MOST_WAITING: Final = 200
CALL_S: Final = 5.0
AGAIN_S: Final = 30.0


class Entering:
    """Takes entries at once and writes them in order; `write` blocks.

    What the storage refuses waits; the oldest goes when too many wait, and the log says so.
    """

    def __init__(self, write: Callable[[AuditKind, Mapping[str, Fact]], object]) -> None:
        self._write = write
        self._waiting: deque[tuple[AuditKind, Mapping[str, Fact]]] = deque()
        self._some = asyncio.Event()
        self._thread = OneThread("fanlight-audit")

    def enter(self, kind: AuditKind, facts: Mapping[str, Fact]) -> None:
        """Take an entry; never blocks."""
        if len(self._waiting) >= MOST_WAITING:
            log.error("not in the audit log: %s", self._waiting.popleft()[0])
        self._waiting.append((kind, facts))
        self._some.set()

    async def run(self) -> NoReturn:
        """Write entries as they come; never returns."""
        while True:
            await self._some.wait()
            if not await self._write_all():
                await asyncio.sleep(AGAIN_S)

    async def close(self) -> None:
        """Write what waits, once, and let the thread go."""
        await self._write_all()
        self._thread.close()

    async def _write_all(self) -> bool:
        while self._waiting:
            entry = self._waiting[0]
            try:
                await self._thread.run(partial(self._write, *entry), CALL_S)
            except (Fault, TimeoutError) as fault:
                log.warning("the audit log waits: %s", fault)
                return False
            except ValueError as error:  # it will never be one
                log.error("not in the audit log: %s, %s", entry[0], error)  # noqa: TRY400
            if self._waiting and self._waiting[0] is entry:  # else it went when too many waited
                self._waiting.popleft()
        self._some.clear()
        return True
