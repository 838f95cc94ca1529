"""What a noised sum tells about one visit, in numbers, and the meter that it is charged to.

rho is zero-concentrated differential privacy, in which Gaussian noise composes by addition (Bun
and Steinke, TCC 2016); epsilon at delta is what is published; mu is Gaussian differential privacy
(Dong, Roth, Su, 2022), in which the best test of any adversary has AUC Phi(mu / sqrt 2).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import exp, log, log1p, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

DELTA = 1e-6
SIGMA_BY_EPSILON = {1: 4.22, 2: 2.23, 4: 1.19}
"""Noise of the sum, in lengths of one visit's vector, for each choice that a site has."""
SIGMA_VISITS = 30.0
"""Noise of the number of visits that goes with the sum."""

_phi = NormalDist().cdf
_HALVINGS = 70


class BudgetSpent(Exception):
    """A publication would cost more than the budget allows; str() says what and how much."""


@dataclass(frozen=True, slots=True)
class Noise:
    """Standard deviations: `sigma` of the sum in lengths of one visit, `sigma_visits` in visits."""

    sigma: float
    sigma_visits: float = SIGMA_VISITS

    @staticmethod
    def for_epsilon(epsilon: int) -> Noise:
        """Return the noise for a site's choice.

        Raises:
            ValueError: it is not on offer.
        """
        if epsilon not in SIGMA_BY_EPSILON:
            raise ValueError(f"epsilon {epsilon} is not one of {sorted(SIGMA_BY_EPSILON)}")
        return Noise(SIGMA_BY_EPSILON[epsilon])

    @property
    def rho(self) -> float:
        """What one day's sum and number of visits cost each visit of it."""
        return (self.sigma**-2 + self.sigma_visits**-2) / 2

    @property
    def mu(self) -> float:
        """The same as Gaussian differential privacy."""
        return sqrt(2 * self.rho)

    @property
    def epsilon(self) -> float:
        """The published epsilon at `DELTA`."""
        return epsilon_of(self.rho, DELTA)


@dataclass(frozen=True, slots=True)
class BudgetMeter:
    """What each day has cost its visits, and the most that any day may cost them."""

    most_rho: float
    spent: Mapping[date, float] = field(default_factory=dict)

    def charged(self, day: date, rho: float) -> BudgetMeter:
        """Return the meter after one more publication about the visits of a day.

        Raises:
            BudgetSpent: it would cost more than the budget.
        """
        total = self.spent.get(day, 0.0) + rho
        if total > self.most_rho * (1 + 1e-9):
            raise BudgetSpent(
                f"{day}: publishing once more would cost a visit epsilon "
                f"{epsilon_of(total, DELTA):.2f}; the budget is "
                f"{epsilon_of(self.most_rho, DELTA):.2f} at delta {DELTA:g}"
            )
        return BudgetMeter(self.most_rho, {**self.spent, day: total})

    def mu_of_a_daily_regular(self, newest: int) -> float:
        """Return mu for somebody who came once on each of the newest so many days charged."""
        days = sorted(self.spent)[-newest:]
        return sqrt(2 * sum(self.spent[day] for day in days))


def epsilon_of(rho: float, delta: float) -> float:
    """Return the epsilon at delta that rho implies, as OpenDP accounts it.

    Canonne, Kamath, Steinke (2020), corollary 13: the bound on delta is minimised over its order.
    """
    if rho == 0:
        return 0.0
    highest = rho + 2 * sqrt(rho * log(1 / delta)) + 1
    return _boundary(lambda epsilon: delta_of(rho, epsilon) <= delta, 0.0, highest)


def delta_of(rho: float, epsilon: float) -> float:
    """Return the delta at epsilon that rho implies (see `epsilon_of`)."""

    def is_beyond(order: float) -> bool:
        return (2 * order - 1) * rho - epsilon + log1p(-1 / order) >= 0

    order = _boundary(is_beyond, 1 + 1e-12, (epsilon + 1) / (2 * rho) + 2)
    at_most = (order - 1) * (order * rho - epsilon) + order * log1p(-1 / order)
    return min(1.0, exp(at_most) / (order - 1))


def gaussian_epsilon(mu: float, delta: float) -> float:
    """Return the smallest epsilon at delta of a Gaussian mechanism (Balle and Wang, ICML 2018)."""

    def is_enough(epsilon: float) -> bool:
        kept = _phi(mu / 2 - epsilon / mu) - exp(epsilon) * _phi(-mu / 2 - epsilon / mu)
        return kept <= delta

    return _boundary(is_enough, 0.0, 60.0)


def best_auc(mu: float) -> float:
    """Return the AUC of the best test that any adversary has against mu."""
    return _phi(mu / sqrt(2))


def _boundary(holds: Callable[[float], bool], low: float, high: float) -> float:
    """Return, from above, where a condition that stays true begins to hold."""
    for _halving in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
