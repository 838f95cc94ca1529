"""What a run that ended without notice left in the journal."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from fanlight.domain.counts import Counts
from fanlight.domain.hours import BootMinute
from fanlight.domain.moment import Cause

if TYPE_CHECKING:
    from fanlight.domain.hours import Slot
    from fanlight.domain.parts import Part

LOST_MS: Final = 10_000
"""The most that may be missing at the end of such a run."""


def short_of_power(parts: list[Part]) -> tuple[list[Part], Slot]:
    """Return the parts with those of the newest slot marked, and that slot.

    There is at least one part.
    """
    newest = max(parts, key=_age).slot
    return [_marked(part) if part.slot == newest else part for part in parts], newest


def _age(part: Part) -> tuple[int, int]:
    """Sort parts of one journal by time; hours of UTC come after the quarantine."""
    if isinstance(part.slot, BootMinute):
        return 0, part.slot.minute
    return 1, part.slot.number


def _marked(part: Part) -> Part:
    lost = Counts(degraded_ms={Cause.LOST_ON_POWER_CUT: LOST_MS})
    return replace(part, revision=part.revision + 1, looked=part.looked.merged(lost))
