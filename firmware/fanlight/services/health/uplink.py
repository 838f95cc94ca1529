"""Whether counted hours get home."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fanlight.ports.errors import Fault
from fanlight.services.health.finding import Finding, Verdict

if TYPE_CHECKING:
    from fanlight.ports.link import Probe
    from fanlight.services.syncing import UplinkState


def check_reach(name: str, probe: Probe) -> Finding:
    """Try the whole way to a receiver, without sending anything."""
    try:
        probe.reach()
    except Fault as fault:
        advice = "hours wait on the device; none is lost"
        return Finding(f"uplink {name}", Verdict.WARN, str(fault), advice)
    return Finding(f"uplink {name}", Verdict.OK, "its receiver shows a good certificate")


def check_uplink(state: UplinkState) -> Finding:
    """Judge one uplink: trouble delays hours, and loses none."""
    check = f"uplink {state.name}"
    waits = f", {state.waiting} hours wait" if state.waiting else ""
    if state.trouble is not None:
        return Finding(check, Verdict.WARN, f"{state.trouble}{waits}", "nothing is lost by it")
    if state.arrived_at is None:
        return Finding(check, Verdict.OK, f"nothing sent since the start{waits}")
    return Finding(check, Verdict.OK, f"arrived last at {state.arrived_at:%d %B %H:%M} UTC{waits}")
