"""The thread for blocking calls, and the loop that waits for it."""

from __future__ import annotations

import asyncio
import time

import pytest

from fanlight.services.one_thread import OneThread


async def test_a_cancellation_is_never_lost_even_as_the_answer_arrives() -> None:
    """A task that asks in a loop must end when it is told to, whenever that is."""
    thread = OneThread("test")

    async def ask_for_ever() -> None:
        while True:
            await thread.run(lambda: None, 5.0)

    for index in range(300):
        task = asyncio.create_task(ask_for_ever())
        await asyncio.sleep(0.0002 * (index % 7))
        task.cancel()
        done, _ = await asyncio.wait([task], timeout=5.0)
        assert done
        assert task.cancelled()
    thread.close()


async def test_no_answer_in_time_is_said_and_the_call_goes_on() -> None:
    thread = OneThread("test")
    with pytest.raises(TimeoutError):
        await thread.run(lambda: time.sleep(0.3), 0.05)
    assert await thread.run(lambda: 7, 5.0) == 7
    thread.close()
