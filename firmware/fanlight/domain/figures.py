"""Figures to decide by: each with its interval, coverage and basis, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, sqrt
from typing import TYPE_CHECKING

from fanlight.domain.cumulants import Cumulants, Z

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST_DAYS_FOR_SPREAD = 10


@dataclass(frozen=True, slots=True)
class NotEnough:
    """There is no figure, because of this."""

    because: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, most likely (95 %) from `low` to `high`.

    `coverage` is the share of the time in question that was seen, `basis` says what it rests on;
    a ratio is `of` this numerator and this denominator, so that it can be added to others.
    """

    best: float
    low: float
    high: float
    coverage: float
    basis: str
    of: tuple[float, float] | None = None


Answer = Figure | NotEnough


@dataclass(frozen=True, slots=True)
class Ratio:
    """A share or a rate as numerator and denominator; ratios are added up, never averaged.

    `numerator` and `denominator` are sums over the same time, `daily` their parts by day.
    """

    numerator: Cumulants
    denominator: Cumulants
    daily: tuple[tuple[float, float], ...] = ()

    @property
    def value(self) -> float:
        """The quotient of the sums.

        Raises:
            ZeroDivisionError: the denominator is zero.
        """
        return self.numerator.mean / self.denominator.mean

    def bounds(self, bunching: float = 1.0) -> tuple[float, float]:
        """Return the interval of the rate behind the ratio, on a logarithmic scale.

        Two things make it wide. What is uncertain about the sums themselves comes from their
        cumulants. What a rate leaves to chance comes from how the days differ where there are
        at least ten (linearised ratio estimator: Cochran, Sampling Techniques, 3rd ed., 1977,
        section 6.4), and else from two Poisson counts of people who come `bunching` at a time.
        """
        top, bottom = self.numerator, self.denominator
        measured = top.variance / top.mean**2 + bottom.variance / bottom.mean**2
        chance = self._spread_of_days()
        if chance is None:
            chance = bunching * (1 / top.mean + 1 / bottom.mean)
        half = Z * sqrt(measured + chance)
        return self.value * exp(-half), self.value * exp(half)

    def _spread_of_days(self) -> float | None:
        """Return the relative variance of the ratio as the days tell it."""
        if len(self.daily) < LEAST_DAYS_FOR_SPREAD:
            return None
        tops = sum(top for top, _ in self.daily)
        bottoms = sum(bottom for _, bottom in self.daily)
        ratio, count = tops / bottoms, len(self.daily)
        squares = sum((top - ratio * bottom) ** 2 for top, bottom in self.daily)
        return squares * count / (count - 1) / tops**2


def share_bounds(ratio: Ratio, bunching: float = 1.0) -> tuple[float, float]:
    """Return bounds of a share a / (a + b) from its odds a / b: they stay within 0 and 1."""
    low, high = ratio.bounds(bunching)
    return low / (1 + low), high / (1 + high)


def middle(values: Sequence[float]) -> float:
    """Return the median."""
    ordered, count = sorted(values), len(values)
    return (ordered[(count - 1) // 2] + ordered[count // 2]) / 2
