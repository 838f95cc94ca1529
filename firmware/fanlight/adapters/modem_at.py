"""LTE modems with AT commands: SIM7600 (SIMCom) and EC25 (Quectel).

Source: 3GPP TS 27.007; SIMCom, SIM7500_SIM7600 Series AT Command Manual V2.00 (+SPIC, +CRESET);
Quectel, EC25&EC21 AT Commands Manual V1.3 (+QPINC). Both dial PPP by ATD*99#.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final

from fanlight.ports.modem import (
    Identity,
    ModemRejected,
    ModemTransient,
    ModemTrouble,
    Registration,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from fanlight.adapters.at_channel import AtChannel

CONTEXT: Final = 1
_HOME, _SEARCHING, _DENIED, _ROAMING = 1, 2, 3, 5
_NO_SIM: Final = frozenset({"10", "13", "14", "SIM not inserted", "SIM failure", "SIM busy"})
_EARLIEST_YEAR: Final = 2026


@dataclass(frozen=True, slots=True)
class Dialect:
    """What differs between makers: how to ask for the PIN's remaining tries, and how to reset.

    The first group of `tries` is their number.
    """

    tries_command: str
    tries: re.Pattern[str]
    reset_command: str


SIM7600: Final = Dialect("AT+SPIC", re.compile(r"(\d+),"), "AT+CRESET")
EC25: Final = Dialect('AT+QPINC="SC"', re.compile(r'"SC",(\d+),'), "AT+CFUN=1,1")
_DIALECTS: Final = (("SIM76", SIM7600), ("SIMCOM_SIM76", SIM7600), ("EC2", EC25), ("EG2", EC25))


@dataclass(frozen=True, slots=True, kw_only=True)
class SimSettings:
    """The SIM card and its network; `pin` reads the PIN, or gives ""."""

    apn: str = ""
    pin: Callable[[], str] = str
    roaming: bool = False


class AtModem:
    """A modem behind an AT channel; see ports/modem.py."""

    def __init__(self, channel: AtChannel, settings: SimSettings) -> None:
        self._channel = channel
        self._settings = settings
        self._dialect: Dialect | None = None
        self._pin_refused = False

    def identify(self) -> Identity:
        """Return who it is, and learn its dialect."""
        maker = _first(self._channel.command("AT+CGMI").lines)
        model = _first(self._channel.command("AT+CGMM").lines)
        self._channel.command("AT+CMEE=1")
        for beginning, dialect in _DIALECTS:
            if model.upper().startswith(beginning):
                self._dialect = dialect
        return Identity(maker, model)

    def unlock(self) -> None:
        """Make the SIM card ready."""
        state = self._pin_state()
        if state == "READY":
            return
        if state != "SIM PIN":
            raise ModemRejected(ModemTrouble.PUK_WANTED)
        pin = self._settings.pin()
        if not pin:
            raise ModemRejected(ModemTrouble.PIN_WANTED)
        if self._pin_refused or self._tries_left() == 1:
            raise ModemRejected(ModemTrouble.PIN_WRONG)
        answer = self._channel.command("AT+CPIN=", 15.0, secret=f'"{_digits(pin)}"')
        if answer.error is not None:
            self._pin_refused = True
            raise ModemRejected(ModemTrouble.PIN_WRONG)

    def register(self) -> Registration:
        """Return whether it is in a network that it may use."""
        states = {self._state(name) for name in ("+CEREG", "+CGREG")}
        if _HOME in states:
            return Registration(registered=True)
        if _ROAMING in states:
            if not self._settings.roaming:
                raise ModemRejected(ModemTrouble.ROAMING_FORBIDDEN)
            return Registration(registered=True, roaming=True)
        if _DENIED in states:
            raise ModemRejected(ModemTrouble.DENIED)
        raise ModemTransient(ModemTrouble.NO_COVERAGE)

    def attach(self) -> None:
        """Take the access point and attach."""
        apn = self._settings.apn
        set_up = self._channel.command(f'AT+CGDCONT={CONTEXT},"IP","{_plain(apn)}"')
        if set_up.error is not None:
            raise ModemRejected(ModemTrouble.APN_REFUSED)
        if self._channel.command("AT+CGATT=1", 75.0).error is not None:
            raise ModemTransient(ModemTrouble.NO_COVERAGE, "attach")
        if self._channel.command(f"AT+CGACT=1,{CONTEXT}", 75.0).error is not None:
            raise ModemRejected(ModemTrouble.APN_REFUSED)

    def signal_dbm(self) -> int | None:
        """Return the signal's strength."""
        value = self._channel.command("AT+CSQ").value("+CSQ") or ""
        level = re.match(r"(\d+),", value)
        if level is None or not 0 <= int(level[1]) <= 31:
            return None
        return -113 + 2 * int(level[1])

    def network_time(self) -> datetime | None:
        """Return the network's time; modems that were told none count from their own epoch."""
        self._channel.command("AT+CTZU=1")
        return read_clock(self._channel.command("AT+CCLK?").value("+CCLK") or "")

    def detach(self) -> None:
        """Leave the packet network."""
        self._channel.command("AT+CGATT=0", 40.0)

    def restart_radio(self) -> None:
        """Switch its radio off and on."""
        self._channel.command("AT+CFUN=0", 15.0)
        if self._channel.command("AT+CFUN=1", 15.0).error is not None:
            raise ModemTransient(ModemTrouble.SILENT, "radio on")

    def reset(self) -> None:
        """Start it again."""
        command = self._dialect.reset_command if self._dialect else "AT+CFUN=1,1"
        self._channel.command(command, 15.0)

    def close(self) -> None:
        """Let the port go."""
        self._channel.close()

    def _pin_state(self) -> str:
        answer = self._channel.command("AT+CPIN?")
        if answer.error in _NO_SIM:
            raise ModemRejected(ModemTrouble.NO_SIM)
        state = answer.value("+CPIN")
        if state is None:
            raise ModemTransient(ModemTrouble.SILENT, "SIM state")
        return state

    def _tries_left(self) -> int | None:
        if self._dialect is None:
            return None
        answer = self._channel.command(self._dialect.tries_command)
        found = self._dialect.tries.search(" ".join(answer.lines))
        return int(found[1]) if found else None

    def _state(self, name: str) -> int:
        """Return the second number of `+CEREG: n,stat[,...]`; 0 where it does not say."""
        value = self._channel.command(f"AT{name}?").value(name) or ""
        found = re.match(r"\d+,\s*(\d+)", value)
        return int(found[1]) if found else 0


def read_clock(text: str) -> datetime | None:
    """Read `"yy/MM/dd,hh:mm:ss+zz"` with quarters of an hour from UTC; None for an unset clock."""
    found = re.match(r'"(\d\d)/(\d\d)/(\d\d),(\d\d):(\d\d):(\d\d)([+-]\d\d)"', text)
    if found is None:
        return None
    year, month, day, hour, minute, second, quarters = map(int, found.groups())
    try:
        zone = timezone(timedelta(minutes=15 * quarters))
        at = datetime(2000 + year, month, day, hour, minute, second, tzinfo=zone).astimezone(UTC)
    except ValueError:
        return None
    return at if _EARLIEST_YEAR <= at.year < _EARLIEST_YEAR + 40 else None


def _first(lines: tuple[str, ...]) -> str:
    return lines[0][:60] if lines else ""


def _digits(pin: str) -> str:
    return re.sub(r"\D", "", pin)[:8]


def _plain(apn: str) -> str:
    """Leave out what would end the quoted text in a command."""
    return re.sub(r"[^\w.-]", "", apn)[:100]
