"""The room behind its only thread: an `Eye` for the rest of the device."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from fanlight.ports.errors import Gone, Transient

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from fanlight.domain.moment import Moment
    from fanlight.vision.room import Room

T = TypeVar("T")
CLOSE_WITHIN_S = 2.0


class RoomEye:
    """Opens the room, looks and closes it, all in one dedicated thread that is never replaced.

    A look that is not back within `deadline_s` raises `Transient`, and the next look waits for
    the same call: a hung camera or accelerator never gets a second call on top of the first. A
    thread cannot be killed, so while it hangs `reopen` raises `Gone`, and the watchdog's restart
    of the process is the way out.
    """

    def __init__(self, open_room: Callable[[], Room], deadline_s: float) -> None:
        self._open_room = open_room
        self._deadline_s = deadline_s
        self._room: Room | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sealed-room")
        self._pending: Future[Moment | None] | None = None
        self._busy: Future[None] | None = None
        self._closed = False

    async def look(self) -> Moment | None:
        """Look at the newest frame, opening the room at the first call.

        Raises:
            Transient: no answer within the deadline, or a frame that could not be used.
            Gone: source or accelerator must be opened again, or the eye has been closed.
            Rejected: a part can never work as configured.
        """
        self._refuse_when_closed()
        if self._pending is None:
            self._pending = self._thread.submit(self._look)
        try:
            return await self._answer(self._pending)
        finally:
            if self._pending.done():
                self._pending = None

    async def finish(self) -> Moment | None:
        """Settle what is still open at the lines and return it, if there is any.

        Raises:
            Gone: the thread hangs in an earlier call, or the eye has been closed.
        """
        self._refuse_when_closed()
        if self._pending is not None:
            await asyncio.wait([asyncio.wrap_future(self._pending)], timeout=self._deadline_s)
        self._refuse_when_hanging()
        return await self._answer(self._thread.submit(self._finish))

    async def reopen(self) -> None:
        """Close and open everything again; tracks are dropped.

        Raises:
            Gone: the source is still not there, or the thread hangs in an earlier call.
            Rejected: a part can never work as configured.
        """
        self._refuse_when_closed()
        self._refuse_when_hanging()
        self._pending = None
        self._busy = self._thread.submit(self._reopen)
        try:
            await self._answer(self._busy)
        except Transient as err:
            raise Gone("eye", str(err)) from err

    async def close(self) -> None:
        """Scrub and release everything; harmless when already closed.

        A hanging thread is left behind: it cannot be ended, and its process is about to be.
        """
        if self._closed:
            return
        self._closed = True
        hanging = self._is_hanging()
        job = self._thread.submit(self._leave)
        self._thread.shutdown(wait=False)
        await asyncio.wait([asyncio.wrap_future(job)], timeout=0 if hanging else CLOSE_WITHIN_S)

    async def _answer(self, job: Future[T]) -> T:
        waiting = asyncio.wrap_future(job)
        done, _late = await asyncio.wait([waiting], timeout=self._deadline_s)
        if not done:
            raise Transient("eye", f"no answer within {self._deadline_s:g} s")
        return waiting.result()

    def _refuse_when_closed(self) -> None:
        if self._closed:
            raise Gone("eye", "it has been closed")

    def _refuse_when_hanging(self) -> None:
        if self._is_hanging():
            raise Gone("eye", "an earlier call hangs; only a restart of the process helps")

    def _is_hanging(self) -> bool:
        return any(job is not None and not job.done() for job in (self._pending, self._busy))

    def _look(self) -> Moment | None:
        if self._room is None:
            self._room = self._open_room()
        return self._room.look()

    def _finish(self) -> Moment | None:
        return self._room.finish() if self._room is not None else None

    def _reopen(self) -> None:
        self._leave()
        self._room = self._open_room()

    def _leave(self) -> None:
        room, self._room = self._room, None
        if room is not None:
            room.close()
