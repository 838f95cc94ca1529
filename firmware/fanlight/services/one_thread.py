"""One thread for blocking work, one call at a time."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class OneThread:
    """Runs calls in the order they came, in a daemon thread that a hanging call cannot hold up.

    A call that exceeds its time-out goes on in the thread, and later calls wait their own time for
    it; those that give up are never started. So a stuck device costs one thread, not many.
    """

    def __init__(self, name: str) -> None:
        self._calls: SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    async def run(self, call: Callable[[], T], timeout_s: float) -> T:
        """Return what the call returns or raise what it raises.

        Raises:
            TimeoutError: no answer within the time-out.
        """
        answer: Future[T] = Future()
        self._calls.put((call, answer))
        async with asyncio.timeout(timeout_s):  # wait_for of 3.11 may lose a cancellation
            return await asyncio.wrap_future(answer)

    def close(self) -> None:
        """Let the thread end after the calls that wait."""
        self._calls.put(None)

    def _work(self) -> None:
        while (item := self._calls.get()) is not None:
            call, answer = item
            if not answer.set_running_or_notify_cancel():
                continue
            try:
                answer.set_result(call())
            except BaseException as error:  # noqa: BLE001 - handed to the caller, whatever it is
                answer.set_exception(error)
