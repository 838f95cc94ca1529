"""How many are inside, from counts that are never perfect."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt


@dataclass(frozen=True, slots=True)
class Occupancy:
    """Entries minus exits since the doors were last closed.

    Counting errors add up, so the balance may be below nothing or above zero when everybody has
    left: a display shows `inside`, a report shows `balance`, and closing the doors tells the
    residual. `variance` is that of what was counted while nobody looked, in people squared.
    """

    entries: int = 0
    exits: int = 0
    variance: float = 0.0

    @property
    def balance(self) -> int:
        """Entries minus exits as counted."""
        return self.entries - self.exits

    @property
    def inside(self) -> int:
        """How many people can be inside: never fewer than none."""
        return max(self.balance, 0)

    def after(self, entries: int, exits: int) -> Occupancy:
        """Return the occupancy after so many more entries and exits.

        Raises:
            ValueError: a count is negative.
        """
        if entries < 0 or exits < 0:
            raise ValueError(f"counts only grow: {entries} entries, {exits} exits")
        return replace(self, entries=self.entries + entries, exits=self.exits + exits)

    @property
    def doubt(self) -> float:
        """How far off the balance may be (95 %) for what went on while nobody looked."""
        return 1.96 * sqrt(self.variance)

    def closed(self) -> tuple[Occupancy, int]:
        """Return the occupancy of an empty house, and the residual of the day that has ended."""
        return Occupancy(), self.balance


@dataclass(frozen=True, slots=True)
class ImbalanceAlarm:
    """When entries and exits differ by more than chance and people who stay can explain.

    It rings once `least` crossings were counted and the difference is more than `share` of them
    and more than `sigmas` standard deviations of as many fair coins.
    """

    least: int = 200
    share: float = 0.03
    sigmas: float = 3.0

    def rings(self, entries: int, exits: int) -> bool:
        """Whether a closed period's entries and exits are out of balance."""
        crossings, apart = entries + exits, abs(entries - exits)
        by_chance: float = self.sigmas * crossings**0.5
        return crossings >= self.least and apart > max(self.share * crossings, by_chance)
