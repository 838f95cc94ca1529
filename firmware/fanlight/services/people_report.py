"""Classes and journeys from the ledger, and several cameras of a shop together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fanlight.domain.class_report import class_reports
from fanlight.domain.hours import hours_of_day
from fanlight.domain.journey_report import journey_report
from fanlight.domain.shop import shop_hours

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from fanlight.domain.class_report import ClassReport
    from fanlight.domain.journey_report import JourneyReport
    from fanlight.domain.report import Viewpoint
    from fanlight.domain.shop import ShopHour
    from fanlight.domain.suppression import MinimumCount
    from fanlight.domain.week import BusinessDay
    from fanlight.ports.ledger import Ledger


def report_classes(
    ledger: Ledger, day: date, view: Viewpoint, rule: MinimumCount
) -> tuple[ClassReport, ...]:
    """Report a local day's classes, up to the last hour that is over. Blocks on storage.

    Raises:
        Transient, Rejected: see ports/ledger.py.
    """
    hours = hours_of_day(day, view.zone)
    return class_reports(ledger.read(hours[0], hours[-1]), view.now, rule)


def report_journeys(ledger: Ledger, day: date, view: Viewpoint, least: int) -> JourneyReport | None:
    """Report a local day's journeys, None until it is over. Blocks on storage.

    A day that goes on would be published in slices, each the difference of two reports.

    Raises:
        Transient, Rejected: see ports/ledger.py.
    """
    hours = hours_of_day(day, view.zone)
    if view.now <= hours[-1]:
        return None
    return journey_report(hours, ledger.read_journeys(hours[0], hours[-1]), least)


def report_shop(
    ledgers: Mapping[str, Ledger], day: date, view: Viewpoint, business: BusinessDay
) -> tuple[ShopHour, ...]:
    """Add up the doors of a shop, one ledger a camera, over a local day. Blocks on storage.

    Raises:
        Transient, Rejected: see ports/ledger.py.
    """
    hours = hours_of_day(day, view.zone)
    first = business.start_of(hours[0]) or hours[0]
    rows = {name: ledger.read(first, hours[-1]) for name, ledger in ledgers.items()}
    return shop_hours(rows, hours, view.now, business)
