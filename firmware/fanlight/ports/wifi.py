"""Wi-Fi, as far as the device chooses it: joining a network, and never losing the last good one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from fanlight.ports.errors import Fault, Rejected, Transient

PART = "wifi"


class WifiTrouble(StrEnum):
    """Why a network was not joined; each has its own message and, later, lamp code."""

    NO_MANAGER = "wifi_manager_missing"
    NO_RADIO = "wifi_radio_missing"
    NOT_FOUND = "wifi_not_found"
    PASSWORD = "wifi_password_wrong"  # noqa: S105 - the name of a trouble
    NO_ADDRESS = "wifi_no_address"
    REFUSED = "wifi_refused"
    TIMEOUT = "wifi_timeout"


ADVICE = {
    WifiTrouble.NO_MANAGER: "NetworkManager does not answer; is it installed and running?",
    WifiTrouble.NO_RADIO: "NetworkManager knows no such Wi-Fi interface; check links.interface",
    WifiTrouble.NOT_FOUND: "no network of that name is in reach; check the name and the distance",
    WifiTrouble.PASSWORD: "the network refuses the password; correct it and make another card",
    WifiTrouble.NO_ADDRESS: "joined, but the network gave no address; look at its router",
    WifiTrouble.REFUSED: "the network does not let the device in; look at its router",
    WifiTrouble.TIMEOUT: "the network did not answer in time; move the device or the router",
}


class WifiFault(Fault):
    """A network that was not joined, with its kind; str() says what to do, and no password."""

    def __init__(self, trouble: WifiTrouble, name: str = "") -> None:
        super().__init__(PART, f"{name}: {ADVICE[trouble]}" if name else ADVICE[trouble])
        self.trouble = trouble


class WifiTransient(WifiFault, Transient):
    """Trying again later may help."""


class WifiRejected(WifiFault, Rejected):
    """A person must act first."""


@dataclass(frozen=True, slots=True)
class WifiNetwork:
    """A network to join; an empty password means an open one. The password is in no repr."""

    name: str
    password: str = ""
    hidden: bool = False

    def __repr__(self) -> str:
        """Return it without the password."""
        return f"WifiNetwork({self.name!r}, hidden={self.hidden})"


class Wifi(Protocol):
    """The system's Wi-Fi. Calls block, each for a bounded time; make them from one thread.

    Raises (every method):
        WifiTransient, WifiRejected: as said by the trouble.
    """

    def joined(self) -> str | None:
        """Return the name of the network in use, None when there is none."""

    def join(self, network: WifiNetwork) -> None:
        """Join a network and keep it through restarts.

        If that fails, nothing of it is kept and the network that was in use is joined again. The
        last two networks that worked are kept, the newest first.
        """

    def close(self) -> None:
        """Let the system's bus go."""
