"""Time as the device can know it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime


class Clock(Protocol):
    """Monotonic time always; UTC only once it is trusted."""

    @property
    def boot_id(self) -> str:
        """Name this boot; monotonic times compare only within one boot."""

    def monotonic_ns(self) -> int:
        """Return nanoseconds that never go back within this boot."""

    def utc(self) -> datetime | None:
        """Return the aware UTC time, or None while the wall clock is not trusted."""
