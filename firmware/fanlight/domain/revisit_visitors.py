"""At least how many different people came in a week: F1^2 / F2, from sums that know nobody."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, sqrt
from typing import TYPE_CHECKING

from fanlight.domain.revisit_features import FEATURES
from fanlight.domain.revisit_guards import is_valid

if TYPE_CHECKING:
    from fanlight.domain.privacy_budget import Noise
    from fanlight.domain.revisit_estimate import Kernel
    from fanlight.domain.revisits import Revisits

WEEK_DAYS = 7
ONE_SIDED = 1.645


@dataclass(frozen=True, slots=True)
class LeastVisitors:
    """`least` different people made the `visits` of the newest week's `days` valid days."""

    least: int
    visits: int
    days: int


def least_visitors(revisits: Revisits, kernel: Kernel, noise: Noise) -> LeastVisitors | None:
    """Return a lower bound with 95 % confidence, None without a valid day in the newest week.

    With f_i visits of person i, F1 = sum f_i and F2 = sum f_i^2, there are at least F1^2 / F2
    people (Cauchy-Schwarz; the second moment of Alon, Matias, Szegedy, 1996). F2 is taken from
    above: strangers who look alike by chance count as the same person, so the bound is far below
    the truth in a busy shop, and true.
    """
    newest = revisits.days[-1].day if revisits.days else None
    week = [
        facts
        for facts in revisits.days
        if newest and (newest - facts.day).days < WEEK_DAYS and is_valid(facts)
    ]
    if not week:
        return None
    visits = {facts.day.toordinal(): facts.visits or 0 for facts in week}
    first = float(sum(visits.values()))
    likeness = 0.0
    for pair in revisits.pairs:
        start = pair.day.toordinal()
        if start in visits and start + pair.lag in visits:
            couples = 1 if pair.lag == 0 else 2
            likeness += couples * pair.value * visits[start] * visits[start + pair.lag]
    spread = len(week) * noise.sigma**2 + first / FEATURES
    error = sqrt(2 * FEATURES * spread**2 + 4 * max(likeness, 0.0) * spread)
    same = max(0.0, likeness + ONE_SIDED * error) / (kernel.same * (1 - kernel.error))
    return LeastVisitors(floor(first**2 / (first + same)), round(first), len(week))
