"""The LTE link: from a modem that is off to a network that carries bytes, and back."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from fanlight.domain.reset_ladder import Rung
from fanlight.ports.errors import Fault, Gone, Transient
from fanlight.ports.modem import ModemTransient

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from fanlight.ports.modem import Modem

PART = "lte"


class Dialer(Protocol):
    """Brings an attached modem's data call up and down; see adapters/ppp.py."""

    def up(self) -> str:
        """Return the interface, once it carries bytes."""

    def down(self) -> None:
        """Hang up; harmless when it is down already."""


@dataclass(frozen=True, slots=True)
class LteTimes:
    """How long a network is looked for, how often, and how long power is off; seconds."""

    search_s: float = 90.0
    look_every_s: float = 3.0
    power_off_s: float = 5.0


class LteLink:
    """A metered link made of modem, data call and counters; see ports/link.py.

    The modem is opened for each call and let go afterwards: after a reset its port is another.
    """

    name = "lte"

    def __init__(  # noqa: PLR0913, PLR0917 - the parts of a link
        self,
        open_modem: Callable[[], Modem],
        dialer: Dialer,
        carried_bytes: Callable[[str], int | None],
        power: Callable[[bool], None] | None = None,
        times: LteTimes = LteTimes(),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._open_modem = open_modem
        self._dialer = dialer
        self._carried_bytes = carried_bytes
        self._power = power
        self._times = times
        self._sleep = sleep
        self._interface = ""
        self.signal_dbm: int | None = None

    @property
    def rungs(self) -> tuple[Rung, ...]:
        """All but the last where no pin switches the modem's power."""
        return tuple(rung for rung in Rung if rung is not Rung.POWER or self._power is not None)

    def open(self) -> datetime | None:
        """Unlock, find a network, attach and dial."""
        modem = self._open_modem()
        try:
            modem.identify()
            modem.unlock()
            self._find_network(modem)
            self.signal_dbm = modem.signal_dbm()
            modem.attach()
            told = modem.network_time()
        finally:
            modem.close()
        self._interface = self._dialer.up()
        return told

    def climb(self, rung: Rung) -> None:
        """Do one rung; a modem that answers nothing is left to the next one."""
        self.close()
        if rung is Rung.POWER:
            self._cycle_power()
            return
        modem = self._open_modem()
        try:
            modem.identify()
            {Rung.REATTACH: modem.detach, Rung.RADIO: modem.restart_radio, Rung.RESET: modem.reset}[
                rung
            ]()
        finally:
            modem.close()

    def carried_bytes(self) -> int | None:
        """Return what the interface has carried."""
        return self._carried_bytes(self._interface) if self._interface else None

    def close(self) -> None:
        """Hang up."""
        self._dialer.down()
        self._interface = ""

    def _find_network(self, modem: Modem) -> None:
        looks = max(1, round(self._times.search_s / self._times.look_every_s))
        for left in reversed(range(looks)):
            try:
                modem.register()
            except ModemTransient:
                if left == 0:
                    raise
                self._sleep(self._times.look_every_s)
            else:
                return

    def _cycle_power(self) -> None:
        if self._power is None:
            raise Gone(PART, "no pin switches the modem's power (links.lte.power_pin)")
        try:
            self._power(False)  # noqa: FBT003 - off, then on
            self._sleep(self._times.power_off_s)
        except Fault:
            raise
        except Exception as error:
            raise Transient(PART, f"the modem's power could not be switched: {error}") from error
        finally:
            self._power(True)  # noqa: FBT003 - whatever happens
