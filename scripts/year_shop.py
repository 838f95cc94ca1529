# ruff: noqa: INP001 - modules of a program, not a package
"""A shop with planted truth on a real street: who really came, stayed, bought and passed by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from year_demand import Demand

Floats = NDArray[np.float64]
OPENS, CLOSES = 9, 19
DOOR_BODIES = 4.0


@dataclass(frozen=True)
class Plan:
    """What is planted. `sizes` are the shares of groups of one, two, three ... people.

    `visitors` is the mean number of people a day; visits are Gamma or lognormal, in minutes.
    """

    visitors: float = 500.0
    attraction: float = 0.12
    buys: float = 0.4
    sizes: tuple[float, ...] = (0.62, 0.27, 0.08, 0.03)
    visit_kind: str = "gamma"
    visit_mean_min: float = 16.6

    @property
    def group_size(self) -> float:
        """The mean number of people in a group."""
        return sum(size * share for size, share in enumerate(self.sizes, start=1))


@dataclass
class Day:
    """One day of the shop; times are seconds of UTC since 1970, entries sorted.

    `visits_min` is how long people stayed, `wanted_min` how long they would have but for closing.
    """

    day: date
    opens_s: float
    closes_s: float
    entries: Floats
    exits: Floats
    along: Floats
    groups: int
    purchases: Floats
    passers: Floats
    visits_min: Floats
    wanted_min: Floats


class Shop:
    """Draws the days of a shop whose street has a real demand."""

    def __init__(self, demand: Demand, plan: Plan, rng: np.random.Generator) -> None:
        self._demand = demand
        self._plan = plan
        self._rng = rng
        street = [sum(self._flow(day)) for day in demand.days()]
        self._scale = plan.visitors / max(1.0, float(np.mean(street)))

    def day(self, day: date) -> Day:
        """Draw one day."""
        plan, rng = self._plan, self._rng
        opens_s, closes_s = (self._at(day, hour) for hour in (OPENS, CLOSES))
        flow = self._five_minutes(day) * self._scale
        starts = self._times(opens_s, rng.poisson(flow / plan.group_size))
        sizes = 1 + rng.choice(len(plan.sizes), size=len(starts), p=plan.sizes)
        lengths_s = 60 * self._visits(len(starts))
        leaves = np.minimum(starts + lengths_s, closes_s + rng.uniform(0, 600, len(starts)))
        member = np.concatenate([np.arange(size) for size in sizes]) if len(sizes) else sizes
        group = np.repeat(np.arange(len(starts)), sizes)
        entries = starts[group] + member * rng.uniform(0.4, 2.0, len(group))
        exits = leaves[group] + member * rng.uniform(0.4, 2.0, len(group))
        place = rng.uniform(0, DOOR_BODIES, len(starts))[group]
        along = np.clip(place + rng.normal(0, 0.8, len(group)), 0, DOOR_BODIES)
        buys = rng.random(len(starts)) < plan.buys
        passing = rng.poisson(flow * (1 - plan.attraction) / plan.attraction / plan.group_size)
        pairs = self._times(opens_s, passing)
        company = 1 + rng.choice(len(plan.sizes), size=len(pairs), p=plan.sizes)
        order = np.argsort(entries)
        return Day(
            day,
            opens_s,
            closes_s,
            entries[order],
            exits[order],
            along[order],
            len(starts),
            leaves[buys] - rng.uniform(0, 60, int(buys.sum())),
            np.repeat(pairs, company),
            (exits - entries) / 60,
            lengths_s[group] / 60,
        )

    def _flow(self, day: date) -> list[float]:
        return [self._demand.at(day, hour) for hour in range(OPENS, CLOSES)]

    def _five_minutes(self, day: date) -> Floats:
        """Return the street's people by five minutes, running smoothly from hour to hour."""
        hours = np.array([self._demand.at(day, h) for h in range(OPENS - 1, CLOSES + 1)])
        middles = np.arange(OPENS - 1, CLOSES + 1) + 0.5
        at = OPENS + (np.arange((CLOSES - OPENS) * 12) + 0.5) / 12
        return np.asarray(np.interp(at, middles, hours) / 12)

    def _times(self, opens_s: float, counts: NDArray[np.int64]) -> Floats:
        begin = opens_s + 300.0 * np.repeat(np.arange(len(counts)), counts)
        return np.sort(begin + self._rng.uniform(0, 300, len(begin)))

    def _visits(self, count: int) -> Floats:
        mean, rng = self._plan.visit_mean_min, self._rng
        if self._plan.visit_kind == "gamma":
            return rng.gamma(2.2, mean / 2.2, count)
        return rng.lognormal(np.log(mean) - 0.5 * 0.7**2, 0.7, count)

    def _at(self, day: date, hour: int) -> float:
        local = datetime(day.year, day.month, day.day, hour, tzinfo=self._demand.zone)
        return (local.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(seconds=1)
