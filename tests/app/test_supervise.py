from __future__ import annotations

import asyncio
import logging

import pytest

from fanlight.app.supervise import keep_alive


async def kept(service: object, until: asyncio.Event) -> None:
    task = asyncio.create_task(
        keep_alive("linking", service, first_wait_s=0.001, longest_wait_s=0.004)  # type: ignore[arg-type]
    )
    await asyncio.wait_for(until.wait(), 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_service_that_fails_is_started_again_and_its_failure_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    enough = asyncio.Event()
    starts = []

    async def service() -> None:
        starts.append(1)
        if len(starts) >= 4:
            enough.set()
            await asyncio.Event().wait()
        raise RuntimeError("the link is down")

    await kept(service, enough)
    assert len(starts) == 4
    failures = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(failures) == 3
    assert "the link is down" in caplog.text


async def test_a_service_that_returns_is_a_bug_that_is_told_and_mended(
    caplog: pytest.LogCaptureFixture,
) -> None:
    enough = asyncio.Event()
    starts = []

    async def service() -> None:
        starts.append(1)
        if len(starts) == 3:
            enough.set()

    await kept(service, enough)
    assert "service returned, which it never should" in caplog.text


async def test_cancelling_passes_through_a_running_service() -> None:
    inside = asyncio.Event()
    cancelled = []

    async def service() -> None:
        inside.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(1)
            raise

    await kept(service, inside)
    assert cancelled == [1]
