"""Set-up mode: for ten minutes the camera reads cards and shows the installer where it looks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

ARMED_S: Final = 600.0


class Arming(StrEnum):
    """What armed set-up mode."""

    FIRST_BOOT = "first_boot"
    BUTTON = "button"
    CONSOLE = "console"


@dataclass(slots=True)
class SetupMode:
    """Whether set-up mode is armed, in monotonic nanoseconds; one thread writes, any may read."""

    armed_until_ns: int = 0
    by: Arming | None = None

    def arm(self, now_ns: int, by: Arming, for_s: float = ARMED_S) -> None:
        """Arm it, or begin its time again."""
        self.by = by
        self.armed_until_ns = now_ns + int(for_s * 1e9)

    def disarm(self) -> None:
        """End it."""
        self.armed_until_ns = 0

    def armed(self, now_ns: int) -> bool:
        """Whether it is armed."""
        return now_ns < self.armed_until_ns

    def left_s(self, now_ns: int) -> float:
        """How long it still lasts."""
        return max(0.0, (self.armed_until_ns - now_ns) / 1e9)
