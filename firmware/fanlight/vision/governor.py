"""How fast to look, by how warm it is: the USB Coral does not slow down by itself."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fanlight.domain.moment import Cause

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class HeatLimits:
    """Below `warm_c` full speed, from `hot_c` on the slowest, in steps between.

    A step is only taken back once it is `relief_c` cooler than where it was taken.
    """

    warm_c: float = 70.0
    hot_c: float = 85.0
    relief_c: float = 4.0
    slowest_fps: float = 2.0
    steps: int = 4


class Governor:
    """Turns temperatures into a highest frame rate, with hysteresis (field problem 21)."""

    def __init__(self, full_fps: float, limits: HeatLimits | None = None) -> None:
        self._full_fps = full_fps
        self._limits = limits or HeatLimits()
        self._step = 0

    @property
    def throttled(self) -> bool:
        """Whether it is slower than full speed just now."""
        return self._step > 0

    def fps(self, temperature_c: float) -> float:
        """Return the highest frame rate at this temperature, from `slowest_fps` to full speed."""
        limits = self._limits
        while self._step < limits.steps and temperature_c >= self._taken_at_c(self._step + 1):
            self._step += 1
        while self._step > 0 and temperature_c < self._taken_at_c(self._step) - limits.relief_c:
            self._step -= 1
        slowest = min(limits.slowest_fps, self._full_fps)
        return self._full_fps - (self._full_fps - slowest) * self._step / limits.steps

    def _taken_at_c(self, step: int) -> float:
        limits = self._limits
        return limits.warm_c + (limits.hot_c - limits.warm_c) * (step - 1) / (limits.steps - 1)


class Throttle:
    """Pauses before a look, while no pixel is in the room, so that it stays cool enough.

    `temperature_c` returns None where there is no sensor: then it never pauses.
    """

    def __init__(
        self,
        governor: Governor,
        temperature_c: Callable[[], float | None],
        *,
        now_s: Callable[[], float] = time.monotonic,
        sleep_s: Callable[[float], None] = time.sleep,
    ) -> None:
        self._governor = governor
        self._temperature_c = temperature_c
        self._now_s = now_s
        self._sleep_s = sleep_s
        self._last_look_s = float("-inf")

    @property
    def causes(self) -> frozenset[Cause]:
        """`TOO_HOT` while frames are left out."""
        return frozenset({Cause.TOO_HOT} if self._governor.throttled else ())

    def pause(self) -> None:
        """Wait until the next look is due at the temperature of now."""
        temperature_c = self._temperature_c()
        if temperature_c is not None:
            fps = self._governor.fps(temperature_c)
            early_s = self._last_look_s + 1 / fps - self._now_s()
            if self._governor.throttled and early_s > 0:
                self._sleep_s(early_s)
        self._last_look_s = self._now_s()
