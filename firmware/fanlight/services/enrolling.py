"""Making the device known at a receiver by the token that came on its set-up card."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final, NoReturn

from fanlight.ports.errors import Fault
from fanlight.services.one_thread import OneThread

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

FIRST_WAIT_S: Final = 5.0
LONGEST_WAIT_S: Final = 1800.0
CALL_S: Final = 90.0


class Enrolling:
    """Tries until it works: networks come up late. `enrol` blocks, and removes the token.

    It returns False where there is no token to use.
    """

    def __init__(self, enrol: Callable[[], bool], on_done: Callable[[], None]) -> None:
        self._enrol = enrol
        self._on_done = on_done
        self._thread = OneThread("fanlight-enrolling")
        self.trouble: str | None = None
        self._done = False

    def close(self) -> None:
        """Let the thread go."""
        self._thread.close()

    async def run(self) -> NoReturn:
        """Enrol, then wait for ever; never returns."""
        wait_s = FIRST_WAIT_S
        while True:
            try:
                if await self._thread.run(self._try, CALL_S):
                    log.info("enrolled at the receiver")
                    self._on_done()
            except (Fault, TimeoutError) as fault:
                self.trouble = str(fault) or "no answer"
                log.warning("not enrolled yet: %s", self.trouble)
            else:
                self.trouble = None
                await asyncio.Event().wait()
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)

    def _try(self) -> bool:
        """Enrol; a try that was given up may have worked meanwhile, and used the token up."""
        self._done = self._done or self._enrol()
        return self._done
