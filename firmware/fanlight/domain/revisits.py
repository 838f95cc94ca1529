"""Closed days of the re-visit sketch: a ring of noised sums, and the pair scalars that outlive it.

Nothing here belongs to a person: a `DaySketch` is a sum over everybody who came in on a day, noised
before the first of them, and a `Pair` is one number for two days.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from fanlight.domain.discrete_gaussian import discrete_gaussian
from fanlight.domain.revisit_features import FEATURES, LENGTH

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from numpy.typing import NDArray

    from fanlight.domain.discrete_gaussian import RandBelow
    from fanlight.domain.privacy_budget import Noise

RING_DAYS = 8
KEPT_DAYS = 400
LARGEST_SUM = 2**31 - 1


class Dropped(StrEnum):
    """Why a day has no sketch."""

    RESTARTED = "the device restarted during the day"
    STARTED_LATE = "the device started when the day had begun"
    STOPPED = "the device was stopped before the day had ended"
    NO_BUDGET = "the privacy budget of the day was spent"


@dataclass(frozen=True, slots=True)
class DaySketch:
    """One closed day: 128 noised sums of whole numbers, and the noised number of visits in them.

    Raises:
        ValueError: not 128 sums, or one that 32 bits do not hold.
    """

    day: date
    sums: tuple[int, ...]
    visits: int

    def __post_init__(self) -> None:
        if len(self.sums) != FEATURES or max(map(abs, self.sums)) > LARGEST_SUM:
            raise ValueError(f"the sketch of {self.day} is not {FEATURES} sums of 32 bits")


@dataclass(frozen=True, slots=True)
class DayFacts:
    """What is kept of a day for good: noised visits in its sketch, counted entries, or why not.

    `visits` is None for a dropped day; `entries` are those counted while the shop was open, of
    which the sketch holds the share that could be embedded.
    """

    day: date
    visits: int | None
    entries: int
    dropped: Dropped | None = None

    @property
    def coverage(self) -> float:
        """The share of the entries that went into the sketch, as far as its noise tells."""
        if self.visits is None or self.entries == 0:
            return 0.0
        return min(1.0, max(0.0, self.visits / self.entries))


@dataclass(frozen=True, slots=True)
class Pair:
    """G_ts = S_t . S_s / (N_t N_s) of a day and the day `lag` days later, in visits' lengths."""

    day: date
    lag: int
    value: float

    @property
    def later(self) -> date:
        """The later of the two days."""
        return self.day + timedelta(days=self.lag)


@dataclass(frozen=True, slots=True)
class Revisits:
    """All that is kept of a series: the ring, and the scalars and facts of its days."""

    ring: tuple[DaySketch, ...] = ()
    pairs: tuple[Pair, ...] = ()
    days: tuple[DayFacts, ...] = ()

    def closed(self, sketch: DaySketch, entries: int, noise: Noise) -> Revisits:
        """Return the series after one more day: its pairs with the ring are taken, then it joins.

        What has left the ring of 8 days is gone.

        Raises:
            ValueError: the day is not later than those already closed.
        """
        self._refuse_earlier(sketch.day)
        ring = _within(self.ring, sketch.day)
        pairs = [pair_of(earlier, sketch, noise) for earlier in (*ring, sketch)]
        facts = DayFacts(sketch.day, sketch.visits, entries)
        return Revisits(
            (*ring, sketch)[-RING_DAYS:], (*self.pairs, *pairs), (*self.days, facts)
        ).trimmed(sketch.day)

    def dropped(self, day: date, entries: int, why: Dropped) -> Revisits:
        """Return the series after a day without a sketch.

        Raises:
            ValueError: the day is not later than those already closed.
        """
        self._refuse_earlier(day)
        facts = DayFacts(day, None, entries, why)
        return replace(self, ring=_within(self.ring, day), days=(*self.days, facts)).trimmed(day)

    def trimmed(self, today: date) -> Revisits:
        """Return the series without what may not be kept, or is of a clock that went ahead."""
        days = (facts.day for facts in self.days)
        kept = {day for day in days if 0 <= (today - day).days < KEPT_DAYS}
        return Revisits(
            _within(self.ring, today),
            tuple(pair for pair in self.pairs if pair.day in kept and pair.later in kept),
            tuple(facts for facts in self.days if facts.day in kept),
        )

    def _refuse_earlier(self, day: date) -> None:
        if self.days and day <= self.days[-1].day:
            raise ValueError(f"{day} is not after {self.days[-1].day}, the last day closed")


def draw_noise(
    noise: Noise, randbelow: RandBelow, into: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """Draw a day's noise (129,): of the 128 sums, and last of the number of visits.

    It is written `into` an array one by one, so that no list of it is left in freed memory.
    """
    of_sums = (Fraction(str(noise.sigma)) * LENGTH) ** 2
    of_visits = Fraction(str(noise.sigma_visits)) ** 2
    drawn = np.zeros(FEATURES + 1, np.int64) if into is None else into
    for place in range(FEATURES + 1):
        variance = of_sums if place < FEATURES else of_visits
        drawn[place] = discrete_gaussian(variance.numerator, variance.denominator, randbelow)
    return drawn


def pair_of(first: DaySketch, second: DaySketch, noise: Noise) -> Pair:
    """Return the pair scalar of two days; of a day with itself, less what noise and selves add."""
    sums = np.array([first.sums, second.sums], np.float64) / LENGTH
    product = float(sums[0] @ sums[1])
    if first.day == second.day:
        product -= FEATURES * noise.sigma**2 + first.visits
    size = max(first.visits, 1) * max(second.visits, 1)
    return Pair(first.day, (second.day - first.day).days, product / size)


def _within(ring: Iterable[DaySketch], today: date) -> tuple[DaySketch, ...]:
    """Keep the sketches that can still be paired with a day of today or later."""
    return tuple(sketch for sketch in ring if 0 <= (today - sketch.day).days < RING_DAYS)
