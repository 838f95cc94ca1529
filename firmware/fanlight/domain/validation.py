"""What a check of the counter says: agreement, error rates, and the verdict of the test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fanlight.domain.checks import Check, check_of
from fanlight.domain.crossings import Crossing
from fanlight.domain.equivalence import Outcome, blocks_of, equivalence, rate_bounds
from fanlight.domain.scoring import Passage, compare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fanlight.domain.equivalence import Equivalence, Margin
    from fanlight.domain.events import Event
    from fanlight.domain.rates import Light
    from fanlight.domain.scoring import Agreement


@dataclass(frozen=True, slots=True)
class ClipFacts:
    """What is known of a clip: its name, every crossing, and how well one could see."""

    name: str
    truth: Sequence[Passage]
    optional: Sequence[Passage]
    light: Light


@dataclass(frozen=True, slots=True)
class Validation:
    """A clip's count held against its truth."""

    clip: ClipFacts
    agreement: Agreement
    verdict: Equivalence
    check: Check

    @property
    def true(self) -> int:
        """How many crossings were made."""
        return len(self.clip.truth)

    @property
    def miss_rate(self) -> tuple[float, float, float]:
        """Missed crossings by true ones, with 95 % bounds."""
        missed = len(self.agreement.missed)
        return (missed / self.true, *rate_bounds(self.true, missed, shared=True))

    @property
    def false_rate(self) -> tuple[float, float, float]:
        """Crossings counted that nobody made, by true ones, with 95 % bounds."""
        false = len(self.agreement.false)
        return (false / self.true, *rate_bounds(self.true, false, shared=False))


def validate(clip: ClipFacts, events: Sequence[Event], margin: Margin) -> Validation:
    """Hold the events counted on a clip against its truth; all lines together.

    Raises:
        ValueError: the truth has no crossing.
    """
    counted = [
        Passage(event.at_ns / 1e9, event.direction)
        for event in events
        if isinstance(event, Crossing)
    ]
    agreement = compare(counted, clip.truth, clip.optional)
    return Validation(
        clip,
        agreement,
        equivalence(agreement, blocks_of(clip.truth, agreement), margin),
        check_of(clip.name, agreement, clip.truth, clip.light),
    )


def validation_to_plain(found: Validation) -> dict[str, Any]:
    """Say a validation in strings, numbers, lists and dicts, ready for JSON."""
    verdict = found.verdict
    return {
        "clip": found.clip.name,
        "true": found.true,
        "matched": found.agreement.matched,
        "missed": [_passage(each) for each in found.agreement.missed],
        "false": [_passage(each) for each in found.agreement.false],
        "miss_rate": _rate(found.miss_rate),
        "false_rate": _rate(found.false_rate),
        "test": {
            "verdict": str(verdict.outcome),
            "bias": round(verdict.bias, 4),
            "low": round(verdict.low, 4),
            "high": round(verdict.high, 4),
            "margin": verdict.margin.margin,
            "risk": verdict.margin.risk,
            "more_crossings": verdict.more,
        },
        "conditions": [
            {
                "crowding": str(condition.crowding),
                "light": str(condition.light),
                "true": each.true,
                "missed": each.missed,
                "false": each.false,
            }
            for condition, each in found.check.by_condition.items()
        ],
    }


def verdict_in_words(verdict: Equivalence) -> str:
    """Say the verdict, what it was tested against, and what it takes to get one."""
    margin, risk = verdict.margin.margin, verdict.margin.risk
    shown = f"bias {verdict.bias:+.1%} ({verdict.low:+.1%} to {verdict.high:+.1%})"
    tested = f"margin {margin:.0%}, risk {risk:.0%}"
    if verdict.outcome is not Outcome.UNDECIDED:
        return f"{verdict.outcome}: {shown}, {tested}"
    if verdict.more is None:
        return f"{verdict.outcome}: {shown}, {tested}; so near the margin that no check tells"
    return f"{verdict.outcome}: {shown}, {tested}; about {verdict.more} more crossings would tell"


def _passage(passage: Passage) -> dict[str, Any]:
    return {"at_s": round(passage.at_s, 2), "direction": str(passage.direction)}


def _rate(rate: tuple[float, float, float]) -> dict[str, float]:
    best, low, high = rate
    return {"best": round(best, 4), "low": round(low, 4), "high": round(high, 4)}
