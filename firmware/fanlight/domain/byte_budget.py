"""How many bytes a metered link may carry in a month, and what they are kept for.

Counts come first: what else is sent must leave enough for the counts of the month's other days.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - a field's type
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

MONTHS_KEPT = 24


class Purpose(StrEnum):
    """What is sent over a link, in the order of their rights."""

    COUNTS = "counts"
    HEALTH = "health"
    UPDATES = "updates"


@dataclass(frozen=True, slots=True)
class SpentBytes:
    """What was carried, by month of UTC ("2025-03"), so that a clock that errs forgets nothing."""

    by_month: Mapping[str, int] = field(default_factory=dict)

    def plus(self, month: str, carried_bytes: int) -> SpentBytes:
        """Return it with that many more bytes in a month; the oldest months are forgotten."""
        grown = {**self.by_month, month: self.in_month(month) + carried_bytes}
        return SpentBytes(dict(sorted(grown.items())[-MONTHS_KEPT:]))

    def in_month(self, month: str) -> int:
        """Return what a month has carried."""
        return self.by_month.get(month, 0)


@dataclass(frozen=True, slots=True)
class ByteBudget:
    """What a month may carry, and what a day of counts needs of it.

    A device that sends six hours at a time needs some 20,000 bytes a day (docs/operating/links.md);
    the reserve holds half as much again.
    """

    monthly_bytes: int
    counts_a_day_bytes: int = 30_000

    def left_bytes(
        self, spent: SpentBytes, at: datetime | None, last_month: str | None, purpose: Purpose
    ) -> int:
        """Return how much may still be sent for a purpose at an aware UTC time.

        While the time is not known, counts go on in the month that was known last, and nothing
        else is sent.
        """
        month = last_month if at is None else month_of(at)
        left = self.monthly_bytes - (0 if month is None else spent.in_month(month))
        if purpose is Purpose.COUNTS:
            return max(0, left)
        return 0 if at is None else max(0, left - self.counts_a_day_bytes * days_left(at))


def month_of(at: datetime) -> str:
    """Return the month of an aware UTC time, "2025-03"."""
    return f"{at:%Y-%m}"


def days_left(at: datetime) -> int:
    """Return how many days the month still has, today included."""
    first_of_next = (at.replace(day=1) + timedelta(days=32)).replace(day=1)
    return (first_of_next.date() - at.date()).days
