"""Pair scalars -> the share of visits that are followed by another one k days later.

G_ts = a_t + a_s + rho_|t-s|: the effects a of the days absorb the chance likeness of strangers,
people who are there at every lag (staff) cancel, and the lags 4 to 6 are the background against
which the others are told.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from fanlight.domain.revisits import DayFacts, Pair

REFERENCE_LAGS = (4, 5, 6)
FREE_LAGS = (0, 1, 2, 3, 7)
LEVEL = 0.90
SPREAD = 1.25
"""Pairs of days share their days, so plain standard errors are too small by about this."""
LEAST_KERNEL_ERROR = 0.15
ONE_DAY_MORE = 4 / 3
"""Drift at lag 0 for that at lag 1, above lags 4 to 6, where a tenth is forgotten every day."""


@dataclass(frozen=True, slots=True)
class Kernel:
    """Means of the sketch's kernel as the embedder's card states them.

    `same` is of one person on two visits less that of two people, `error` its relative error.
    """

    same: float
    error: float = LEAST_KERNEL_ERROR

    @staticmethod
    def of_card(same: float, different: float, same_interval: tuple[float, float]) -> Kernel:
        """Return what a card's means come to.

        Raises:
            ValueError: one person's pictures are no more alike than two people's.
        """
        above = same - different
        if not above > 0:
            raise ValueError(f"same-person kernel mean {same} is not above {different}")
        half = (same_interval[1] - same_interval[0]) / 2
        return Kernel(above, max(LEAST_KERNEL_ERROR, half / above))


@dataclass(frozen=True, slots=True)
class Share:
    """A share of visits followed by another `lag` days later, above the background lags.

    All are shares (0.2 is 20 points); `error` is the standard error of the regression, `half` the
    half-width of the interval. Noise can make `best` negative.
    """

    lag: int
    best: float
    error: float
    half: float

    @property
    def low(self) -> float:
        """The lower end of the interval."""
        return self.best - self.half

    @property
    def high(self) -> float:
        """The upper end of the interval."""
        return self.best + self.half


@dataclass(frozen=True, slots=True)
class Fit:
    """What the regression found: a share for each free lag, and what speaks for or against it.

    `placebo` is the share that lag 5 seems to have against lags 4 and 6, where nothing should be,
    with its standard error; `drift` is the root mean square distance between the mean vectors of
    days 4 to 6 apart, in lengths of one visit's vector.
    """

    shares: Mapping[int, Share]
    placebo: float
    placebo_error: float
    drift: float


def fit(pairs: Iterable[Pair], days: Sequence[DayFacts], kernel: Kernel) -> Fit | None:
    """Fit the pairs of the given days; None where they do not determine every lag.

    The share is rho / (mean(1/N) kappa): kappa is the kernel's, N the entries counted on a day, so
    that visits which could not be embedded do not make the share smaller. A day's pair with itself
    holds each couple of visits twice.
    """
    table = _Table.of(pairs, days)
    unit = kernel.same * float(np.mean([1 / max(facts.entries, 1) for facts in days] or [0]))
    found = table.regressed(FREE_LAGS)
    placebo = table.at(REFERENCE_LAGS).on_its_own().regressed((5,))
    if found is None or placebo is None:
        return None
    shares = {}
    for place, lag in enumerate(FREE_LAGS):
        couples = 2 if lag == 0 else 1
        best = float(found.effects[place]) / unit / couples
        error = float(found.errors[place]) / unit / couples
        drifted = _drifted(found.effects, lag) / unit / couples
        chance = SPREAD * student_t(found.freedom) * error
        shares[lag] = Share(
            lag, best, error, sqrt(chance**2 + (kernel.error * best) ** 2 + drifted**2)
        )
    return Fit(
        shares,
        float(placebo.effects[0]) / unit,
        float(placebo.errors[0]) / unit,
        table.drift(),
    )


def _drifted(effects: NDArray[np.float64], lag: int) -> float:
    """Return how much of a lag's effect may be drift of the picture instead of people.

    Days that follow each other look more alike than days 4 to 6 apart, at most as much more as a
    day is like itself (lag 0); a share is rho times N, so in a busy shop this counts. People who
    come twice a day are in it too: the interval may be too wide by them, never too narrow. What
    may be drift at lag 0 is told from lag 1 and its decay.
    """
    of_lag_0, of_lag_1 = (max(0.0, float(effects[FREE_LAGS.index(each)])) for each in (0, 1))
    return of_lag_1 * ONE_DAY_MORE if lag == 0 else of_lag_0


def student_t(freedom: int, level: float = LEVEL) -> float:
    """Return the two-sided quantile of Student's t (Abramowitz and Stegun 26.7.5)."""
    z = NormalDist().inv_cdf((1 + level) / 2)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3


