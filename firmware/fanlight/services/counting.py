"""The main job: Moments from the eye into the books."""

from __future__ import annotations

import asyncio
import logging
from enum import Enum
from typing import TYPE_CHECKING

from fanlight.ports.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from fanlight.domain.moment import Moment
    from fanlight.domain.tally import Tally
    from fanlight.ports.clock import Clock
    from fanlight.ports.eye import Eye
    from fanlight.services.bookkeeping import Bookkeeping

log = logging.getLogger(__name__)


class Pace(Enum):
    """How the times of Moments relate to the clock.

    LIVE: a camera, on the clock's monotonic time. PLAYED: a recording in real time, whose first
    frame is placed at the present. FAST: a recording faster than time; each Moment waits until the
    bookkeeping has done what is due by then.
    """

    LIVE = "live"
    PLAYED = "played"
    FAST = "fast"


class Counting:
    """Pulls Moments and folds them; a camera never waits for the storage."""

    def __init__(
        self,
        eye: Eye,
        bookkeeping: Bookkeeping,
        clock: Clock,
        pace: Pace = Pace.LIVE,
        on_moment: Callable[[Moment], None] = lambda _: None,
    ) -> None:
        self._eye = eye
        self._bookkeeping = bookkeeping
        self._clock = clock
        self._pace = pace
        self._on_moment = on_moment
        self._origin_ns: int | None = None

    async def run(self) -> Tally:
        """Count until a recording ends and return its tally; a camera never ends.

        Raises:
            Fault: whatever the eye raises; the books are intact, `Bookkeeping.close` saves them.
        """
        await self._bookkeeping.observe_clock()
        try:
            while (moment := await self._eye.look()) is not None:
                self._note(moment)
                if self._pace is Pace.FAST:
                    await self._bookkeeping.tend()
        except asyncio.CancelledError:
            await self._finish()
            raise
        return self.tally()

    async def _finish(self) -> None:
        """Note what was still settling when counting was told to stop."""
        try:
            last = await self._eye.finish()
        except Fault as fault:
            log.warning("what was settling at the lines is lost: %s", fault)
            return
        if last is not None:
            self._note(last)

    def _note(self, moment: Moment) -> None:
        if self._origin_ns is None:
            self._origin_ns = self._origin_of(moment)
        self._bookkeeping.books.note(moment, self._origin_ns)
        self._on_moment(moment)

    def tally(self) -> Tally:
        """Return what has been counted since the start."""
        return self._bookkeeping.books.tally()

    def _origin_of(self, first: Moment) -> int:
        if self._pace is Pace.LIVE:
            return 0
        return self._clock.monotonic_ns() - first.at_ns
