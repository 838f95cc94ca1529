"""The systemd notification protocol (sd_notify(3)), and its absence."""

from __future__ import annotations

import contextlib
import os
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fanlight.ports.notifier import Notifier


class SystemdNotifier:
    """Datagrams to the socket that systemd names in NOTIFY_SOCKET.

    Raises:
        OSError: the socket cannot be made (never on a datagram that is not taken).
    """

    def __init__(self, address: str, watchdog_usec: int | None = None) -> None:
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        self._socket.settimeout(0)
        self._watchdog_interval_s = watchdog_usec / 2e6 if watchdog_usec else None

    @property
    def watchdog_interval_s(self) -> float | None:
        """Half of WATCHDOG_USEC, as sd_watchdog_enabled(3) advises."""
        return self._watchdog_interval_s

    def ready(self) -> None:
        """Say that counting has begun."""
        self._tell("READY=1")

    def feed(self) -> None:
        """Feed the watchdog."""
        self._tell("WATCHDOG=1")

    def status(self, text: str) -> None:
        """Set the one line that `systemctl status` shows."""
        self._tell("STATUS=" + text.replace("\n", " "))

    def stopping(self) -> None:
        """Say that the device is shutting down."""
        self._tell("STOPPING=1")

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def _tell(self, message: str) -> None:
        with contextlib.suppress(OSError):
            self._socket.sendto(message.encode(), self._address)


class SilentNotifier:
    """Nobody to tell: a terminal, a test, a container."""

    watchdog_interval_s: float | None = None

    def ready(self) -> None:
        """Tell nobody."""

    def feed(self) -> None:
        """Tell nobody."""

    def status(self, text: str) -> None:
        """Tell nobody."""

    def stopping(self) -> None:
        """Tell nobody."""

    def close(self) -> None:
        """Nothing to close."""


def notifier_from(environment: Mapping[str, str]) -> SystemdNotifier | SilentNotifier:
    """Return the notifier that the process was started with."""
    address = environment.get("NOTIFY_SOCKET")
    if not address:
        return SilentNotifier()
    usec = environment.get("WATCHDOG_USEC", "")
    for_us = environment.get("WATCHDOG_PID") in (None, "", str(os.getpid()))
    return SystemdNotifier(address, int(usec) if usec.isdigit() and for_us else None)


if TYPE_CHECKING:
    _ears: tuple[type[Notifier], ...] = (SystemdNotifier, SilentNotifier)
