"""Whether hours can be placed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fanlight.services.health.finding import Finding, Verdict

if TYPE_CHECKING:
    from fanlight.ports.clock import Clock


def check_clock(clock: Clock) -> Finding:
    """Ask whether the wall clock is trusted."""
    utc = clock.utc()
    if utc is None:
        return Finding(
            "clock",
            Verdict.WARN,
            "not trusted yet: hours wait in quarantine until it is",
            "connect the network (NTP), fit an RTC, or set clock.trust",
        )
    return Finding("clock", Verdict.OK, f"trusted, {utc:%Y-%m-%d %H:%M} UTC")
