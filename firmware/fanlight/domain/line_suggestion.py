"""What is left of a trial of lines: sums by line, and whether one of them counts more surely."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from math import exp, lgamma, log, sqrt
from typing import TYPE_CHECKING, Any, Final

from fanlight.domain.cumulants import Z
from fanlight.domain.geometry import CountingLine, Point

if TYPE_CHECKING:
    from collections.abc import Mapping

LEAST_WALKS: Final = 200
LEAST_GAIN: Final = 0.02
RISK: Final = 0.05
OTHER_PEOPLE: Final = 0.1
"""Lines that differ in more of their walks than this stand in different doorways."""


@dataclass(frozen=True, slots=True)
class LineSuggestion:
    """A line by which more walks are clean.

    `gain` is the share of the `walks` at either line that becomes clean, less the share that no
    longer is; it is most likely (95 %) from `low` to `high`.
    """

    line: CountingLine
    walks: int
    gain: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class LineTally:
    """One line's walks; `gained` are clean here but not at the configured line, `lost` vice versa.

    `either` is how many walks were clean or broken at this line, the configured one or both.
    """

    clean: int = 0
    broken: int = 0
    gained: int = 0
    lost: int = 0
    either: int = 0

    @property
    def seen(self) -> int:
        """How many walks were at this line, clean or broken."""
        return self.clean + self.broken

    def plus(self, other: LineTally) -> LineTally:
        """Return both together."""
        pairs = zip(astuple(self), astuple(other), strict=True)
        return LineTally(*(one + more for one, more in pairs))

    def counts_other_people(self, configured: LineTally) -> bool:
        """Whether too many walks were at only one of this line and the configured one."""
        at_one_only = 2 * self.either - self.seen - configured.seen
        return at_one_only > OTHER_PEOPLE * self.either


@dataclass(frozen=True, slots=True)
class TrialSums:
    """The tallies of the lines on trial, the configured one first; `margin` is what they rest on.

    Raises:
        ValueError: there are not as many tallies as lines, or none.
    """

    lines: tuple[CountingLine, ...]
    margin: float
    tallies: tuple[LineTally, ...]

    def __post_init__(self) -> None:
        if not self.lines or len(self.lines) != len(self.tallies):
            raise ValueError(f"{len(self.tallies)} tallies do not fit {len(self.lines)} lines")

    def is_of_same_trial(self, other: TrialSums) -> bool:
        """Whether both judged the same lines by the same margin."""
        return self.lines == other.lines and self.margin == other.margin

    def plus(self, other: TrialSums) -> TrialSums:
        """Return both together.

        Raises:
            ValueError: they are of different trials.
        """
        if not self.is_of_same_trial(other):
            raise ValueError("sums of different lines cannot be added; begin anew")
        pairs = zip(self.tallies, other.tallies, strict=True)
        return TrialSums(self.lines, self.margin, tuple(one.plus(more) for one, more in pairs))

    def suggestion(self, least_walks: int = LEAST_WALKS) -> LineSuggestion | None:
        """Return the line with the largest gain, None where the configured one is as good.

        The gain must be worth the trouble, beyond chance for as many lines as were tried
        (Bonferroni), and of the same people.
        """
        configured, *others = self.tallies
        if configured.seen < least_walks:
            return None
        found = [
            _suggestion(line, tally)
            for line, tally in zip(self.lines[1:], others, strict=True)
            if not tally.counts_other_people(configured)
            and doubt(tally.gained, tally.lost) * len(others) < RISK
        ]
        best = max(found, key=lambda each: each.gain, default=None)
        return best if best is not None and best.gain >= LEAST_GAIN else None

    def to_plain(self) -> dict[str, Any]:
        """Say the sums in strings, numbers, lists and dicts, ready for JSON."""
        return {
            "line": self.lines[0].name,
            "margin": self.margin,
            "ends": [[n.start.x, n.start.y, n.end.x, n.end.y] for n in self.lines],
            "tallies": [list(astuple(tally)) for tally in self.tallies],
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> TrialSums:
        """Return the sums that were said so.

        Raises:
            KeyError, TypeError, ValueError: they are none.
        """
        name = str(plain["line"])
        lines = tuple(
            CountingLine(name, Point(float(x1), float(y1)), Point(float(x2), float(y2)))
            for x1, y1, x2, y2 in plain["ends"]
        )
        tallies = tuple(LineTally(*map(int, figures)) for figures in plain["tallies"])
        if any(figure < 0 for tally in tallies for figure in astuple(tally)):
            raise ValueError(f"line '{name}': a sum of walks is below 0")
        return cls(lines, float(plain["margin"]), tallies)


def doubt(gained: int, lost: int) -> float:
    """Return how likely a difference as large, either way, is if neither line is better.

    McNemar's test in its exact form: the discordant pairs fall on either side like a coin
    (McNemar, Psychometrika 12, 1947; two-sided, twice the smaller tail).
    """
    pairs, fewer = gained + lost, min(gained, lost)
    ways = lgamma(pairs + 1) - lgamma(fewer + 1) - lgamma(pairs - fewer + 1)
    tail, term = 0.0, exp(ways - pairs * log(2))
    for hits in range(fewer, -1, -1):
        tail += term
        term *= hits / (pairs - hits + 1)
        if term < tail * 1e-17:
            break
    return min(1.0, 2 * tail)


def gain_bounds(gained: int, lost: int, walks: int) -> tuple[float, float]:
    """Return the 95 % bounds of the gain, a difference of two shares of the same walks.

    The adjusted Wald interval of Bonett and Price, Journal of Educational and Behavioral
    Statistics 37, 2012: one walk is added to each kind of discordant pair.
    """
    more, less, whole = gained + 1, lost + 1, walks + 2
    middle = (more - less) / whole
    half = Z * sqrt(((more + less) / whole - middle**2) / whole)
    return max(-1.0, middle - half), min(1.0, middle + half)


def _suggestion(line: CountingLine, tally: LineTally) -> LineSuggestion:
    low, high = gain_bounds(tally.gained, tally.lost, tally.either)
    gain = (tally.gained - tally.lost) / tally.either
    return LineSuggestion(line, tally.either, gain, low, high)
