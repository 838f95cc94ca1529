"""What the modem promises: pyserial on a real pty, in both dialects."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanlight.adapters.at_channel import AtChannel
from fanlight.adapters.modem_at import AtModem, SimSettings, read_clock
from fanlight.ports.modem import ADVICE, ModemFault, ModemGone, ModemTransient, ModemTrouble
from simulated_modem import SimulatedModem

DIALECTS = {
    "sim7600": {"maker": "SIMCOM INCORPORATED", "model": "SIMCOM_SIM7600E-H"},
    "ec25": {"maker": "Quectel", "model": "EC25"},
}
PIN = "4711"
Make = Callable[..., tuple[SimulatedModem, AtModem]]


@pytest.fixture(params=DIALECTS)
def make(request: pytest.FixtureRequest) -> Iterator[Make]:
    """Make a modem with these states, and open it with these settings."""
    with contextlib.ExitStack() as parts:

        def made(settings: SimSettings | None = None, **state: object):  # noqa: ANN202 - as Make
            modem = SimulatedModem(**DIALECTS[request.param], **state)  # type: ignore[arg-type]
            parts.callback(modem.close)
            channel = AtChannel(modem.device, timeout_s=1.0)
            opened = AtModem(channel, settings or SimSettings(apn="internet"))
            parts.callback(opened.close)
            opened.identify()
            return modem, opened

        yield made


def test_it_says_who_it_is_and_comes_into_the_network(make: Make) -> None:
    modem, opened = make()
    assert opened.identify().model == modem.model
    opened.unlock()
    assert opened.register().registered
    opened.attach()
    assert opened.signal_dbm() == -71


def trouble_of(call: Callable[[], object]) -> ModemTrouble:
    with pytest.raises(ModemFault) as caught:
        call()
    assert ADVICE[caught.value.trouble] in str(caught.value)
    assert PIN not in str(caught.value)
    return caught.value.trouble


def test_each_trouble_has_its_own_message(make: Make) -> None:
    assert trouble_of(make(sim=False)[1].unlock) is ModemTrouble.NO_SIM
    assert trouble_of(make(puk=True)[1].unlock) is ModemTrouble.PUK_WANTED
    assert trouble_of(make(pin=PIN)[1].unlock) is ModemTrouble.PIN_WANTED
    for eps, gprs, expected in (
        (2, 2, ModemTrouble.NO_COVERAGE),
        (0, 0, ModemTrouble.NO_COVERAGE),
        (3, 2, ModemTrouble.DENIED),
        (5, 2, ModemTrouble.ROAMING_FORBIDDEN),
    ):
        assert trouble_of(make(eps_state=eps, gprs_state=gprs)[1].register) is expected
    wrong_apn = SimSettings(apn="intranet")
    assert trouble_of(make(wrong_apn)[1].attach) is ModemTrouble.APN_REFUSED
    assert len(set(ADVICE.values())) == len(ModemTrouble)


def test_roaming_is_used_where_it_is_allowed(make: Make) -> None:
    _, opened = make(SimSettings(roaming=True), eps_state=5, gprs_state=2)
    assert opened.register().roaming


def test_the_pin_opens_the_card(make: Make) -> None:
    modem, opened = make(SimSettings(pin=lambda: PIN), pin=PIN)
    opened.unlock()
    opened.unlock()
    assert sum("CPIN=" in command for command in modem.asked) == 1


def test_a_wrong_pin_is_tried_once_and_the_last_try_is_left_to_a_person(make: Make) -> None:
    modem, opened = make(SimSettings(pin=lambda: "0000"), pin=PIN)
    for _ in range(4):
        assert trouble_of(opened.unlock) is ModemTrouble.PIN_WRONG
    assert modem.tries == 2
    last, other = make(SimSettings(pin=lambda: PIN), pin=PIN, tries=1)
    assert trouble_of(other.unlock) is ModemTrouble.PIN_WRONG
    assert last.tries == 1
    assert not last.puk


def test_a_silent_modem_is_given_up_in_time_and_heard_again_later(make: Make) -> None:
    modem, opened = make()
    modem.silent = True
    began_s = time.monotonic()
    with pytest.raises(ModemTransient) as caught:
        opened.signal_dbm()
    assert caught.value.trouble is ModemTrouble.SILENT
    assert time.monotonic() - began_s < 6
    modem.silent = False
    assert opened.signal_dbm() == -71


def test_half_an_answer_is_none_and_spoils_no_later_one(make: Make) -> None:
    modem, opened = make()
    modem.truncated = 1
    with pytest.raises(ModemTransient):
        opened.signal_dbm()
    assert opened.register().registered
    assert opened.signal_dbm() == -71


def test_a_modem_that_is_pulled_out_is_gone(make: Make) -> None:
    with pytest.raises(ModemGone):
        AtChannel("/dev/no-such-modem")
    modem, opened = make()
    modem.close()
    with pytest.raises((ModemGone, ModemTransient)):
        opened.signal_dbm()


def test_it_resets_in_its_own_words(make: Make) -> None:
    modem, opened = make()
    opened.reset()
    assert modem.resets == 1


@settings(max_examples=12)
@given(st.integers(0, 10_000), st.sampled_from(sorted(DIALECTS)))
def test_no_noise_makes_a_wrong_answer_believed(seed: int, dialect: str) -> None:
    modem = SimulatedModem(**DIALECTS[dialect], noise=0.7, seed=seed, rssi=12, eps_state=2)
    modem.gprs_state = 2
    opened = AtModem(AtChannel(modem.device), SimSettings())
    try:
        assert opened.identify().model == modem.model
        assert opened.signal_dbm() == -89
        with pytest.raises(ModemTransient) as caught:
            opened.register()
        assert caught.value.trouble is ModemTrouble.NO_COVERAGE
    finally:
        opened.close()
        modem.close()


def test_the_networks_time_is_taken_only_when_there_is_one(make: Make) -> None:
    modem, opened = make()
    assert opened.network_time() is None
    modem.clock = '"27/03/28,03:30:00+08"'
    assert opened.network_time() == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


@given(st.text(max_size=30))
def test_a_clock_that_is_none_is_no_time(text: str) -> None:
    assert read_clock(text) is None
    assert read_clock('"27/13/45,99:00:00+00"') is None
