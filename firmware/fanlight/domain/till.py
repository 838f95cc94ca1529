"""What a till may tell: how many transactions there were in an hour, and nothing more.

The schema has no place for a receipt, a customer, a product or an amount; whoever sends one is
refused, so that nothing of a person can come in by this door.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fanlight.domain.hours import UtcHour

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

MOST_AN_HOUR: Final = 20_000
"""More transactions than any hour of a shop has: a longer number is something else."""


class RefusedTotals(ValueError):
    """What was sent is not hourly totals; str() says where, why and what to do."""


@dataclass(frozen=True, slots=True)
class HourTotal:
    """The transactions of one hour of UTC; `revision` grows by one with each correction."""

    hour: UtcHour
    transactions: int
    revision: int = 1


@dataclass(frozen=True, slots=True)
class Booked:
    """What a delivery of totals changed: hours that are new, corrected, and known already."""

    new: int
    corrected: int
    known: int

    def __str__(self) -> str:
        return f"{self.new} hours new, {self.corrected} corrected, {self.known} known already"


def book(
    known: Mapping[UtcHour, HourTotal], given: Mapping[UtcHour, int]
) -> tuple[dict[UtcHour, HourTotal], Booked]:
    """Fold a delivery into what is known: the same total changes nothing, another one corrects."""
    totals, new, corrected = dict(known), 0, 0
    for hour, transactions in given.items():
        before = known.get(hour)
        if before is None:
            totals[hour], new = HourTotal(hour, transactions), new + 1
        elif before.transactions != transactions:
            totals[hour] = HourTotal(hour, transactions, before.revision + 1)
            corrected += 1
    return totals, Booked(new, corrected, len(given) - new - corrected)


def gathered(lines: Iterable[tuple[str, UtcHour, int]]) -> dict[UtcHour, int]:
    """Gather a delivery's totals, each with the words for where it stands.

    Raises:
        RefusedTotals: an hour comes twice, or a total is impossible.
    """
    totals: dict[UtcHour, int] = {}
    for where, hour, transactions in lines:
        if hour in totals:
            raise RefusedTotals(
                f"{where}: {hour} comes twice; send one total an hour, never a line a receipt"
            )
        if not 0 <= transactions <= MOST_AN_HOUR:
            raise RefusedTotals(
                f"{where}: {transactions} cannot be the transactions of an hour (0 to "
                f"{MOST_AN_HOUR}); send the hour's total, never a receipt or customer number"
            )
        totals[hour] = transactions
    return totals


def whole_hour(moment: datetime) -> UtcHour:
    """Return the hour of UTC that begins at an aware moment.

    Raises:
        ValueError: no hour of UTC begins then.
    """
    hour = UtcHour.containing(moment)
    if hour.start != moment:
        raise ValueError(
            f"{moment.isoformat(timespec='minutes')} is not the start of an hour of UTC; send "
            "totals by whole hours of UTC"
        )
    return hour
