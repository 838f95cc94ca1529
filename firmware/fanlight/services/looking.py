"""The ladder of restarts between a faulty eye and the counting.

Rungs: look again -> reopen camera and accelerator, waiting longer each time -> give up, so that
the process ends and systemd starts it afresh (and reboots the device when that keeps failing).
A call that hangs cannot be climbed over from inside: the watchdog sees that no beat comes.
"""

from __future__ import annotations

import asyncio
import logging
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fanlight.ports.errors import Gone, Transient

if TYPE_CHECKING:
    from collections.abc import Callable

    from fanlight.domain.moment import Moment
    from fanlight.ports.clock import Clock
    from fanlight.ports.eye import Eye

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LadderSettings:
    """When to climb: tries before a reopen, first and longest wait, and when to give up."""

    tries_before_reopen: int = 3
    first_wait_s: float = 0.5
    longest_wait_s: float = 30.0
    give_up_after_s: float = 120.0


class SteadyEye:
    """An eye that climbs the ladder of restarts instead of raising at the first fault.

    `on_beat` is called after every attempt that came back, good or bad: the process is alive.
    """

    def __init__(
        self,
        eye: Eye,
        clock: Clock,
        settings: LadderSettings,
        on_beat: Callable[[], None] = lambda: None,
    ) -> None:
        self._eye = eye
        self._clock = clock
        self._settings = settings
        self._on_beat = on_beat
        self._tries = 0
        self._reopens = 0
        self._blind_since_ns: int | None = None

    @property
    def reopens(self) -> int:
        """How often in a row the eye was reopened without seeing since."""
        return self._reopens

    async def look(self) -> Moment | None:
        """Look until a Moment comes, climbing the ladder; None once a recording has ended.

        Raises:
            Gone: nothing was seen for `give_up_after_s`; end the process.
            Rejected: trying again cannot help.
        """
        while True:
            try:
                moment = await self._eye.look()
            except (Transient, Gone) as fault:
                self._on_beat()
                await self._climb(fault)
            else:
                self._on_beat()
                self._on_ground()
                return moment

    async def finish(self) -> Moment | None:
        """Settle what is still open at the lines.

        Raises:
            Gone: the room does not answer.
        """
        return await self._eye.finish()

    async def reopen(self) -> None:
        """Reopen the eye at once."""
        await self._eye.reopen()

    async def close(self) -> None:
        """Close the eye."""
        await self._eye.close()

    def _on_ground(self) -> None:
        if self._blind_since_ns is not None:
            log.info("sees again", extra={"tries": self._tries, "reopens": self._reopens})
        self._tries = self._reopens = 0
        self._blind_since_ns = None

    async def _climb(self, fault: Transient | Gone) -> None:
        now_ns = self._clock.monotonic_ns()
        if self._blind_since_ns is None:
            self._blind_since_ns = now_ns
        self._tries += 1
        blind_s = (now_ns - self._blind_since_ns) / 1e9
        log.warning("%s", fault, extra={"try": self._tries, "blind_s": round(blind_s, 1)})
        if blind_s >= self._settings.give_up_after_s:
            raise Gone(
                fault.part,
                f"blind for {blind_s:.0f} s after {self._reopens} reopenings ({fault}); "
                "the process ends so that the system restarts it",
            ) from fault
        if isinstance(fault, Gone) or self._tries >= self._settings.tries_before_reopen:
            await self._reopen_later()

    async def _reopen_later(self) -> None:
        wait_s = min(
            self._settings.first_wait_s * 2**self._reopens, self._settings.longest_wait_s
        ) * random.uniform(0.8, 1.2)  # noqa: S311 - spreads retries, guards nothing
        self._reopens += 1
        self._tries = 0
        await asyncio.sleep(wait_s)
        try:
            await self._eye.reopen()
        except (Transient, Gone) as fault:
            self._on_beat()
            log.warning("reopening failed: %s", fault, extra={"reopens": self._reopens})
