"""From what was seen of an hour to the whole hour, with an interval."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, lgamma, log, sqrt

LEAST_COVERAGE = 0.1
_TAIL = 0.025


@dataclass(frozen=True, slots=True)
class Estimate:
    """A count for the full hour: most of the probability (95 %) lies from `low` to `high`.

    `best` is the mean, kept below `high` where a small chance of many pulls it above.
    """

    low: int
    best: float
    high: int


def full_hour(counted: int, coverage: float) -> Estimate | None:
    """Estimate a full hour's count from the part of it that was seen.

    Events are taken as a Poisson process whose rate was the same in the unseen part. With
    Jeffreys' prior the count of the unseen part is negative binomial with r = counted + 1/2 and
    p = coverage (Gelman et al., Bayesian Data Analysis, 3rd ed., section 2.6). None below 10 %
    coverage: too little was seen to say. Errors of the counter itself are not part of it.

    Raises:
        ValueError: a negative count, or a coverage outside 0 to 1.
    """
    if counted < 0 or not 0 <= coverage <= 1:
        raise ValueError(f"{counted} counted at coverage {coverage}: not a count and a share")
    if coverage < LEAST_COVERAGE:
        return None
    if coverage == 1:
        return Estimate(counted, float(counted), counted)
    r = counted + 0.5
    low, high = _quantiles(r, coverage)
    mean = r * (1 - coverage) / coverage
    return Estimate(counted + low, counted + min(mean, high), counted + high)


def _quantiles(r: float, p: float) -> tuple[int, int]:
    """Return the lower and upper quantile of a negative binomial count."""
    mean, spread = r * (1 - p) / p, sqrt(r * (1 - p)) / p
    below, low = 0.0, 0
    k = max(0, int(mean - 12 * spread))
    while True:
        below += exp(lgamma(k + r) - lgamma(k + 1) - lgamma(r) + r * log(p) + k * log(1 - p))
        if below < _TAIL:
            low = k + 1
        if below >= 1 - _TAIL or k > mean + 40 * spread + 40:
            return low, k
        k += 1
