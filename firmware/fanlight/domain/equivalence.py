"""Does a counter agree with the truth well enough? An equivalence test with three answers.

Two one-sided tests (TOST): a counter is accepted once its bias is shown to lie within the margin,
rejected once it is shown to lie outside, undecided until then. A counter that was hardly checked is
therefore never accepted, unlike in a test for a difference (Siebert and Ellenberger, Validation of
automatic passenger counting: introducing the t-test-induced equivalence test, Transportation 47,
2020).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import ceil, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING, Final

from fanlight.domain.cumulants import Cumulants, beta, gamma
from fanlight.domain.jackknife import students_t

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fanlight.domain.scoring import Agreement, Passage

BLOCK_S: Final = 60.0
ENOUGH_BLOCKS: Final = 30
ASSUMED_CLUMPING: Final = 2.0
"""Errors come together, such as in bad light. Fewer blocks cannot show that they do not."""
POWER: Final = 0.8
MOST_MORE: Final = 100_000


class Outcome(StrEnum):
    """What a test says."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of time: crossings that were made, and that were counted."""

    true: int
    counted: int


@dataclass(frozen=True, slots=True)
class Margin:
    """How far off a counter may be, relative, and how likely a wrong acceptance may be.

    Raises:
        ValueError: either is not between 0 and 1/2.
    """

    margin: float = 0.05
    risk: float = 0.05

    def __post_init__(self) -> None:
        if not (0 < self.margin < 0.5 and 0 < self.risk < 0.5):
            raise ValueError(f"margin {self.margin:g} and risk {self.risk:g} must be within 0..1/2")


@dataclass(frozen=True, slots=True)
class Equivalence:
    """The verdict, the relative bias of the count with the interval that decides it (1 - 2 risk).

    `more` crossings are needed for a verdict, four times out of five, if the bias is what it
    seems; None where it is so near the margin that a hundred thousand would not do.
    """

    outcome: Outcome
    bias: float
    low: float
    high: float
    margin: Margin
    more: int | None


def equivalence(agreement: Agreement, blocks: Sequence[Block], margin: Margin) -> Equivalence:
    """Test a counter's bias: false less missed crossings, by true ones.

    The interval is the wider of two: Student's t over the blocks, which knows that errors come
    together, and the posterior of the two rates, which knows that a few crossings without an
    error prove little.

    Raises:
        ValueError: the truth has no crossing.
    """
    missed, false = len(agreement.missed), len(agreement.false)
    true = agreement.matched + missed
    if not true:
        raise ValueError("the truth has no crossing; a check needs people")
    errors = _Errors(true, missed, false, _clumping(blocks, missed + false, margin))
    low, high = errors.bounds(NormalDist().inv_cdf(1 - margin.risk), margin.margin)
    outcome = _outcome(low, high, margin.margin)
    more = 0 if outcome is not Outcome.UNDECIDED else _more(errors, margin)
    return Equivalence(outcome, errors.bias, low, high, margin, more)


def blocks_of(
    truth: Sequence[Passage], agreement: Agreement, block_s: float = BLOCK_S
) -> list[Block]:
    """Cut a clip into stretches of a minute; those without anybody say nothing and are left out."""
    true = _tally(truth, block_s)
    missed, false = _tally(agreement.missed, block_s), _tally(agreement.false, block_s)
    return [
        Block(made := true.get(number, 0), made - missed.get(number, 0) + false.get(number, 0))
        for number in sorted({*true, *false})
    ]


def _tally(passages: Sequence[Passage], block_s: float) -> dict[int, int]:
    counts: dict[int, int] = {}
    for passage in passages:
        number = int(passage.at_s // block_s)
        counts[number] = counts.get(number, 0) + 1
    return counts


@dataclass(frozen=True, slots=True)
class _Errors:
    """Errors by true crossings, and how much they come together: 1 where each comes alone."""

    true: float
    missed: float
    false: float
    clumping: float

    @property
    def bias(self) -> float:
        return (self.false - self.missed) / self.true

    def bounds(self, z: float, margin: float) -> tuple[float, float]:
        """Return the bounds of the bias.

        If it were at the margin there would be more errors, and more spread, than were seen: the
        spread is taken as it would be there.
        """
        extra = gamma(self.false + 0.5, self.true)
        less = beta(self.missed + 0.5, self.true - self.missed + 0.5)
        posterior = extra.plus(less.times(-1.0))
        low, high = posterior.quantile(-z), posterior.quantile(z)
        errors = self.missed + self.false
        at_margin = max(errors, errors + (margin - abs(self.bias)) * self.true)
        half = z * sqrt(self.clumping * at_margin) / self.true
        return min(low, self.bias - half), max(high, self.bias + half)

    def of(self, true: float) -> _Errors:
        """Return errors as frequent, among so many crossings."""
        share = true / self.true
        return _Errors(true, self.missed * share, self.false * share, self.clumping)


def _clumping(blocks: Sequence[Block], errors: int, margin: Margin) -> float:
    """Return how many times as much the blocks differ as errors that come alone would.

    Student's t takes the place of the normal distribution by a factor of its own.
    """
    true, freedom = sum(block.true for block in blocks), len(blocks) - 1
    least = 1.0 if len(blocks) >= ENOUGH_BLOCKS else ASSUMED_CLUMPING
    if freedom < 4 or not true or not errors:
        return least
    ratio = sum(block.counted for block in blocks) / true
    squares = sum((block.counted - ratio * block.true) ** 2 for block in blocks)
    z = NormalDist().inv_cdf(1 - margin.risk)
    wider = students_t(freedom, z) / z
    return max(least, squares * len(blocks) / freedom / errors) * wider**2


def _outcome(low: float, high: float, margin: float) -> Outcome:
    if -margin < low and high < margin:
        return Outcome.ACCEPTED
    if high < -margin or margin < low:
        return Outcome.REJECTED
    return Outcome.UNDECIDED


def _more(errors: _Errors, margin: Margin) -> int | None:
    """Return how many more crossings lead to a verdict if errors stay as frequent."""
    normal = NormalDist()
    z = normal.inv_cdf(1 - margin.risk) + normal.inv_cdf(POWER)
    more = 1.0
    while more <= MOST_MORE:
        low, high = errors.of(errors.true + more).bounds(z, margin.margin)
        if _outcome(low, high, margin.margin) is not Outcome.UNDECIDED:
            return ceil(more)
        more *= 1.15
    return None


def rate_bounds(true: float, errors: float, *, shared: bool) -> tuple[float, float]:
    """Return the 95 % bounds of a rate of errors by true crossings.

    `shared` tells of errors that at most every crossing can have (a miss), unlike false ones.
    """
    rate: Cumulants = (
        beta(errors + 0.5, true - errors + 0.5) if shared else gamma(errors + 0.5, max(true, 1.0))
    )
    low, high = rate.interval()
    return max(0.0, low), min(1.0, high) if shared else high
