"""Learning from the device's own anonymous tracks whether another line would count more surely."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final, NoReturn, Protocol

from fanlight.ports.errors import Fault
from fanlight.services.one_thread import OneThread

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fanlight.domain.line_suggestion import LineSuggestion, TrialSums
    from fanlight.domain.line_trial import LineTrial
    from fanlight.domain.moment import Moment

log = logging.getLogger(__name__)

KEEP_EVERY_S: Final = 3600.0
CALL_S: Final = 10.0


class TrialStore(Protocol):
    """Keeps the sums of trials; see adapters/line_trial_store.py. Calls block."""

    def write(self, trials: Iterable[TrialSums]) -> None:
        """Keep the sums of all lines, in the place of those kept before."""


class Learning:
    """Runs one trial a line, and keeps its sums every hour and at the end."""

    def __init__(self, trials: Sequence[LineTrial], store: TrialStore) -> None:
        self._trials = tuple(trials)
        self._store = store
        self._thread = OneThread("fanlight-learning")

    def hear(self, moment: Moment) -> None:
        """Take a Moment's positions."""
        for trial in self._trials:
            trial.note(moment)

    def suggestions(self) -> tuple[LineSuggestion, ...]:
        """Return the lines that would be better, at most one in place of each."""
        found = (trial.suggestion() for trial in self._trials)
        return tuple(each for each in found if each is not None)

    def sums(self) -> tuple[TrialSums, ...]:
        """Return what is known of each line."""
        return tuple(trial.sums for trial in self._trials)

    async def run(self) -> NoReturn:
        """Keep the sums again and again; never returns."""
        while True:
            await asyncio.sleep(KEEP_EVERY_S)
            await self.keep()

    async def keep(self) -> None:
        """Keep the sums; what the storage refuses is kept an hour later."""
        sums = self.sums()
        try:
            await self._thread.run(lambda: self._store.write(sums), CALL_S)
        except (Fault, TimeoutError) as fault:
            log.warning("the trial of other lines is not kept: %s", fault)

    async def close(self) -> None:
        """Keep the sums and let the thread go."""
        await self.keep()
        self._thread.close()
