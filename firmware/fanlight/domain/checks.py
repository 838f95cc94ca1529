"""A check of the counter on its site: crossings held against a truth, by condition."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fanlight.domain.rates import Checked, Condition, condition_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fanlight.domain.rates import Light
    from fanlight.domain.scoring import Agreement, Passage

CROWD_WINDOW_S = 60.0


@dataclass(frozen=True, slots=True)
class Check:
    """What one clip said about the counter; `clip` names it, and a clip counts once."""

    clip: str
    by_condition: Mapping[Condition, Checked] = field(default_factory=dict)


def check_of(clip: str, agreement: Agreement, truth: Sequence[Passage], light: Light) -> Check:
    """Sort a clip's true, missed and false crossings by how crowded it was around them."""
    times = sorted(passage.at_s for passage in truth)

    def tally(passages: Sequence[Passage]) -> dict[Condition, int]:
        found: dict[Condition, int] = {}
        for passage in passages:
            condition = condition_of(_crossings_a_minute(times, passage.at_s), light)
            found[condition] = found.get(condition, 0) + 1
        return found

    true, missed, false = tally(truth), tally(agreement.missed), tally(agreement.false)
    return Check(
        clip,
        {
            condition: Checked(
                true.get(condition, 0), missed.get(condition, 0), false.get(condition, 0)
            )
            for condition in sorted({*true, *missed, *false})
        },
    )


def _crossings_a_minute(times: Sequence[float], at_s: float) -> float:
    half = CROWD_WINDOW_S / 2
    return sum(at_s - half <= time < at_s + half for time in times) * 60 / CROWD_WINDOW_S
