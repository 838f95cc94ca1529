"""Insights from the ledger and the till."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, Protocol

from fanlight.domain.hours import hours_of_day
from fanlight.domain.insights import insights
from fanlight.domain.site import site_hours

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from fanlight.domain.hours import UtcHour
    from fanlight.domain.insights import Insights
    from fanlight.domain.report import Viewpoint
    from fanlight.domain.till import HourTotal
    from fanlight.ports.ledger import Ledger

WEEKS_BEFORE: Final = 9
"""How far back of the last day to look for what is usual on its weekday."""


class Till(Protocol):
    """Whoever keeps the till's hourly totals."""

    def read(self, first: UtcHour, last: UtcHour) -> Mapping[UtcHour, HourTotal]:
        """Return the totals from first to last, both included."""


def insights_of(ledger: Ledger, till: Till, first: date, last: date, view: Viewpoint) -> Insights:
    """Return the figures of the local days from `first` to `last`, both included.

    Only hours before the present one count. Blocks on storage.

    Raises:
        Transient, Rejected: see ports/ledger.py.
        ValueError: the last day is before the first.
    """
    if last < first:
        raise ValueError(f"the last day, {last}, is before the first, {first}")
    begin = min(first, last - timedelta(weeks=WEEKS_BEFORE))
    from_hour, to_hour = hours_of_day(begin, view.zone)[0], hours_of_day(last, view.zone)[-1]
    to_hour = min(to_hour, view.now.plus(-1))
    rows = ledger.read(from_hour, to_hour)
    totals = till.read(from_hour, to_hour)
    transactions = {hour: total.transactions for hour, total in totals.items()}
    return insights(site_hours(rows, transactions, view.zone, view.rates), first, last, view.rates)
