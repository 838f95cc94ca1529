"""Numbers that are not known exactly: their mean, spread and lean, and the interval they give."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

LEVEL = 0.95
Z = NormalDist().inv_cdf((1 + LEVEL) / 2)


@dataclass(frozen=True, slots=True)
class Cumulants:
    """The first three cumulants of a number; those of independent numbers add."""

    mean: float
    variance: float = 0.0
    third: float = 0.0

    def plus(self, other: Cumulants) -> Cumulants:
        """Return the sum with an independent number."""
        return Cumulants(
            self.mean + other.mean, self.variance + other.variance, self.third + other.third
        )

    def times(self, factor: float) -> Cumulants:
        """Return the number multiplied by one that is known exactly."""
        return Cumulants(self.mean * factor, self.variance * factor**2, self.third * factor**3)

    def quantile(self, z: float) -> float:
        """Return the quantile of a standard normal `z` by a Pearson type III distribution.

        The cube-root approximation of Wilson and Hilferty, Proc. Nat. Acad. Sci. 17, 1931; never
        beyond the end of the distribution's short tail.
        """
        if self.variance <= 0.0:
            return self.mean
        spread = sqrt(self.variance)
        lean = self.third / spread**3
        if abs(lean) < 1e-6:
            return self.mean + z * spread
        root = 1 + lean * z / 6 - lean**2 / 36
        standard = 2 / lean * (max(root, 0.0) ** 3 - 1)
        return self.mean + spread * standard

    def interval(self, z: float = Z) -> tuple[float, float]:
        """Return the bounds between which the number lies, most likely (95 %)."""
        return self.quantile(-z), self.quantile(z)


def beta(hits: float, others: float) -> Cumulants:
    """Return the cumulants of a Beta distribution with these two parameters."""
    total = hits + others
    mean = hits / total
    variance = hits * others / (total**2 * (total + 1))
    third = 2 * (others - hits) * hits * others / (total**3 * (total + 1) * (total + 2))
    return Cumulants(mean, variance, third)


def gamma(events: float, exposure: float) -> Cumulants:
    """Return the cumulants of a Gamma distribution: so many events in so much exposure."""
    return Cumulants(events / exposure, events / exposure**2, 2 * events / exposure**3)


def reciprocal(number: Cumulants) -> Cumulants:
    """Return the cumulants of 1 / number, to the second order in its spread (delta method).

    Raises:
        ValueError: the mean is not positive.
    """
    if number.mean <= 0:
        raise ValueError(f"nothing can be divided by {number.mean:g}")
    relative = number.variance / number.mean**2
    mean = (1 + relative) / number.mean
    variance = number.variance / number.mean**4
    third = -number.third / number.mean**6 + 6 * number.variance**2 / number.mean**7
    return Cumulants(mean, variance, third)
