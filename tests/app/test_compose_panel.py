"""What a press does, and what the lamp says of a card."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from fanlight.adapters.simulated_clock import SimulatedClock
from fanlight.adapters.simulated_panel import NoPanel, SimulatedPanel
from fanlight.app.compose_panel import open_panel, panel_service, press_does, signal_for
from fanlight.app.config import Config, Device, PanelSection
from fanlight.app.settings_file import SettingsFile
from fanlight.app.station import Reason, Station
from fanlight.domain.blinks import COUNTED, NIGHT_SHARE, Pattern, Signal, digits
from fanlight.domain.claim import ClaimCode, CodeKind
from fanlight.domain.presses import Press
from fanlight.domain.setup_mode import Arming
from fanlight.domain.setup_rules import CardTrouble
from fanlight.ports.wifi import WifiTrouble
from fanlight.services.setup import SetupNews

PLACES = [trouble for kind in (CardTrouble, WifiTrouble) for trouble in kind]


class House:
    """A station, and what was flashed and offered."""

    def __init__(self, *, is_claimed: bool = False) -> None:
        self.clock = SimulatedClock(monotonic_ns=10**10)
        self.station = Station(SettingsFile(Path("/nowhere")))
        self.flashed: list[object] = []
        self.offered: list[ClaimCode] = []
        access = SimpleNamespace(is_claimed=is_claimed, offer=self.offered.append)
        self.press = press_does(
            self.station, self.clock, access, lambda what, *_: self.flashed.append(what)
        )


def test_a_short_press_blinks_the_very_code_that_is_waited_for() -> None:
    house = House()
    house.press(Press.SHORT)
    (code,), (pattern,) = house.offered, house.flashed
    assert code.kind is CodeKind.LAMP
    assert isinstance(pattern, Pattern)
    shown = next(text for text in (f"{number:06}" for number in range(10**6)) if code.matches(text))
    assert pattern == digits(shown)


def test_an_owned_device_blinks_no_code() -> None:
    house = House(is_claimed=True)
    house.press(Press.SHORT)
    assert (house.offered, house.flashed) == ([], [])


def test_a_long_press_arms_set_up_mode_by_another_run() -> None:
    house = House()
    house.press(Press.SETUP)
    assert house.station.setup_mode.armed(house.clock.monotonic_ns())
    assert house.station.setup_mode.by is Arming.BUTTON
    assert house.station.rerun.reason is Reason.SETUP_ARMED


@pytest.mark.parametrize("trouble", PLACES)
def test_every_trouble_has_blinks_that_a_person_can_count(trouble: str) -> None:
    assert signal_for(SetupNews(trouble, "", 0)) in COUNTED


def test_a_card_that_is_taken_is_told_and_odd_settings_too() -> None:
    assert signal_for(SetupNews(None, "", 0)) is Signal.CARD_READ
    assert signal_for(SetupNews("settings", "", 0)) in COUNTED


def test_a_machine_without_pins_has_no_panel() -> None:
    assert isinstance(open_panel(None), NoPanel)
    assert isinstance(open_panel(PanelSection()), NoPanel)


@pytest.mark.parametrize(("hour_utc", "level"), [(12, 1.0), (22, NIGHT_SHARE)])
def test_the_lamp_is_dim_in_the_devices_own_night(hour_utc: int, level: float) -> None:
    config = Config(
        device=Device(timezone="Europe/Berlin"), panel=PanelSection(night="21:00-07:00")
    )
    clock = SimulatedClock(datetime(2026, 11, 27, hour_utc, tzinfo=UTC))
    panel = SimulatedPanel(clock)
    service = panel_service(config, panel, clock, lambda _: None)
    service.show(Signal.COUNTING)
    service.turn()
    assert panel.level == pytest.approx(level)
