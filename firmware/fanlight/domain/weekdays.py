"""Is this a good Tuesday? A day beside the last days of the same weekday."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fanlight.domain.figures import Answer, Figure, NotEnough, middle

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from fanlight.domain.rates import ErrorRates
    from fanlight.domain.site import SiteDay

MOST: Final = 8
LEAST: Final = 6
"""Six days are the fewest of which the median lies between the least and the most by 95 %."""


@dataclass(frozen=True, slots=True)
class Usual:
    """The footfall of a day, what is usual for its weekday, and how far it is above that."""

    day: date
    footfall: Answer
    usual: Answer
    change: Answer


def footfall_of_day(day: SiteDay, rates: ErrorRates) -> Answer:
    """How many people entered on a day, all of whose open hours were at least partly seen."""
    unseen = {*day.missing, *(hour.hour_of_day for hour in day.hours if not hour.entries)}
    if unseen or not day.hours:
        hours = ", ".join(f"{hour:02}:00" for hour in sorted(unseen))
        return NotEnough(f"not seen: {hours}" if unseen else "no open hour was seen")
    people = day.entries
    estimate = people.estimate(rates)
    basis = f"{people.counted} counted in {len(day.hours)} open hours"
    return Figure(estimate.best, estimate.low, estimate.high, people.coverage, basis)


def usual_weekday(days: Sequence[SiteDay], rates: ErrorRates) -> Usual | NotEnough:
    """Compare the last day with the median of the last eight days of its weekday before it.

    The interval of the median runs from the least low bound to the greatest high bound: the
    order statistics hold a median of six or more days with at least 95 % (David and Nagaraja,
    Order Statistics, 3rd ed., 2003, section 7.1), the bounds hold the errors of the counts.
    """
    if not days:
        return NotEnough("no day was seen")
    last = days[-1]
    today = footfall_of_day(last, rates)
    usual = _usual([day for day in days[:-1] if day.day.weekday() == last.day.weekday()], rates)
    return Usual(last.day, today, usual, _change(today, usual))


def _usual(days: Sequence[SiteDay], rates: ErrorRates) -> Answer:
    found = [footfall_of_day(day, rates) for day in days]
    known = [figure for figure in found if isinstance(figure, Figure)][-MOST:]
    if len(known) < LEAST:
        return NotEnough(f"only {len(known)} earlier days of this weekday; {LEAST} are needed")
    return Figure(
        middle([figure.best for figure in known]),
        min(figure.low for figure in known),
        max(figure.high for figure in known),
        sum(figure.coverage for figure in known) / len(known),
        f"the last {len(known)} days of this weekday",
    )


def _change(today: Answer, usual: Answer) -> Answer:
    if isinstance(today, NotEnough):
        return today
    if isinstance(usual, NotEnough):
        return usual
    if usual.low <= 0:
        return NotEnough("usually next to nobody comes on this weekday")
    return Figure(
        today.best / usual.best - 1,
        today.low / usual.high - 1,
        today.high / usual.low - 1,
        today.coverage,
        f"against {usual.basis}",
    )
