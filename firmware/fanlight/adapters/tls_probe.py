"""Whether a receiver is reached over one interface: a TLS handshake, and nothing after it.

A page that asks for a log-in answers in the receiver's place, but cannot show its certificate.
"""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from typing import Final

from fanlight.adapters.tls_trouble import connection_fault

PART: Final = "links"


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """The receiver that is tried: without `tls` a connection is all that can be."""

    host: str
    port: int
    ca_file: str = ""
    tls: bool = True


class TlsProbe:
    """Tries one receiver; see ports/link.py.

    Up to three addresses of its name are tried, each for `timeout_s`, over `interface` alone, or
    over whatever the system chooses with "".
    """

    def __init__(self, goal: Goal, interface: str = "", timeout_s: float = 10.0) -> None:
        self._goal = goal
        self._interface = interface
        self._timeout_s = timeout_s

    def reach(self) -> None:
        """Return once the receiver has shown its certificate."""
        last: Exception | None = None
        try:
            addresses = socket.getaddrinfo(
                self._goal.host, self._goal.port, type=socket.SOCK_STREAM
            )
        except OSError as error:
            raise self._fault(error) from error
        for family, kind, protocol, _, address in addresses[:3]:
            try:
                with socket.socket(family, kind, protocol) as plain:
                    self._shake_hands(plain, address)
            except (OSError, ssl.SSLError) as error:
                last = error
            else:
                return
        raise self._fault(last or OSError("no address")) from last

    def _shake_hands(self, plain: socket.socket, address: object) -> None:
        plain.settimeout(self._timeout_s)
        if self._interface:
            device = self._interface.encode() + b"\0"
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device)
        plain.connect(address)  # type: ignore[arg-type]
        if self._goal.tls:
            context = ssl.create_default_context(cafile=self._goal.ca_file or None)
            with context.wrap_socket(plain, server_hostname=self._goal.host):
                return

    def _fault(self, error: Exception) -> Exception:
        return connection_fault(PART, f"{self._goal.host}:{self._goal.port}", error)
