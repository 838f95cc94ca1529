"""Dispatches for tests."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fanlight.domain.dispatch import SCHEMA, Dispatch, HourReport, LineFigures

if TYPE_CHECKING:
    from fanlight.domain.dispatch import SignedDispatch
    from fanlight.ports.identity import Identity


def hour_of(hour: str, entries: int = 3, revision: int = 1) -> HourReport:
    line = LineFigures(
        name="door",
        entries=entries,
        exits=1,
        u_turns=0,
        entries_range=(entries, entries + 2),
        exits_range=None,
        total_entries=100 + entries,
        total_exits=50,
        seen_ms=3_600_000,
    )
    return HourReport(
        hour=hour,
        local=hour,
        revision=revision,
        closed=True,
        seen_ms=3_600_000,
        degraded_ms={"too_dark": 2000},
        lines=(line,),
    )


def dispatch_of(*hours: HourReport, device: str = "fl-test", nonce: str = "n" * 22) -> Dispatch:
    return Dispatch(
        schema=SCHEMA,
        device=device,
        door="Main door å",
        firmware="0.1.0",
        config="0123456789ab",
        boot="boot-1",
        uptime_ms=1234,
        utc="2025-03-30T02:00:40Z",
        nonce=nonce,
        hours=hours,
    )


def signed_of(identity: Identity, *hours: HourReport) -> SignedDispatch:
    return identity.sign(replace(dispatch_of(*hours), device=identity.device_id))
