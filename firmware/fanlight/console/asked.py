"""What a request asks for: days and numbers in its query."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from fanlight.console.visit import BadForm

if TYPE_CHECKING:
    from fanlight.console.visit import Visit

MOST_DAYS: Final = 366
EARLIEST: Final = date(2020, 1, 1)


def day_asked(visit: Visit, name: str, default: date) -> date:
    """Return a day of the query, the default where it is left out.

    Raises:
        BadForm: it is no day, or one that no device has seen.
    """
    text = visit.request.query.get(name, "")
    if not text:
        return default
    try:
        day = date.fromisoformat(text[:10]) if len(text) == 10 else None
    except ValueError:
        day = None
    if day is None or not EARLIEST <= day <= visit.desk.figures.today() + timedelta(days=1):
        raise BadForm(visit.words("problem.bad_day"))
    return day


def days_asked(visit: Visit, default: tuple[date, date]) -> tuple[date, date]:
    """Return first and last day of the query, in order.

    Raises:
        BadForm: they are no days, or too many.
    """
    first, last = (
        day_asked(visit, name, each) for name, each in zip(("first", "last"), default, strict=True)
    )
    if last < first or (last - first).days >= MOST_DAYS:
        raise BadForm(visit.words("problem.bad_day"))
    return first, last


def share_asked(visit: Visit, name: str) -> float:
    """Return a number from 0 to 1 of the query.

    Raises:
        BadForm: it is none.
    """
    try:
        share = float(visit.request.query.get(name, "")[:20])
    except ValueError:
        share = -1.0
    if not 0.0 <= share <= 1.0:
        raise BadForm(f"{name}: a number from 0 to 1")
    return share
