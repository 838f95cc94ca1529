"""The gate through which a closed day's noised sums leave the sealed room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import date

    from fanlight.domain.privacy_budget import Noise
    from fanlight.domain.revisits import DaySketch


class SketchGate(Protocol):
    """Today's sketch inside the room: only noised sums ever come out, once a day.

    Both calls are quick and may come from any thread.
    """

    @property
    def is_open(self) -> bool:
        """Whether people who come in are added to a sketch at the moment."""

    def begin(self, noise: Noise) -> None:
        """Start a day: the sums begin as noise, before the first person; an open day is lost."""

    def finish(self, day: date) -> DaySketch | None:
        """End the day and return its sketch, None when none was open; nothing of it is kept."""
