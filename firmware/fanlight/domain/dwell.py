"""How long visits last, from when people come and when people leave, never from who does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from fanlight.domain.figures import Answer, Figure, NotEnough
from fanlight.domain.jackknife import half_width
from fanlight.domain.lengths import quantiles
from fanlight.domain.twelfths import MINUTES_EACH, TWELFTHS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fanlight.domain.site import SiteDay

    Series = NDArray[np.float64]

LEAST_VISITS: Final = 500
LEAST_DAYS: Final = 7
LEAST_DAYS_FOR_MEAN: Final = 4
MOST_DAYS: Final = 91
"""Longer spans say little more, and take longer."""


@dataclass(frozen=True, slots=True)
class VisitFigures:
    """Length of the visits in minutes: mean, median, and what nine of ten stay within."""

    mean_min: Answer
    median_min: Answer
    ninetieth_min: Answer


def visit_figures(days: Sequence[SiteDay]) -> VisitFigures:
    """Estimate how long people stay, from the days of which next to nothing went unseen."""
    seen = [day for day in days if day.well_seen]
    series = [series_of(day) for day in seen][-MOST_DAYS:]
    coverage = len(seen) / len(days) if days else 0.0
    mean = _mean(series, len(days), coverage)
    visits = round(sum(float(entries.sum()) for entries, _ in series))
    if len(series) < LEAST_DAYS or visits < LEAST_VISITS:
        why = NotEnough(
            f"only {visits} visits on {len(series)} days that were seen whole (of {len(days)}); "
            f"{LEAST_VISITS} on {LEAST_DAYS} are needed"
        )
        return VisitFigures(mean, why, why)
    basis = _basis(visits, series)
    best = quantiles(series)
    without = [quantiles(rest) for rest in _without_each_fold(series)]
    median, ninetieth = (
        _around(value, [each[index] for each in without], coverage, basis)
        for index, value in enumerate(best)
    )
    return VisitFigures(mean, median, ninetieth)


def series_of(day: SiteDay) -> tuple[Series, Series]:
    """Return entries and exits by five minutes, from the day's first hour to its last."""
    first = day.hours[0].hour.number
    size = (day.hours[-1].hour.number - first + 1) * TWELFTHS
    entries, exits = np.zeros(size), np.zeros(size)
    for hour in day.hours:
        begin = (hour.hour.number - first) * TWELFTHS
        entries[begin : begin + TWELFTHS] += hour.counts.entries_when or 0
        exits[begin : begin + TWELFTHS] += hour.counts.exits_when or 0
    return entries, exits


def mean_visit_min(series: Sequence[tuple[Series, Series]]) -> float:
    """Return the mean visit in minutes: mean exit time less mean entry time, day by day.

    Little's law for a site that is empty at open and close; the two means are each over what was
    counted, so that misses which are as frequent at the way in as at the way out cancel
    (Stidham, A last word on L = lambda W, Operations Research 22, 1974).
    """
    minutes = weights = 0.0
    for entries, exits in series:
        middles = (np.arange(len(entries)) + 0.5) * MINUTES_EACH
        came, left = float(entries.sum()), float(exits.sum())
        stay = float(exits @ middles) / left - float(entries @ middles) / came
        minutes, weights = minutes + stay * came, weights + came
    return minutes / weights


def _mean(series: list[tuple[Series, Series]], days: int, coverage: float) -> Answer:
    series = [(came, left) for came, left in series if came.sum() >= 10 and left.sum() >= 10]
    if len(series) < LEAST_DAYS_FOR_MEAN:
        return NotEnough(
            f"only {len(series)} of {days} days had visits and were seen whole; "
            f"{LEAST_DAYS_FOR_MEAN} are needed"
        )
    visits = round(sum(float(entries.sum()) for entries, _ in series))
    without = [mean_visit_min(rest) for rest in _without_each(series)]
    return _around(mean_visit_min(series), without, coverage, _basis(visits, series))


def _around(best: float, without: list[float], coverage: float, basis: str) -> Figure:
    half = half_width(without)
    return Figure(best, max(0.0, best - half), best + half, coverage, basis)


def _without_each(series: list[tuple[Series, Series]]) -> list[list[tuple[Series, Series]]]:
    return [series[:index] + series[index + 1 :] for index in range(len(series))]


def _without_each_fold(series: list[tuple[Series, Series]]) -> list[list[tuple[Series, Series]]]:
    """Leave out each of at most ten equal groups of days."""
    folds = min(10, len(series))
    return [[day for at, day in enumerate(series) if at % folds != fold] for fold in range(folds)]


def _basis(visits: int, series: Sequence[object]) -> str:
    return f"{visits} visits on {len(series)} days seen whole"
