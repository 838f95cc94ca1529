"""The running count to everybody who watches, by server-sent events (HTML standard, 9.2)."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Final

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Callable

    from fanlight.console.desk import Plain
    from fanlight.console.visit import Visit

EVERY_S: Final = 1.0
STILL_THERE_EVERY_S: Final = 15.0
SLOWEST_READER_S: Final = 10.0
MOST_WATCHERS: Final = 64


class Live:
    """Tells each change once a second at most; a count is put into words once for all watchers."""

    def __init__(self, figures: Callable[[], Plain]) -> None:
        self._figures = figures
        self._told = b""
        self._told_s = -EVERY_S
        self._watchers = 0

    async def watch(self, visit: Visit) -> web.StreamResponse:
        """Tell changes until the watcher goes.

        A watcher who does not read is hung up on, so that nothing is heaped up for anybody.
        """
        if self._watchers >= MOST_WATCHERS:
            return web.Response(
                status=503, text="too many watch already", headers={"Retry-After": "60"}
            )
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(visit.request)
        self._watchers += 1
        try:
            await self._tell(response)
        except (TimeoutError, ConnectionError):
            pass
        finally:
            self._watchers -= 1
        return response

    async def _tell(self, response: web.StreamResponse) -> None:
        last, last_s = b"", 0.0
        while True:
            told, now_s = self._event(), time.monotonic()
            if told != last or now_s - last_s > STILL_THERE_EVERY_S:
                async with asyncio.timeout(SLOWEST_READER_S):
                    await response.write(told)
                last, last_s = told, now_s
            await asyncio.sleep(EVERY_S)

    def _event(self) -> bytes:
        now_s = time.monotonic()
        if now_s - self._told_s >= EVERY_S / 2:
            self._told = b"data: " + json.dumps(self._figures()).encode() + b"\n\n"
            self._told_s = now_s
        return self._told
