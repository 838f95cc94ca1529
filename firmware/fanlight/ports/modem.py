"""The LTE modem, as far as its command port goes: who it is, whether it is in the network."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from fanlight.ports.errors import Fault, Gone, Rejected, Transient

if TYPE_CHECKING:
    from datetime import datetime

PART = "modem"


class ModemTrouble(StrEnum):
    """Why there is no link over the modem; each has its own message and, later, lamp code."""

    SILENT = "modem_silent"
    GONE = "modem_gone"
    NO_SIM = "sim_missing"
    PIN_WANTED = "sim_pin_wanted"
    PIN_WRONG = "sim_pin_wrong"
    PUK_WANTED = "sim_puk_wanted"
    NO_COVERAGE = "no_coverage"
    DENIED = "registration_denied"
    ROAMING_FORBIDDEN = "roaming_forbidden"
    APN_REFUSED = "apn_refused"


ADVICE = {
    ModemTrouble.SILENT: "it does not answer; it is reset, which takes a minute",
    ModemTrouble.GONE: "it is not there; check cable and power",
    ModemTrouble.NO_SIM: "there is no SIM card in it; put one in, chip downwards",
    ModemTrouble.PIN_WANTED: "the SIM card wants a PIN; name a file with it in links.lte.pin_file",
    ModemTrouble.PIN_WRONG: "the SIM card refuses the PIN; it is not tried again. Correct pin_file",
    ModemTrouble.PUK_WANTED: "the SIM card is locked; unlock it in a telephone with its PUK",
    ModemTrouble.NO_COVERAGE: "no network is found; move the aerial, or wait",
    ModemTrouble.DENIED: "the network refuses the SIM card; is it activated and paid for?",
    ModemTrouble.ROAMING_FORBIDDEN: "only foreign networks are found; set links.lte.roaming",
    ModemTrouble.APN_REFUSED: "the network refuses the access point; check links.lte.apn",
}


class ModemFault(Fault):
    """A modem's fault with its kind; str() says what to do."""

    def __init__(self, trouble: ModemTrouble, details: str = "") -> None:
        more = f" ({details})" if details else ""
        super().__init__(PART, f"{ADVICE[trouble]}{more}")
        self.trouble = trouble


class ModemTransient(ModemFault, Transient):
    """The same call may help later."""


class ModemGone(ModemFault, Gone):
    """It must be opened again."""


class ModemRejected(ModemFault, Rejected):
    """A person must act first."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who made the modem, and what it calls itself."""

    maker: str
    model: str


@dataclass(frozen=True, slots=True)
class Registration:
    """Whether the modem is in a network, at home or roaming."""

    registered: bool
    roaming: bool = False
    denied: bool = False


class Modem(Protocol):
    """A modem at its command port. Calls block, each for a bounded time; make them from one thread.

    Raises (every method):
        ModemTransient: it does not answer, or not now.
        ModemGone: the port is not there any more.
        ModemRejected: a person must act first; `trouble` says how.
    """

    def identify(self) -> Identity:
        """Return who it is; the first call after opening."""

    def unlock(self) -> None:
        """Make the SIM card ready, with its PIN where it wants one; a PIN is tried once only."""

    def register(self) -> Registration:
        """Return whether it is in a network that it may use.

        Raises:
            ModemTransient: NO_COVERAGE.
            ModemRejected: DENIED or ROAMING_FORBIDDEN.
        """

    def attach(self) -> None:
        """Take the access point and attach to the packet network."""

    def signal_dbm(self) -> int | None:
        """Return the signal's strength, None while unknown."""

    def network_time(self) -> datetime | None:
        """Return the network's aware time, None while it has told none."""

    def detach(self) -> None:
        """Leave the packet network; the next `attach` begins anew."""

    def restart_radio(self) -> None:
        """Switch its radio off and on."""

    def reset(self) -> None:
        """Start it again; it is gone for up to a minute."""

    def close(self) -> None:
        """Let the port go; harmless when already closed."""
