"""A series of sketches made in one way, and the decisions about its days."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from fanlight.domain.privacy_budget import BudgetMeter, Noise
from fanlight.domain.revisits import KEPT_DAYS, Dropped, Revisits

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from fanlight.domain.revisits import DaySketch


@dataclass(frozen=True, slots=True)
class SeriesKey:
    """What must stay the same for two days to be compared: embedder, site's epsilon, features.

    `embedder` is the SHA-256 of its model, `seed` (hex) that of the random features.
    """

    embedder: str
    epsilon: int
    seed: str

    @property
    def noise(self) -> Noise:
        """The noise that the site's choice of epsilon means."""
        return Noise.for_epsilon(self.epsilon)


@dataclass(frozen=True, slots=True)
class Series:
    """All that is kept of a series: closed days, the day that has begun, and what days cost.

    A day that has begun costs its visits the budget whether or not it is closed.
    """

    key: SeriesKey
    revisits: Revisits = field(default_factory=Revisits)
    begun: date | None = None
    charges: Mapping[date, float] = field(default_factory=dict)

    @property
    def meter(self) -> BudgetMeter:
        """What each day has cost its visits; the budget is one sketch a day."""
        return BudgetMeter(self.key.noise.rho, self.charges)

    def is_new(self, day: date) -> bool:
        """Whether the day can still begin: none as late has begun, been closed or dropped."""
        known = [facts.day for facts in self.revisits.days[-1:]]
        known += [] if self.begun is None else [self.begun]
        return all(day > each for each in known)

    def with_day_begun(self, day: date) -> Series:
        """Return the series on a day whose sketch is begun.

        Raises:
            BudgetSpent: the day has had a sketch already.
        """
        charges = self.meter.charged(day, self.key.noise.rho).spent
        recent = {each: rho for each, rho in charges.items() if (day - each).days < KEPT_DAYS}
        return replace(self, begun=day, charges=recent)

    def with_day_closed(self, sketch: DaySketch, entries: int) -> Series:
        """Return the series after a day's sketch, with so many entries counted on it."""
        revisits = self.revisits.closed(sketch, entries, self.key.noise)
        return replace(self, revisits=revisits, begun=None)

    def with_day_dropped(self, day: date, entries: int, why: Dropped) -> Series:
        """Return the series after a day without a sketch."""
        return replace(self, revisits=self.revisits.dropped(day, entries, why), begun=None)

    def trimmed(self, today: date) -> Series:
        """Return the series without what may not be kept until today."""
        return replace(self, revisits=self.revisits.trimmed(today))

    def ring_left(self, later: Series) -> tuple[date, ...]:
        """Return the days whose sketches are in this ring and not in the later one."""
        kept = {sketch.day for sketch in later.revisits.ring}
        return tuple(sketch.day for sketch in self.revisits.ring if sketch.day not in kept)
