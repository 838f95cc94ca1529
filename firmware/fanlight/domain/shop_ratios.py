"""Ratios of a shop: attraction, conversion, people to a group; sums over sums, never averages."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from fanlight.domain.cumulants import Cumulants
from fanlight.domain.estimate import BUNCHING, total
from fanlight.domain.figures import Answer, Figure, NotEnough, Ratio, share_bounds
from fanlight.domain.site import hours_with_passers_by

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fanlight.domain.estimate import People
    from fanlight.domain.rates import ErrorRates
    from fanlight.domain.site import SiteDay, SiteHour

LEAST_VISITORS: Final = 30
LEAST_TRANSACTIONS: Final = 10
MISSED_IN_GROUPS: Final = 0.75
"""A group is missed only if all its members are: of what people lose, groups lose this part."""
GROUPS_DOUBT: Final = 0.02
"""How far the number of groups may be off for other reasons than chance, relative, one sigma."""


def attraction(days: Sequence[SiteDay], rates: ErrorRates) -> Answer:
    """Which share of all who came by entered: entries / (entries + passers-by)."""
    hours = hours_with_passers_by(days)
    entered = total(hour.entries for hour in hours if hour.entries)
    passed = total(hour.passers_by for hour in hours if hour.passers_by)
    if not hours:
        return NotEnough("no passers-by line is configured, or it was not seen")
    if min(entered.counted, passed.counted) < LEAST_VISITORS:
        return NotEnough(
            f"only {entered.counted} entered and {passed.counted} passed by; "
            f"{LEAST_VISITORS} of each are needed"
        )
    ratio = Ratio(
        entered.cumulants(rates),
        passed.cumulants(rates),
        _by_day(hours, lambda hour: _mean(hour.entries), lambda hour: _mean(hour.passers_by)),
    )
    low, high = share_bounds(ratio, BUNCHING)
    best = ratio.value / (1 + ratio.value)
    counted = f"{entered.counted} entries, {passed.counted} passers-by"
    of = (ratio.numerator.mean, ratio.numerator.mean + ratio.denominator.mean)
    return Figure(best, low, high, entered.coverage, _basis(hours, counted), of)


def conversion(days: Sequence[SiteDay], rates: ErrorRates) -> Answer:
    """Transactions per entry, over the hours for which both are known."""
    hours = _hours_with_sales(days)
    if trouble := _too_few_sales(hours):
        return trouble
    entered = total(hour.entries for hour in hours if hour.entries)
    ratio = Ratio(
        Cumulants(float(_sales(hours))),
        entered.cumulants(rates),
        _by_day(
            hours, lambda hour: float(hour.transactions or 0), lambda hour: _mean(hour.entries)
        ),
    )
    return _rate(ratio, hours, f"{_sales(hours)} transactions, {entered.counted} entries")


def conversion_of_groups(days: Sequence[SiteDay], rates: ErrorRates) -> Answer:
    """Transactions per arrival group, over the hours for which both are known."""
    hours = [hour for hour in _hours_with_sales(days) if hour.groups is not None]
    if trouble := _too_few_sales(hours):
        return trouble
    ratio = Ratio(
        Cumulants(float(_sales(hours))),
        _all_groups(hours, rates),
        _by_day(hours, lambda hour: float(hour.transactions or 0), _groups),
    )
    return _rate(ratio, hours, f"{_sales(hours)} transactions, {_counted_groups(hours)} groups")


def group_size(days: Sequence[SiteDay], rates: ErrorRates) -> Answer:
    """People to an arrival group."""
    hours = [
        hour
        for day in days
        for hour in day.hours
        if hour.groups is not None and hour.entries is not None
    ]
    entered = total(hour.entries for hour in hours if hour.entries)
    if entered.counted < LEAST_VISITORS:
        return NotEnough(f"only {entered.counted} entered; {LEAST_VISITORS} are needed")
    groups = _all_groups(hours, rates)
    ratio = Ratio(
        Cumulants(entered.cumulants(rates).mean),
        Cumulants(groups.mean, groups.variance),
        _by_day(hours, lambda hour: _mean(hour.entries), _groups),
    )
    return _rate(ratio, hours, f"{entered.counted} entries, {_counted_groups(hours)} groups")


def _all_groups(hours: Sequence[SiteHour], rates: ErrorRates) -> Cumulants:
    """Estimate the groups that came from those counted.

    Groups lose members to the counter's misses before they are lost themselves, so their number
    is corrected by part of what people are, and the rest of it is added to what is uncertain.
    """
    entered = total(hour.entries for hour in hours if hour.entries)
    people = entered.cumulants(rates)
    counted = sum(hour.counts.entries / hour.coverage for hour in hours if hour.coverage)
    groups = sum(_groups(hour) for hour in hours)
    correction = people.mean / counted - 1 if counted else 0.0
    relative = people.variance / people.mean**2 if people.mean else 0.0
    doubt = ((1 - MISSED_IN_GROUPS) * correction) ** 2 + GROUPS_DOUBT**2
    mean = groups * (1 + MISSED_IN_GROUPS * correction)
    return Cumulants(mean, mean**2 * (relative + doubt))


def _groups(hour: SiteHour) -> float:
    """Return the groups of a full hour like this one."""
    return (hour.groups or 0.0) / hour.coverage if hour.coverage else 0.0


def _counted_groups(hours: Sequence[SiteHour]) -> int:
    return round(sum(hour.groups or 0.0 for hour in hours))


def _rate(ratio: Ratio, hours: Sequence[SiteHour], counted: str) -> Figure:
    low, high = ratio.bounds(BUNCHING)
    coverage = sum(hour.coverage for hour in hours) / len(hours)
    of = (ratio.numerator.mean, ratio.denominator.mean)
    return Figure(ratio.value, low, high, coverage, _basis(hours, counted), of)


def _hours_with_sales(days: Sequence[SiteDay]) -> list[SiteHour]:
    return [
        hour
        for day in days
        for hour in day.hours
        if hour.transactions is not None and hour.entries is not None
    ]


def _too_few_sales(hours: Sequence[SiteHour]) -> NotEnough | None:
    if not hours:
        return NotEnough("the till gave no totals for hours that were seen")
    entered = sum(hour.counts.entries for hour in hours)
    if _sales(hours) < LEAST_TRANSACTIONS or entered < LEAST_VISITORS:
        return NotEnough(
            f"only {_sales(hours)} transactions and {entered} entries; {LEAST_TRANSACTIONS} and "
            f"{LEAST_VISITORS} are needed"
        )
    return None


def _sales(hours: Sequence[SiteHour]) -> int:
    return sum(hour.transactions or 0 for hour in hours)


def _by_day(
    hours: Sequence[SiteHour],
    top: Callable[[SiteHour], float],
    bottom: Callable[[SiteHour], float],
) -> tuple[tuple[float, float], ...]:
    sums: dict[object, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for hour in hours:
        sums[hour.day][0] += top(hour)
        sums[hour.day][1] += bottom(hour)
    return tuple((tops, bottoms) for tops, bottoms in sums.values())


def _mean(people: People | None) -> float:
    return people.own.mean if people else 0.0


def _basis(hours: Sequence[SiteHour], counted: str) -> str:
    return f"{counted}, {len({hour.day for hour in hours})} days"
