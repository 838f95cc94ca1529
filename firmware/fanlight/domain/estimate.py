"""From what was counted to how many there were, with an interval.

Three things stand between a count and the truth: people whom the counter missed, crossings that
nobody made, and time in which it could not see. All three are carried as cumulants, so estimates
of hours add up to days and years. What is uncertain about the error rates themselves is the same
in every hour, so it is kept apart by condition until the sum is known.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import ceil, floor
from typing import TYPE_CHECKING, Final

from fanlight.domain.cumulants import Cumulants
from fanlight.domain.rates import CROWDED_A_MINUTE, POOR_SIGHT, Condition, Crowding, Light
from fanlight.domain.twelfths import MINUTES_EACH, added

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fanlight.domain.counts import Counts
    from fanlight.domain.rates import ErrorRates, Rates
    from fanlight.domain.twelfths import Twelfths

LEAST_COVERAGE: Final = 0.1
BUNCHING: Final = 2.0
"""Variance over mean of the people in a stretch of time: they come in groups."""
UNSTEADY: Final = 0.2
"""How far the rate of the unseen part may lie from that of the seen part, relative, one sigma."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A whole number of people: most likely (95 %) from `low` to `high`."""

    low: int
    best: float
    high: int


@dataclass(frozen=True, slots=True)
class People:
    """How many people there were, from `counted` crossings.

    `own` are the cumulants of what is independent between hours, its mean the estimate itself;
    `by_condition` is the part of that mean under each condition, which shares the condition's
    error of the rates. `seen_h` of `hours` hours were seen.
    """

    counted: int = 0
    own: Cumulants = field(default_factory=lambda: Cumulants(0.0))
    by_condition: Mapping[Condition, float] = field(default_factory=dict)
    seen_h: float = 0.0
    hours: float = 0.0

    @property
    def coverage(self) -> float:
        """The share of the hours that was seen; 0 without any."""
        return self.seen_h / self.hours if self.hours else 0.0

    def plus(self, other: People) -> People:
        """Return the people of disjoint hours or lines together."""
        shares = dict(self.by_condition)
        for condition, mean in other.by_condition.items():
            shares[condition] = shares.get(condition, 0.0) + mean
        return People(
            self.counted + other.counted,
            self.own.plus(other.own),
            shares,
            self.seen_h + other.seen_h,
            self.hours + other.hours,
        )

    def in_one_hour(self, coverage: float) -> People:
        """Return the people of several lines of the same hour, seen for that share of it."""
        return replace(self, seen_h=coverage, hours=1.0)

    def cumulants(self, rates: ErrorRates) -> Cumulants:
        """Return the estimate's cumulants with the shared error of the rates."""
        total = self.own
        for condition, mean in self.by_condition.items():
            correction = rates.by_condition[condition].correction
            factor = mean / correction.mean
            total = total.plus(
                Cumulants(0.0, correction.variance * factor**2, correction.third * factor**3)
            )
        return total

    def estimate(self, rates: ErrorRates) -> Estimate:
        """Return best guess and bounds, in whole people."""
        cumulants = self.cumulants(rates)
        low, high = cumulants.interval()
        bounds = max(0, floor(low + 1e-9)), ceil(high - 1e-9)
        return Estimate(bounds[0], min(max(cumulants.mean, bounds[0]), bounds[1]), bounds[1])


def total(people: Iterable[People]) -> People:
    """Add up the people of disjoint hours or lines."""
    together = People()
    for each in people:
        together = together.plus(each)
    return together


def entries_of(counts: Counts, rates: ErrorRates) -> People | None:
    """Estimate how many entered over a line in an hour; None where too little was seen."""
    crowded = _crowded_share(counts, counts.entries, counts.entries_when)
    return people_of(counts, counts.entries, crowded, rates)


def exits_of(counts: Counts, rates: ErrorRates) -> People | None:
    """Estimate how many left over a line in an hour; None where too little was seen."""
    crowded = _crowded_share(counts, counts.exits, counts.exits_when)
    return people_of(counts, counts.exits, crowded, rates)


