"""Which file of the ledger a part belongs to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fanlight.domain.hours import UtcHour

if TYPE_CHECKING:
    from fanlight.domain.parts import Part

HOURS, FLOOR, UNPLACED = "hours-", "floor-", "unplaced-"


def shelf_name(part: Part) -> str:
    """Name the file: counts by month, journeys by day, and what has no UTC yet by boot and run.

    A file is written whole each hour, and a day of journeys is as large as a month of counts.
    """
    if isinstance(part.slot, UtcHour):
        if part.is_journeys:
            return f"{FLOOR}{part.slot.start:%Y-%m-%d}"
        return f"{HOURS}{part.slot.month}"
    return f"{quarantine_prefix(part.slot.boot_id)}{part.run}-d{part.slot.hour // 24:03}"


def quarantine_prefix(boot_id: str) -> str:
    """Return how the names of a boot's quarantine files begin."""
    return f"{UNPLACED}{re.sub(r'[^0-9A-Za-z]', '_', boot_id)}-"


def placed_id(name: str, *, journeys: bool) -> str:
    """Name the part that a quarantine becomes in each hour."""
    return f"placed-{name}{'-floor' if journeys else ''}"


def month_of(name: str) -> str:
    """Return the month that a file of hours or journeys lies in, such as 2025-03."""
    return _period(name)[:7]


def overlaps(name: str, first: UtcHour, last: UtcHour) -> bool:
    """Whether a file of hours or journeys may hold any hour from first to last."""
    period = _period(name)
    begin, end = (f"{hour.start:%Y-%m-%d}"[: len(period)] for hour in (first, last))
    return begin <= period <= end


def _period(name: str) -> str:
    return name.split("-", maxsplit=1)[1]
