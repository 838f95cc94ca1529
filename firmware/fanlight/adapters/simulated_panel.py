"""Panels without a pin: one that a test watches and presses, and none at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fanlight.ports.errors import Fault, Gone, Rejected
from fanlight.ports.panel import PART

if TYPE_CHECKING:
    from fanlight.ports.clock import Clock


class SimulatedPanel:
    """A lamp that is written down, `shown` as (monotonic ns, level), and a button `held` at will.

    A `fault` is raised by every call until it is None again.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._closed = False
        self.shown: list[tuple[int, float]] = []
        self.held = False
        self.fault: Fault | None = None

    @property
    def level(self) -> float:
        """The lamp's level now."""
        return self.shown[-1][1] if self.shown else 0.0

    def light(self, level: float) -> None:
        """Write a level down."""
        self._must_work()
        if not 0 <= level <= 1:
            raise Rejected(PART, f"a lamp's level is 0 to 1, not {level}")
        self.shown.append((self._clock.monotonic_ns(), level))

    def pressed(self) -> bool:
        """Whether the button is held."""
        self._must_work()
        return self.held

    def close(self) -> None:
        """Let the lamp go dark."""
        if not self._closed:
            self._closed = True
            self.shown.append((self._clock.monotonic_ns(), 0.0))

    def _must_work(self) -> None:
        if self._closed:
            raise Gone(PART, "is closed; open it again")
        if self.fault is not None:
            raise self.fault


class NoPanel:
    """A device without lamp and button."""

    def light(self, level: float) -> None:
        """Light nothing."""

    def pressed(self) -> bool:
        """Whether a button is down: there is none."""
        return False

    def close(self) -> None:
        """Let nothing go."""