def passers_by_of(counts: Counts, rates: ErrorRates) -> People | None:
    """Estimate how many passed by in an hour; None where too little was seen."""
    crowded = _crowded_share(counts, counts.passers_by, ())
    return people_of(counts, counts.passers_by, crowded, rates)


def people_of(counts: Counts, counted: int, crowded: float, rates: ErrorRates) -> People | None:
    """Estimate the people behind `counted` crossings, a share `crowded` of them in a crowd.

    None below 10 % coverage: too little was seen to say. The estimate is without bias, so that
    hours may be added; an hour without a count still gets a spread, by Jeffreys' half a person.
    """
    if counts.coverage < LEAST_COVERAGE:
        return None
    poor = poor_share(counts)
    seen, by_condition = Cumulants(0.0), {}
    for condition, share in {
        Condition(Crowding.CALM, Light.CLEAR): (1 - crowded) * (1 - poor),
        Condition(Crowding.CALM, Light.POOR): (1 - crowded) * poor,
        Condition(Crowding.CROWDED, Light.CLEAR): crowded * (1 - poor),
        Condition(Crowding.CROWDED, Light.POOR): crowded * poor,
    }.items():
        if share > 0:
            part = _in_sight(counted * share, 0.5 * share, rates.by_condition[condition])
            seen = seen.plus(part)
            by_condition[condition] = part.mean / counts.coverage
    whole = _full_hour(seen, counts.coverage)
    return People(counted, whole, by_condition, counts.coverage, 1.0)


def poor_share(counts: Counts) -> float:
    """Return the share of the seen time in which sight was worse than it should be, 0 to 1."""
    poor_ms = sum(ms for cause, ms in counts.degraded_ms.items() if cause in POOR_SIGHT)
    return min(1.0, poor_ms / counts.seen_ms) if counts.seen_ms else 0.0


def _in_sight(counted: float, prior: float, rates: Rates) -> Cumulants:
    """Estimate the people in the time that was seen, for rates as they are on average.

    Of the counted, false ones fall out as in a binomial; for each that remains, missed ones come
    in as in a negative binomial (Gelman et al., Bayesian Data Analysis, 3rd ed., section 2.6).
    """
    correction = rates.correction.mean
    miss = min(rates.miss.mean, 0.95)
    caught = 1 - miss
    real = min(1.0, correction * caught)
    drawn = counted * real * (1 - real)
    left = counted * real + prior
    variance = drawn / caught**2 + left * miss / caught**2
    third = (
        left * miss * (1 + miss) / caught**3
        + 3 * drawn * miss / caught**3
        - drawn * (2 * real - 1) / caught**3
    )
    return Cumulants(counted * correction, variance, third)


def _full_hour(seen: Cumulants, coverage: float) -> Cumulants:
    """Add the people of the unseen part: like the seen part, but bunched and unsteady."""
    unseen = (1 - coverage) / coverage
    people = seen.mean + 0.5
    chance = BUNCHING * people * unseen / coverage
    return Cumulants(
        seen.mean / coverage,
        seen.variance / coverage**2 + chance + (UNSTEADY * unseen * people) ** 2,
        seen.third / coverage**3
        + chance * BUNCHING * (2 - coverage) / coverage
        + 3 * seen.variance * unseen / coverage**2,
    )


def _crowded_share(counts: Counts, counted: int, when: Twelfths) -> float:
    """Return which share of the counted crossings fell into crowded times, 0 to 1."""
    if not counted or not when or sum(when) != counted:
        crossings = counts.entries + counts.exits + counts.passers_by
        return float(crossings >= CROWDED_A_MINUTE * 60 * counts.coverage > 0)
    both = added(counts.entries_when, counts.exits_when)
    crowded = sum(
        number
        for number, crossings in zip(when, both, strict=True)
        if crossings / MINUTES_EACH >= CROWDED_A_MINUTE
    )
    return crowded / counted
