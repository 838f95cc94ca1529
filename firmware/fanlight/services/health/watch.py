"""Looks after the device while it runs: says when a check changes its mind."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, NoReturn

from fanlight.services.health.finding import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fanlight.ports.notifier import Notifier
    from fanlight.services.health.finding import Finding

log = logging.getLogger(__name__)

_LEVELS = {Verdict.OK: logging.INFO, Verdict.WARN: logging.WARNING, Verdict.FAIL: logging.ERROR}


async def watch_health(
    checks: Mapping[str, Callable[[], Finding]],
    notifier: Notifier,
    interval_s: float = 60.0,
    on_findings: Callable[[list[Finding]], None] = lambda _: None,
) -> NoReturn:
    """Run the checks again and again in a thread; never returns.

    A verdict that differs from the one before is logged with what to do, and the service
    manager's status line always says what is not well. `on_findings` hears every round.
    """
    verdicts: dict[str, Verdict] = dict.fromkeys(checks, Verdict.OK)
    while True:
        findings = await asyncio.to_thread(lambda: [check() for check in checks.values()])
        for name, finding in zip(checks, findings, strict=True):
            if finding.verdict is not verdicts[name]:
                verdicts[name] = finding.verdict
                words = f"{finding.check}: {finding.says}"
                advice = {"do": finding.advice} if finding.advice else {}
                log.log(_LEVELS[finding.verdict], words, extra=advice)
        notifier.status(_status(findings))
        on_findings(findings)
        await asyncio.sleep(interval_s)


def _status(findings: list[Finding]) -> str:
    unwell = [
        f"{finding.check}: {finding.says}"
        for finding in findings
        if finding.verdict is not Verdict.OK
    ]
    return "; ".join(unwell) or "counting; all is well"
