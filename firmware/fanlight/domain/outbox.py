"""What of the ledger is still to be sent to a receiver."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from fanlight.domain.totals import Totals

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fanlight.domain.hours import UtcHour
    from fanlight.domain.parts import HourRow


@dataclass(frozen=True, slots=True)
class MonthIndex:
    """A month of the ledger in short: the revision of each hour that is over, and its totals.

    `totals` holds all hours of the month, those that can still grow as well.
    """

    revisions: Mapping[UtcHour, int] = field(default_factory=dict)
    totals: Totals = field(default_factory=Totals)

    @staticmethod
    def of(rows: Iterable[HourRow], now: UtcHour) -> MonthIndex:
        """Read a month's rows, sorted by hour; hours from `now` on can still grow.

        An hour that the device did not live to close is over as well, once it is past.
        """
        rows = list(rows)
        revisions = {
            hour: max(row.revision for row in found)
            for hour, found in groupby(rows, key=lambda row: row.hour)
            if hour < now
        }
        return MonthIndex(revisions, Totals.of(rows))


def due_hours(
    revisions: Mapping[UtcHour, int], acknowledged: Mapping[UtcHour, int]
) -> list[UtcHour]:
    """Return the hours whose revision was not acknowledged yet, newest first.

    After weeks without a link the shop wants today's hours first. Nothing starves: an hour comes
    once an hour, and a dispatch takes many.
    """
    return sorted(
        (hour for hour, revision in revisions.items() if revision > acknowledged.get(hour, 0)),
        reverse=True,
    )
