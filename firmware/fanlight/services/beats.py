"""Signs of life of the essential services, and the watchdog that is fed by them alone."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fanlight.ports.clock import Clock
    from fanlight.ports.notifier import Notifier

log = logging.getLogger(__name__)


class Beats:
    """The last sign of life of each essential service."""

    def __init__(self, clock: Clock, stale_after_s: float, essential: tuple[str, ...]) -> None:
        self._clock = clock
        self._stale_after_ns = int(stale_after_s * 1e9)
        self._last_ns = dict.fromkeys(essential, clock.monotonic_ns())

    def beat(self, service: str) -> None:
        """Note that an essential service came round once more."""
        self._last_ns[service] = self._clock.monotonic_ns()

    def stale(self) -> dict[str, float]:
        """Return the services without a fresh beat, with their silence in seconds."""
        now_ns = self._clock.monotonic_ns()
        return {
            service: (now_ns - last_ns) / 1e9
            for service, last_ns in self._last_ns.items()
            if now_ns - last_ns > self._stale_after_ns
        }


async def feed_watchdog(beats: Beats, notifier: Notifier, interval_s: float) -> None:
    """Feed the system's watchdog for as long as every essential beat is fresh; never returns."""
    starving = False
    while True:
        stale = beats.stale()
        if not stale:
            notifier.feed()
        elif not starving:
            log.error("watchdog is not fed", extra={"silent_s": stale})
        starving = bool(stale)
        await asyncio.sleep(interval_s)
