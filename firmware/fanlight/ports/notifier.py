"""What the device tells the system that started it."""

from __future__ import annotations

from typing import Protocol


class Notifier(Protocol):
    """The service manager's ear; telling never fails and never blocks."""

    @property
    def watchdog_interval_s(self) -> float | None:
        """How often the watchdog wants to be fed, or None if there is none."""

    def ready(self) -> None:
        """Say that counting has begun."""

    def feed(self) -> None:
        """Feed the watchdog."""

    def status(self, text: str) -> None:
        """Set the one line that the service manager shows."""

    def stopping(self) -> None:
        """Say that the device is shutting down."""
