"""A device becomes known at its receiver, however late the network comes."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable

import pytest

from fanlight.ports.errors import Rejected, Transient
from fanlight.services import enrolling as service
from fanlight.services.enrolling import Enrolling


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "FIRST_WAIT_S", 0.0)


async def done_times(enrol: Callable[[], bool], enough: asyncio.Event) -> int:
    """Let it try until `enough` is set; return how often it said that it is done."""
    told: list[None] = []

    def on_done() -> None:
        told.append(None)
        enough.set()

    enrolling = Enrolling(enrol, on_done)
    task = asyncio.create_task(enrolling.run())
    async with asyncio.timeout(20):
        await enough.wait()
    await enrolling._thread.run(lambda: None, 20)
    for _ in range(5):
        await asyncio.sleep(0)
    assert not task.done(), "it waits for ever"
    assert enrolling.trouble is None
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    enrolling.close()
    return len(told)


async def test_enrolling_is_tried_until_it_works_and_then_no_more() -> None:
    answers: list[bool | Exception] = [Transient("card", "no network"), Rejected("card", "x"), True]

    def enrol() -> bool:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert await done_times(enrol, asyncio.Event()) == 1
    assert not answers


async def test_trouble_is_kept_for_whoever_asks() -> None:
    asked, loop = asyncio.Event(), asyncio.get_running_loop()

    def enrol() -> bool:
        loop.call_soon_threadsafe(asked.set)
        raise Transient("card", "no network")

    enrolling = Enrolling(enrol, asked.set)
    task = asyncio.create_task(enrolling.run())
    for _ in range(2):
        asked.clear()
        await asyncio.wait_for(asked.wait(), 20)
    assert enrolling.trouble == "card: no network"
    task.cancel()
    enrolling.close()


async def test_without_a_token_nothing_is_told() -> None:
    asked, loop = asyncio.Event(), asyncio.get_running_loop()

    def enrol() -> bool:
        loop.call_soon_threadsafe(asked.set)
        return False

    assert await done_times(enrol, asked) == 0


async def test_an_enrolment_that_worked_after_it_was_given_up_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given_up, calls, sleep = threading.Event(), [], asyncio.sleep

    def enrol() -> bool:
        calls.append("call")
        given_up.wait(20)
        return len(calls) == 1  # by then the token is used up

    async def after_giving_up(seconds: float) -> None:
        monkeypatch.setattr(service, "CALL_S", 20.0)
        given_up.set()
        await sleep(seconds)

    monkeypatch.setattr(service, "CALL_S", 0.05)
    monkeypatch.setattr(service.asyncio, "sleep", after_giving_up)
    assert await done_times(enrol, asyncio.Event()) == 1
    assert calls == ["call"]
