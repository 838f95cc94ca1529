"""How well counted crossings agree with the truth: missed and false ones, not just sums."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fanlight.domain.crossings import Direction


@dataclass(frozen=True, slots=True, order=True)
class Passage:
    """One crossing, as counted or as annotated: when in s since the clip's start, and which way."""

    at_s: float
    direction: Direction


@dataclass(frozen=True, slots=True)
class Agreement:
    """Crossings that agree, those that nobody counted, and those that nobody made."""

    matched: int
    missed: tuple[Passage, ...]
    false: tuple[Passage, ...]

    @property
    def errors(self) -> int:
        """Missed and false crossings together."""
        return len(self.missed) + len(self.false)


def compare(
    counted: Sequence[Passage],
    truth: Sequence[Passage],
    optional: Sequence[Passage] = (),
    within_s: float = 1.2,
) -> Agreement:
    """Pair counted with true crossings of the same direction and at most `within_s` apart.

    Pairs are made in the order of time, which leaves the fewest unpaired on a line of time.
    `optional` crossings excuse a count that is otherwise false, and nobody misses them.
    """
    missed, left = _pair(truth, counted, within_s)
    _, false = _pair(optional, left, within_s)
    return Agreement(len(truth) - len(missed), tuple(missed), tuple(false))


def _pair(
    truth: Sequence[Passage], counted: Sequence[Passage], within_s: float
) -> tuple[list[Passage], list[Passage]]:
    """Return the unpaired of both sides."""
    left = sorted(counted)
    missed = []
    for passage in sorted(truth):
        pair = next(
            (
                other
                for other in left
                if other.direction is passage.direction
                and abs(other.at_s - passage.at_s) <= within_s
            ),
            None,
        )
        if pair is None:
            missed.append(passage)
        else:
            left.remove(pair)
    return missed, left
