"""From a modem that is off to a link that carries: a modem on a pty, and a call that is noted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from fanlight.adapters.at_channel import AtChannel
from fanlight.adapters.modem_at import AtModem, SimSettings
from fanlight.domain.reset_ladder import Rung
from fanlight.ports.errors import Gone, Transient
from fanlight.ports.modem import ModemFault, ModemTrouble
from fanlight.services.lte import LteLink, LteTimes
from simulated_modem import SimulatedModem


class Call:
    """A data call that is up or down."""

    def __init__(self) -> None:
        self.is_up = False
        self.fault: Exception | None = None

    def up(self) -> str:
        if self.fault is not None:
            raise self.fault
        self.is_up = True
        return "ppp0"

    def down(self) -> None:
        self.is_up = False


class Site:
    def __init__(self, modem: SimulatedModem) -> None:
        self.modem, self.call = modem, Call()
        self.slept: list[float] = []
        self.power: list[bool] = []
        self.on_sleep: Callable[[], None] = lambda: None

    def link(self, *, has_power: bool = True, settings: SimSettings | None = None) -> LteLink:
        known = settings or SimSettings(apn="internet")
        return LteLink(
            lambda: AtModem(AtChannel(self.modem.device, timeout_s=1.0), known),
            self.call,
            lambda interface: 1234 if interface == "ppp0" and self.call.is_up else None,
            self.power.append if has_power else None,
            LteTimes(search_s=9.0),
            self.sleep,
        )

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.on_sleep()


@pytest.fixture
def site() -> Iterator[Site]:
    modem = SimulatedModem()
    yield Site(modem)
    modem.close()


def test_it_comes_up_and_tells_the_networks_time(site: Site) -> None:
    site.modem.clock = '"27/03/28,03:30:00+08"'
    link = site.link()
    assert link.carried_bytes() is None
    assert link.open() == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert link.carried_bytes() == 1234
    assert link.signal_dbm == -71
    link.close()
    assert link.carried_bytes() is None
    assert not site.call.is_up


def test_a_network_is_looked_for_a_while(site: Site) -> None:
    site.modem.eps_state = site.modem.gprs_state = 2
    looks = iter([None])

    def found() -> None:
        if next(looks, "over") == "over":
            site.modem.eps_state = 1

    site.on_sleep = found
    assert site.link().open() is None
    assert len(site.slept) == 2
    site.modem.eps_state, site.slept = 2, []
    site.on_sleep = lambda: None
    with pytest.raises(ModemFault) as caught:
        site.link().open()
    assert caught.value.trouble is ModemTrouble.NO_COVERAGE
    assert len(site.slept) == 2


def test_the_modem_is_let_go_before_the_call_and_after_every_trouble(site: Site) -> None:
    site.call.fault = Transient("lte", "the modem hung up")
    link = site.link()
    for _ in range(3):
        with pytest.raises(Transient, match="hung up"):
            link.open()
    assert link.carried_bytes() is None
    site.call.fault = None
    link.open()


@pytest.mark.parametrize(
    ("rung", "said"),
    [
        (Rung.REATTACH, "AT+CGATT=0"),
        (Rung.RADIO, "AT+CFUN=0"),
        (Rung.RESET, "AT+CRESET"),
    ],
)
def test_each_rung_says_its_word(site: Site, rung: Rung, said: str) -> None:
    link = site.link()
    link.open()
    link.climb(rung)
    assert said in site.modem.asked
    assert not site.call.is_up
    assert site.power == []


def test_power_is_switched_off_and_on_without_a_word_to_the_modem(site: Site) -> None:
    site.modem.silent = True
    site.link().climb(Rung.POWER)
    assert site.power == [False, True]
    assert site.modem.asked == []
    assert Rung.POWER not in site.link(has_power=False).rungs
    with pytest.raises(Gone, match="power_pin"):
        site.link(has_power=False).climb(Rung.POWER)
