"""How often the counter misses somebody or counts nobody, by crowding and sight."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from fanlight.domain.cumulants import Cumulants, beta, gamma, reciprocal
from fanlight.domain.moment import Cause

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CROWDED_A_MINUTE: Final = 30.0
"""Crossings of one line, both ways, from which on it is crowded there."""
POOR_SIGHT: Final = frozenset(
    {
        Cause.TOO_DARK,
        Cause.TOO_SLOW,
        Cause.TOO_HOT,
        Cause.ACCELERATOR_FALLBACK,
        Cause.ACCELERATOR_SLOW_LINK,
        Cause.CAMERA_REPEATS,
    }
)
"""Causes under which people are counted, but less well."""


class Crowding(StrEnum):
    """How many come at once."""

    CALM = "calm"
    CROWDED = "crowded"


class Light(StrEnum):
    """How well the device can see."""

    CLEAR = "clear"
    POOR = "poor"


@dataclass(frozen=True, slots=True, order=True)
class Condition:
    """What it is like at a line for a while; the error rates depend on it."""

    crowding: Crowding = Crowding.CALM
    light: Light = Light.CLEAR


@dataclass(frozen=True, slots=True)
class Checked:
    """Counted crossings held against the truth: `missed` of `true`, and `false` beside them.

    A false crossing is one that nobody made: the second count of a person, or a thing's.
    """

    true: float = 0.0
    missed: float = 0.0
    false: float = 0.0

    def plus(self, other: Checked) -> Checked:
        """Return both together."""
        return Checked(self.true + other.true, self.missed + other.missed, self.false + other.false)

    def weighing(self, crossings: float) -> Checked:
        """Return the same rates, as if measured on at most so many crossings."""
        share = min(1.0, crossings / self.true) if self.true else 0.0
        return Checked(self.true * share, self.missed * share, self.false * share)


@dataclass(frozen=True, slots=True)
class Rates:
    """What is known of one condition's rates: missed and false crossings per true one."""

    miss: Cumulants
    false: Cumulants

    @classmethod
    def of(cls, checked: Checked) -> Rates:
        """Return the posterior after a check, from Jeffreys' priors."""
        caught = checked.true - checked.missed
        return cls(
            beta(checked.missed + 0.5, caught + 0.5),
            gamma(checked.false + 0.5, max(checked.true, 1.0)),
        )

    @property
    def correction(self) -> Cumulants:
        """What a count is multiplied by to get the number of people: 1 / (1 - miss + false)."""
        miss, false = self.miss, self.false
        counted = Cumulants(
            1 - miss.mean + false.mean,
            miss.variance + false.variance,
            false.third - miss.third,
        )
        return reciprocal(counted)


CARD: Final[Mapping[Condition, Checked]] = {
    Condition(Crowding.CALM): Checked(382, 14, 11),
    Condition(Crowding.CROWDED): Checked(619, 104, 13),
    Condition(Crowding.CALM, Light.POOR): Checked(72, 1, 2),
    Condition(Crowding.CROWDED, Light.POOR): Checked(43, 7, 3),
}
"""Crossings of rendered sequences, from models/detector/own/CARD.md (poor light is "by night"
there): what stands in for a check of the site until there is one."""
CARD_WEIGHT: Final = {Light.CLEAR: 20.0, Light.POOR: 10.0}
"""How many crossings of the site the card's are worth: a drawing is not the door in question."""


@dataclass(frozen=True, slots=True)
class ErrorRates:
    """The rates of every condition, and on how many of the site's own crossings they rest."""

    by_condition: Mapping[Condition, Rates]
    site_crossings: int = 0

    @classmethod
    def from_checks(cls, checks: Iterable[Mapping[Condition, Checked]] = ()) -> ErrorRates:
        """Weigh the card's rates together with the checks of a site, each by condition."""
        total = dict.fromkeys(CARD, Checked())
        for check in checks:
            for condition, checked in check.items():
                total[condition] = total[condition].plus(checked)
        return cls(
            {
                condition: Rates.of(
                    CARD[condition].weighing(_card_weight(condition, site)).plus(site)
                )
                for condition, site in total.items()
            },
            round(sum(site.true for site in total.values())),
        )

    @classmethod
    def perfect(cls) -> ErrorRates:
        """Return the rates of a counter without errors."""
        none = Rates(Cumulants(0.0), Cumulants(0.0))
        return cls(dict.fromkeys(CARD, none))

    @property
    def source(self) -> str:
        """Say where the rates come from."""
        if self.site_crossings:
            return f"{self.site_crossings} checked crossings of this site"
        return "the detector's card: rendered sequences, not this site"


def _card_weight(condition: Condition, site: Checked) -> float:
    """The card steps back as the site's own crossings come in."""
    weight = CARD_WEIGHT[condition.light]
    return max(0.0, weight - site.true / 5)


def condition_of(crossings_a_minute: float, light: Light = Light.CLEAR) -> Condition:
    """Tell the condition from the crossings of a line both ways."""
    crowded = crossings_a_minute >= CROWDED_A_MINUTE
    return Condition(Crowding.CROWDED if crowded else Crowding.CALM, light)


UNCHECKED: Final = ErrorRates.from_checks()
"""The rates of a counter that nobody has checked on its site."""
