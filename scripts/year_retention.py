# ruff: noqa: INP001 - modules of a program, not a package
"""A year of returning visitors on real streets: what is said, what is withheld, and by what guard.

Daily visits are real in shape and scaled to a mean; people are simulated embeddings
(retention_scene.py) of whom a planted share comes again on the next day. Now and then a day's
sketch is lost, as by a restart. Every four weeks each lag is asked for, as an operator would.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import product
from random import Random
from typing import TYPE_CHECKING

import numpy as np
from retention_scene import Card, Shop, Visits, noised, simulate

from fanlight.domain.privacy_budget import Noise
from fanlight.domain.revisit_estimate import FREE_LAGS, REFERENCE_LAGS, Kernel, fit
from fanlight.domain.revisit_guards import answer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from year_demand import Demand

    from fanlight.domain.revisit_estimate import Share
    from fanlight.domain.revisits import Revisits

VISITS_A_DAY = (500, 2000)
SHARES = (0.05, 0.20, 0.40)
EPSILONS = (2, 4)
EVERY_DAYS, LONGEST_DAYS = 28, 84
LOST_DAYS = 0.02
OPEN_HOURS = range(9, 19)


@dataclass
class Said:
    """What came of all questions in one setting: held or not where answered, or which guard."""

    held: list[bool] = field(default_factory=list)
    halves_pp: list[float] = field(default_factory=list)
    withheld: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Year:
    """A simulated year at one shop, before any noise."""

    visits: Visits
    kernel: Kernel
    lost: frozenset[int]

    @staticmethod
    def of(demand: Demand, visits_a_day: int, share: float, rng: np.random.Generator) -> Year:
        """Simulate it on a street."""
        shop = Shop(rng)
        card = Card.of_public(shop)
        daily = scaled(demand, visits_a_day)
        visits = simulate(shop, card, daily, len(daily), share)
        lost = frozenset(np.flatnonzero(rng.random(len(daily)) < LOST_DAYS).tolist())
        return Year(visits, Kernel(card.same - card.different), lost)

    def asked(self, noise: Noise, seed: int, into: Said) -> None:
        """Ask every four weeks for every lag.

        Raises:
            AssertionError: a share was published that a guard forbids, or withheld by none.
        """
        randbelow = Random(seed).randrange  # noqa: S311 - a simulation, to be repeated
        series = noised(self.visits, noise, randbelow, self.lost)
        for end in range(EVERY_DAYS, len(self.visits.entries) + 1, EVERY_DAYS):
            known = _until(series, end)
            first = max(0, end - LONGEST_DAYS)
            for said in answer(known, self.kernel, FREE_LAGS).answers:
                guard = guard_of(known, self.kernel, said.lag)
                if (said.share is None) != (guard is not None):
                    raise AssertionError(f"day {end}, {said}: the guard is {guard}")
                if said.share is None:
                    into.withheld[str(guard)] += 1
                else:
                    into.held.append(_holds(said.share, self.visits, first, end))
                    into.halves_pp.append(100 * said.share.half)


def scaled(demand: Demand, mean: float) -> NDArray[np.float64]:
    """Return visits to expect on each day of a street, scaled to a mean."""
    people = [sum(demand.at(day, hour) for hour in OPEN_HOURS) for day in demand.days()]
    return np.array(people) * (mean / float(np.mean(people)))


def guard_of(series: Revisits, kernel: Kernel, lag: int) -> str | None:
    """Say by which guard of the specification a share is withheld; None where none forbids it.

    The limits stand here a second time, so that a guard loosened in the device is found.
    """
    newest = [each for each in series.days if (series.days[-1].day - each.day).days < LONGEST_DAYS]
    valid = [day for day in newest if (day.visits or 0) >= 100 and day.coverage >= 0.5]
    mean = float(np.mean([day.visits for day in valid])) if valid else 0.0
    if len(valid) < 28:
        return "too_few_days"
    if mean < 200 or (mean < 500 and len(valid) < 84):
        return "too_few_visits"
    found = fit(series.pairs, valid, kernel)
    if found is None:
        return "too_scattered"
    if found.drift > 0.06:
        return "drift"
    if abs(found.placebo) > 2 * found.placebo_error:
        return "placebo"
    return "too_wide" if found.shares[lag].half > 0.10 else None


def years(
    streets: Sequence[Demand], seed: int, repeat: int, shares: Sequence[float] = SHARES
) -> list[dict[str, object]]:
    """Return one row for each mean of visits, planted share and epsilon, over all streets."""
    tallies = {setting: Said() for setting in product(VISITS_A_DAY, shares, EPSILONS)}
    numbers = range(len(streets) * repeat)
    for visits_a_day, share, number in product(VISITS_A_DAY, shares, numbers):
        rng = np.random.default_rng([seed, number, visits_a_day, round(100 * share)])
        year = Year.of(streets[number % len(streets)], visits_a_day, share, rng)
        for epsilon in EPSILONS:
            said = tallies[visits_a_day, share, epsilon]
            year.asked(Noise.for_epsilon(epsilon), seed + number, said)
    return list(_rows(tallies))


def _until(series: Revisits, days: int) -> Revisits:
    """Return what was known of a series after so many days."""
    last = series.days[days - 1].day
    pairs = tuple(pair for pair in series.pairs if pair.later <= last)
    return replace(series, pairs=pairs, days=series.days[:days])


def _rows(tallies: dict[tuple[int, float, int], Said]) -> Iterator[dict[str, object]]:
    for (visits_a_day, share, epsilon), said in tallies.items():
        yield {
            "visits_a_day": visits_a_day,
            "planted_share_pp": round(100 * share),
            "eps": epsilon,
            "asked": len(said.held) + said.withheld.total(),
            "published": len(said.held),
            "coverage": round(float(np.mean(said.held)), 3) if said.held else None,
            "median_half_pp": round(float(np.median(said.halves_pp)), 1) if said.held else None,
            "withheld": ", ".join(f"{name} {n}" for name, n in said.withheld.most_common()),
        }


def _holds(share: Share, visits: Visits, first: int, end: int) -> bool:
    """Whether an interval holds the true share of those days, above the background lags."""
    truth = visits.truth_of(first, end)
    above = truth[share.lag] - float(np.mean([truth[lag] for lag in REFERENCE_LAGS]))
    return share.low <= above <= share.high
