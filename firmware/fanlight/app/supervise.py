"""Keeps the services alive that counting can do without."""

from __future__ import annotations

import asyncio
import logging
import random
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)

FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 300.0
CALM_AFTER_S = 600.0


async def keep_alive(
    name: str,
    service: Callable[[], Awaitable[None]],
    *,
    first_wait_s: float = FIRST_WAIT_S,
    longest_wait_s: float = LONGEST_WAIT_S,
) -> NoReturn:
    """Run a service for ever, starting it again after a jittered, growing pause when it ends.

    A service that returns is as much a bug as one that raises. The pause starts small again once
    a run has lasted ten minutes. Cancellation passes through.
    """
    loop = asyncio.get_running_loop()
    failures = 0
    while True:
        began_s = loop.time()
        try:
            await service()
        except Exception:
            log.exception("service failed", extra={"service": name})
        else:
            log.error("service returned, which it never should", extra={"service": name})
        failures = 0 if loop.time() - began_s > CALM_AFTER_S else failures + 1
        wait_s = min(first_wait_s * 2 ** min(failures, 20), longest_wait_s)
        await asyncio.sleep(wait_s * random.uniform(0.5, 1.0))  # noqa: S311 - spreads retries
