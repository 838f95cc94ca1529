"""Reports from the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fanlight.domain.hours import hours_of_day
from fanlight.domain.report import Report, report_rows

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, tzinfo

    from fanlight.domain.counts import RowKey
    from fanlight.domain.hours import UtcHour
    from fanlight.ports.ledger import Ledger


def report_day(
    ledger: Ledger,
    day: date,
    zone: tzinfo,
    now: UtcHour,
    places: Iterable[RowKey] = (),
) -> Report:
    """Report a local day of 23, 24 or 25 hours, up to the present hour `now`.

    `places` adds those of the configuration to those found in the ledger. Blocks on storage.

    Raises:
        Transient, Rejected: see ports/ledger.py.
    """
    return report_hours(ledger, hours_of_day(day, zone), zone, now, places)


def report_hours(
    ledger: Ledger,
    hours: list[UtcHour],
    zone: tzinfo,
    now: UtcHour,
    places: Iterable[RowKey] = (),
) -> Report:
    """Report consecutive hours; see `report_day`."""
    found = ledger.read(hours[0], hours[-1]) if hours else []
    rows = report_rows(hours, found, places, zone, now)
    return Report(rows, tuple(ledger.unplaced()), tuple(ledger.notices()))
