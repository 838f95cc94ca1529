"""The composition root of the metrics: what a running device tells those who scrape it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fanlight import __version__
from fanlight.services.health.finding import Verdict

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from fanlight.adapters.metrics_http import Snapshot
    from fanlight.app.compose_uplinks import WayHome
    from fanlight.app.config import Config
    from fanlight.domain.tally import Tally
    from fanlight.services.health.finding import Finding

_LEVELS = {Verdict.OK: 0, Verdict.WARN: 1, Verdict.FAIL: 2}


class Findings:
    """What the checks found in their last round."""

    def __init__(self) -> None:
        self.latest: list[Finding] = []

    def hear(self, findings: list[Finding]) -> None:
        """Take a round's findings."""
        self.latest = findings


def metrics_services(
    config: Config, tally: Callable[[], Tally], findings: Findings, home: WayHome | None
) -> dict[str, Callable[[], Awaitable[None]]]:
    """Return the service that answers scrapers; none without `[metrics]`."""
    section = config.metrics
    if section is None:
        return {}
    from fanlight.adapters.metrics_http import Snapshot, serve_metrics  # noqa: PLC0415 - seldom

    def snapshot() -> Snapshot:
        linking = home.linking if home else None
        return Snapshot(
            firmware=__version__,
            device=config.device.name,
            tally=tally(),
            checks={finding.check: _LEVELS[finding.verdict] for finding in findings.latest},
            waiting_hours={
                each.state.name: each.state.waiting for each in (home.syncings if home else ())
            },
            spending=linking.status().spending if linking else None,
        )

    return {"metrics": lambda: serve_metrics(snapshot, section.bind, section.port)}
