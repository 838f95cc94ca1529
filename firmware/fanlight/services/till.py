"""Takes the till's totals while the device runs: from a folder, and from whoever posts them."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final, NoReturn, Protocol

from fanlight.services.one_thread import OneThread

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from fanlight.domain.hours import UtcHour
    from fanlight.domain.till import Booked

log = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 60.0
TIMEOUT_S: Final = 20.0


class TakenFile(Protocol):
    """What became of a file that was dropped."""

    @property
    def name(self) -> str:
        """The file's name."""

    @property
    def booked(self) -> Booked | None:
        """What it changed, None if it was refused."""

    @property
    def refused(self) -> str:
        """Why it was refused."""


class TillService:
    """One thread does all that blocks: looking into the folder, and booking what was posted."""

    def __init__(
        self,
        take: Callable[[], Sequence[TakenFile]],
        book: Callable[[Mapping[UtcHour, int]], Booked],
        every_s: float = LOOK_EVERY_S,
    ) -> None:
        self._take = take
        self._book = book
        self._every_s = every_s
        self._thread = OneThread("fanlight-till")

    async def run(self) -> NoReturn:
        """Look into the folder for ever, once a minute.

        Raises:
            Fault, TimeoutError: the storage refuses; what was dropped is still there.
        """
        while True:
            for file in await self._thread.run(self._take, TIMEOUT_S):
                if file.booked is None:
                    log.warning("till's file refused: %s", file.refused, extra={"file": file.name})
                else:
                    log.info("till's file booked: %s", file.booked, extra={"file": file.name})
            await asyncio.sleep(self._every_s)

    async def book(self, given: Mapping[UtcHour, int]) -> Booked:
        """Book totals that were posted.

        Raises:
            Fault, TimeoutError: the storage refuses; they may be posted again.
        """
        return await self._thread.run(lambda: self._book(given), TIMEOUT_S)

    def close(self) -> None:
        """Let the thread end."""
        self._thread.close()
