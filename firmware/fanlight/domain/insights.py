"""Figures that a shop can act on, from hours in which nobody can be told from anybody else."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fanlight.domain.dwell import visit_figures
from fanlight.domain.estimate import People, total
from fanlight.domain.figures import Answer, Figure, NotEnough
from fanlight.domain.occupancy import ImbalanceAlarm
from fanlight.domain.shop_ratios import attraction, conversion, conversion_of_groups, group_size
from fanlight.domain.site import hours_with_passers_by, site_days
from fanlight.domain.weekdays import footfall_of_day, usual_weekday

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from fanlight.domain.dwell import VisitFigures
    from fanlight.domain.rates import ErrorRates
    from fanlight.domain.site import SiteDay, SiteHour
    from fanlight.domain.weekdays import Usual


@dataclass(frozen=True, slots=True)
class Balance:
    """What came in beside what went out, as counted, since the doors were last closed.

    `residuals` are entries minus exits of each day; nobody stays overnight, so they are errors of
    the counter. `alarm` says that chance does not explain their sum.
    """

    entries: int
    exits: int
    residuals: tuple[tuple[date, int], ...]
    alarm: bool

    @property
    def residual(self) -> int:
        """Entries minus exits of all days together."""
        return self.entries - self.exits


@dataclass(frozen=True, slots=True)
class Insights:
    """The figures of a span of local days; `rates_from` says what the counter's errors rest on."""

    first: date
    last: date
    rates_from: str
    footfall: Answer
    passers_by: Answer
    attraction: Answer
    conversion: Answer
    conversion_of_groups: Answer
    group_size: Answer
    visits: VisitFigures
    by_hour: tuple[tuple[int, Figure], ...]
    usual: Usual | NotEnough
    daily: tuple[tuple[date, Answer], ...]
    balance: Balance

    @property
    def busiest(self) -> tuple[tuple[int, Figure], ...]:
        """The three local hours of the day in which most people enter, busiest first."""
        return tuple(sorted(self.by_hour, key=lambda hour: -hour[1].best)[:3])


def insights(hours: Iterable[SiteHour], first: date, last: date, rates: ErrorRates) -> Insights:
    """Return the figures of the local days from `first` to `last`, both included.

    `hours` may begin weeks earlier: what is usual for a weekday is told from them.
    """
    hours = [hour for hour in hours if hour.day <= last]
    every_day = site_days(hours)
    days = [day for day in every_day if day.day >= first]
    span = (last - first).days + 1
    return Insights(
        first,
        last,
        rates.source,
        footfall(days, span, rates),
        passers_by(days, span, rates),
        attraction(days, rates),
        conversion(days, rates),
        conversion_of_groups(days, rates),
        group_size(days, rates),
        visit_figures(days),
        entries_by_hour(days, rates),
        usual_weekday(every_day, rates),
        tuple((day.day, footfall_of_day(day, rates)) for day in days),
        balance(days),
    )


def footfall(days: Sequence[SiteDay], span: int, rates: ErrorRates) -> Answer:
    """How many people entered in the hours that were seen; their coverage is of all open hours."""
    people = total(day.entries for day in days)
    return _people_figure(people, days, span, rates)


def passers_by(days: Sequence[SiteDay], span: int, rates: ErrorRates) -> Answer:
    """How many people passed by without entering."""
    passed = total(hour.passers_by for hour in hours_with_passers_by(days) if hour.passers_by)
    if not passed.hours:
        return NotEnough("no passers-by line is configured, or it was not seen")
    return _people_figure(passed, days, span, rates)


def entries_by_hour(days: Sequence[SiteDay], rates: ErrorRates) -> tuple[tuple[int, Figure], ...]:
    """How many people enter in each hour of an average day, by the local hour, 0 to 23."""
    by_hour: dict[int, list[People]] = defaultdict(list)
    for day in days:
        for hour in day.hours:
            if hour.entries:
                by_hour[hour.hour_of_day].append(hour.entries)
    return tuple((of_day, _mean_figure(found, rates)) for of_day, found in sorted(by_hour.items()))


def balance(days: Sequence[SiteDay]) -> Balance:
    """What came in beside what went out on the days that were seen whole."""
    residuals, entries, exits = [], 0, 0
    for day in days:
        if day.whole:
            came = sum(hour.counts.entries for hour in day.hours)
            left = sum(hour.counts.exits for hour in day.hours)
            residuals.append((day.day, came - left))
            entries, exits = entries + came, exits + left
    return Balance(entries, exits, tuple(residuals), ImbalanceAlarm().rings(entries, exits))


def _people_figure(people: People, days: Sequence[SiteDay], span: int, rates: ErrorRates) -> Answer:
    if not people.hours:
        return NotEnough("no hour of these days was seen")
    estimate = people.estimate(rates)
    open_hours = max((len(day.hours) + len(day.missing) for day in days), default=0) * span
    coverage = min(1.0, people.seen_h / open_hours)
    basis = f"{people.counted} counted, {people.hours:.0f} of {open_hours} open hours"
    return Figure(estimate.best, estimate.low, estimate.high, coverage, basis)


def _mean_figure(found: list[People], rates: ErrorRates) -> Figure:
    people = total(found)
    mean = people.cumulants(rates).times(1 / len(found))
    low, high = mean.interval()
    basis = f"{people.counted} counted on {len(found)} days"
    return Figure(mean.mean, max(0.0, low), high, people.coverage, basis)
