"""A clock that goes, jumps and loses trust when told to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class SimulatedClock:
    """Time that stands still between calls of `advance`.

    `utc` is the true time at the start; None starts without trust at 2000-01-01.
    """

    def __init__(
        self, utc: datetime | None = None, boot_id: str = "boot-1", monotonic_ns: int = 0
    ) -> None:
        self._boot_id = boot_id
        self._monotonic_ns = monotonic_ns
        self._wall = utc or datetime(2000, 1, 1, tzinfo=UTC)
        self._trusted = utc is not None

    @property
    def boot_id(self) -> str:
        """Name this boot."""
        return self._boot_id

    def monotonic_ns(self) -> int:
        """Return nanoseconds since the boot."""
        return self._monotonic_ns

    def utc(self) -> datetime | None:
        """Return the wall clock's time while it is trusted."""
        return self._wall if self._trusted else None

    def advance(self, seconds: float) -> None:
        """Let time pass on both clocks."""
        if seconds < 0:
            raise ValueError("monotonic time never goes back; use set_wall for the wall clock")
        self._monotonic_ns += round(seconds * 1e9)
        self._wall += timedelta(seconds=seconds)

    def set_wall(self, utc: datetime, *, trusted: bool = True) -> None:
        """Set the wall clock, forward or back."""
        self._wall = utc
        self._trusted = trusted

    def distrust(self) -> None:
        """Let the wall clock lose its trust."""
        self._trusted = False

    def reboot(self, boot_id: str) -> None:
        """Start another boot: monotonic time begins again, and trust is gone."""
        self._boot_id = boot_id
        self._monotonic_ns = 0
        self._trusted = False