@dataclass(frozen=True, slots=True)
class _Regressed:
    """The free lags' effects, their standard errors, and the degrees of freedom."""

    effects: NDArray[np.float64]
    errors: NDArray[np.float64]
    freedom: int


@dataclass(frozen=True, slots=True)
class _Table:
    """Pairs as columns: the rows of their two days, the lag and the value."""

    firsts: NDArray[np.int64]
    seconds: NDArray[np.int64]
    lags: NDArray[np.int64]
    values: NDArray[np.float64]
    days: int

    @staticmethod
    def of(pairs: Iterable[Pair], days: Sequence[DayFacts]) -> _Table:
        """Keep the pairs of which both days are given."""
        rows = {facts.day.toordinal(): row for row, facts in enumerate(days)}
        held = [
            (rows[first], rows[first + pair.lag], pair.lag, pair.value)
            for pair in pairs
            if (first := pair.day.toordinal()) in rows and first + pair.lag in rows
        ]
        firsts, seconds, lags, values = np.array(held, np.float64).reshape(-1, 4).T
        ends = np.stack([firsts, seconds]).astype(np.int64)
        return _Table(ends[0], ends[1], lags.astype(np.int64), values, len(days))

    def at(self, lags: tuple[int, ...]) -> _Table:
        """Return the pairs of some lags."""
        those = np.isin(self.lags, lags)
        firsts, seconds = self.firsts[those], self.seconds[those]
        return _Table(firsts, seconds, self.lags[those], self.values[those], self.days)

    def on_its_own(self) -> _Table:
        """Return the table without the days that no pair holds."""
        held, places = np.unique([self.firsts, self.seconds], return_inverse=True)
        firsts, seconds = places.reshape(2, -1)
        return _Table(firsts, seconds, self.lags, self.values, len(held))

    def regressed(self, free: tuple[int, ...]) -> _Regressed | None:
        """Fit day effects and free lags by OLS; None where the pairs do not determine them."""
        columns = self.days + len(free)
        freedom = len(self.values) - columns
        if freedom < 1:
            return None
        every = np.arange(len(self.values))
        design = np.zeros((len(self.values), columns))
        design[every, self.firsts] += 1.0
        design[every, self.seconds] += 1.0
        for place, lag in enumerate(free):
            design[self.lags == lag, self.days + place] = 1.0
        normal = design.T @ design
        if np.linalg.matrix_rank(normal, hermitian=True) < columns:
            return None
        inverse = np.linalg.inv(normal)
        effects = inverse @ (design.T @ self.values)
        residual = self.values - design @ effects
        variances = np.diag(inverse) * float(residual @ residual) / freedom
        return _Regressed(effects[self.days :], np.sqrt(variances[self.days :]), freedom)

    def drift(self) -> float:
        """Return how far the mean vectors of days 4 to 6 apart lie from each other."""
        own = np.full(self.days, np.nan)
        own[self.firsts[self.lags == 0]] = self.values[self.lags == 0]
        far = self.at(REFERENCE_LAGS)
        squares = (own[far.firsts] + own[far.seconds]) / 2 - far.values
        return sqrt(max(0.0, float(np.mean(squares))))
