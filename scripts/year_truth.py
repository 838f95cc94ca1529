# ruff: noqa: INP001 - modules of a program, not a package
"""The truth of a simulated site beside the figures of its insights."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fanlight.domain.figures import Figure
from fanlight.domain.site import SiteDay, SiteHour, hours_with_passers_by, site_days

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import date

    from year_shop import Day, Floats, Plan

    from fanlight.domain.insights import Insights
    from fanlight.domain.rates import ErrorRates

HOUR_S = 3600


@dataclass(frozen=True)
class Verdict:
    """Whether an interval held the truth; None where no figure was given."""

    figure: str
    held: bool | None
    relative_width: float = 0.0
    relative_error: float = 0.0


class Truth:
    """What really happened, by hour of UTC and by day."""

    def __init__(self, plan: Plan, days: Sequence[Day], drifting: Collection[date]) -> None:
        self.plan = plan
        self.drifting = frozenset(drifting)
        self.days = {day.day: day for day in days}
        self._entries = _by_hour([day.entries for day in days])
        self._passers = _by_hour([day.passers for day in days])
        self._sales = _by_hour([day.purchases for day in days])
        self._open = {
            hour
            for day in days
            for hour in range(int(day.opens_s) // HOUR_S, int(day.closes_s) // HOUR_S)
        }

    def transactions(self) -> dict[int, int]:
        """Return the till's totals of the open hours, by hour of UTC."""
        return {hour: self._sales.get(hour, 0) for hour in self._open | set(self._sales)}

    def entries(self, hours: Sequence[SiteHour]) -> int:
        """How many really entered in these hours."""
        return sum(self._entries.get(hour.hour.number, 0) for hour in hours)

    def passers(self, hours: Sequence[SiteHour]) -> int:
        """How many really passed by in these hours."""
        return sum(self._passers.get(hour.hour.number, 0) for hour in hours)

    def visits_min(self, days: Sequence[date]) -> tuple[Floats, Floats]:
        """How long the visits of these days were, and would have been but for closing."""
        found = [self.days[day] for day in days]
        stayed = np.concatenate([day.visits_min for day in found])
        return stayed, np.concatenate([day.wanted_min for day in found])


def judged(
    found: Insights, hours: Sequence[SiteHour], truth: Truth, rates: ErrorRates
) -> Iterator[Verdict]:
    """Hold each published figure against the truth."""
    every_day = site_days(hours)
    days = [day for day in every_day if day.day >= found.first]
    seen = [hour for day in days for hour in day.hours if hour.entries]
    beside = hours_with_passers_by(days)
    plan = truth.plan
    yield _verdict("footfall of 28 days", found.footfall, truth.entries(seen))
    yield _verdict("passers-by of 28 days", found.passers_by, truth.passers(beside))
    yield _verdict("attraction", found.attraction, plan.attraction)
    yield _verdict("conversion", found.conversion, plan.buys / plan.group_size)
    yield _verdict("conversion of groups", found.conversion_of_groups, plan.buys)
    yield _verdict("group size", found.group_size, plan.group_size)
    well_seen = [day.day for day in days if day.well_seen]
    stayed, wanted = truth.visits_min(well_seen or [found.first])
    half, most = np.quantile(wanted, [0.5, 0.9]).tolist()
    yield _verdict("mean visit", found.visits.mean_min, float(stayed.mean()))
    yield _verdict("median visit", found.visits.median_min, half)
    yield _verdict("90th percentile of visits", found.visits.ninetieth_min, most)
    yield from _hours_of_day(found, days, truth)
    yield from _days(found, days, truth)
    yield from _hours(seen, truth, rates)
    yield from _weekday(found, every_day, truth)
    yield _alarm(found, truth)


def _hours_of_day(found: Insights, days: Sequence[SiteDay], truth: Truth) -> Iterator[Verdict]:
    for of_day, figure in found.by_hour:
        these = [h for day in days for h in day.hours if h.hour_of_day == of_day and h.entries]
        yield _verdict("hour of the day", figure, truth.entries(these) / len(these))


def _days(found: Insights, days: Sequence[SiteDay], truth: Truth) -> Iterator[Verdict]:
    for day, (_, answer) in zip(days, found.daily, strict=True):
        yield _verdict("footfall of a day", answer, truth.entries(day.hours))


def _hours(seen: Sequence[SiteHour], truth: Truth, rates: ErrorRates) -> Iterator[Verdict]:
    for hour in seen:
        if hour.entries is not None:
            bounds = hour.entries.estimate(rates)
            figure = Figure(bounds.best, bounds.low, bounds.high, hour.coverage, "")
            part = "seen in part" if hour.coverage < 0.99 else "seen whole"
            yield _verdict(f"entries of an hour {part}", figure, truth.entries([hour]))


def _weekday(found: Insights, every_day: Sequence[SiteDay], truth: Truth) -> Iterator[Verdict]:
    usual = found.usual
    if not hasattr(usual, "usual"):
        return
    last = every_day[-1]
    same = [d for d in every_day[:-1] if d.day.weekday() == last.day.weekday() and d.whole][-8:]
    really = float(np.median([truth.entries(day.hours) for day in same])) if same else 0.0
    yield _verdict("usual weekday", usual.usual, really)
    if really:
        yield _verdict("against the weekday", usual.change, truth.entries(last.hours) / really - 1)


def _alarm(found: Insights, truth: Truth) -> Verdict:
    """Whether the alarm of in against out rings when it should, and only then."""
    if found.first in truth.drifting:
        return Verdict("drift of 8 % of exits rings the alarm", found.balance.alarm)
    return Verdict("no drift, no alarm", not found.balance.alarm)


def _verdict(name: str, answer: object, really: float) -> Verdict:
    if not isinstance(answer, Figure):
        return Verdict(name, None)
    scale = abs(really) or 1.0
    return Verdict(
        name,
        answer.low <= really <= answer.high,
        (answer.high - answer.low) / scale,
        (answer.best - really) / scale,
    )


def _by_hour(times: Sequence[Floats]) -> dict[int, int]:
    counts: dict[int, int] = defaultdict(int)
    for each in times:
        for hour, number in zip(*np.unique(each // HOUR_S, return_counts=True), strict=True):
            counts[int(hour)] += int(number)
    return counts
