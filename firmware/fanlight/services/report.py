"""Reports from the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fanlight.domain.hours import hours_of_day
from fanlight.domain.report import Report, everybody, report_rows

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from fanlight.domain.counts import RowKey
    from fanlight.domain.hours import UtcHour
    from fanlight.domain.report import Viewpoint
    from fanlight.ports.ledger import Ledger


def report_day(ledger: Ledger, day: date, view: Viewpoint, places: Iterable[RowKey] = ()) -> Report:
    """Report a local day of 23, 24 or 25 hours, up to the present hour.

    `places` adds those of the configuration to those found in the ledger. Blocks on storage.

    Raises:
        Transient, Rejected: see ports/ledger.py.
    """
    return report_hours(ledger, hours_of_day(day, view.zone), view, places)


def report_hours(
    ledger: Ledger, hours: list[UtcHour], view: Viewpoint, places: Iterable[RowKey] = ()
) -> Report:
    """Report consecutive hours; see `report_day`."""
    found = ledger.read(hours[0], hours[-1]) if hours else []
    rows = report_rows(hours, found, places, view)
    return Report(rows, tuple(everybody(ledger.unplaced())), tuple(ledger.notices()))
