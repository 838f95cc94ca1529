from __future__ import annotations

import asyncio
import logging

import pytest

from fanlight.adapters.systemd import SilentNotifier
from fanlight.services.health.books import check_books
from fanlight.services.health.finding import Finding, Verdict
from fanlight.services.health.watch import watch_health

WARM = Finding("temperature", Verdict.WARN, "77 degC", "clean the vents")
COOL = Finding("temperature", Verdict.OK, "50 degC")


class Listener(SilentNotifier):
    """A service manager that remembers its status line."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def status(self, text: str) -> None:
        self.said.append(text)


async def watched(findings: list[Finding]) -> Listener:
    listener = Listener()
    script = iter(findings)
    over = asyncio.Event()
    loop = asyncio.get_running_loop()

    def check() -> Finding:
        finding = next(script, None)
        if finding is None:
            loop.call_soon_threadsafe(over.set)
            return findings[-1]
        return finding

    watching = asyncio.create_task(watch_health({"temperature": check}, listener, 0.001))
    await asyncio.wait_for(over.wait(), 5)
    watching.cancel()
    return listener


async def test_only_changes_are_told_and_with_what_to_do(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await watched([COOL, WARM, WARM, WARM, COOL])
    told = [record for record in caplog.records if record.name.endswith("watch")]
    assert [record.levelno for record in told] == [logging.WARNING, logging.INFO]
    assert vars(told[0])["do"] == "clean the vents"


async def test_the_status_line_says_what_is_not_well() -> None:
    listener = await watched([COOL, WARM])
    assert listener.said[:2] == ["counting; all is well", "temperature: 77 degC"]


def test_books_in_trouble_are_a_failure_with_advice() -> None:
    assert check_books(None).verdict is Verdict.OK
    finding = check_books("ledger: the disk is full; free some space")
    assert finding.verdict is Verdict.FAIL
    assert "the disk is full" in finding.says
    assert finding.advice
