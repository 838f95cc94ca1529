"""The lamp and the button at work, on a clock that the test sets."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from itertools import pairwise

import pytest

from fanlight.adapters.simulated_clock import SimulatedClock
from fanlight.adapters.simulated_panel import NoPanel, SimulatedPanel
from fanlight.domain.blinks import CODE, Pattern, Signal, digits, level_at
from fanlight.domain.presses import Press
from fanlight.ports.errors import Rejected
from fanlight.services.panel import TICK_S, PanelService

BROKEN = Rejected("panel", "the lamp cannot be lit (GPIO busy); check its number")


class House:
    """A device with its panel, whose hours a test plays."""

    def __init__(self, *, held: bool = False) -> None:
        self.clock = SimulatedClock(monotonic_ns=5_000_000_000)
        self.panel = SimulatedPanel(self.clock)
        self.panel.held = held
        self.night = False
        self.presses: list[Press] = []
        self.service = PanelService(self.panel, self.clock, lambda: self.night, self.presses.append)
        self.service._was_open = not held  # it has been polled before

    def live(self, seconds: float) -> list[float]:
        """Let time pass in the service's own steps; return the lamp's level after each."""
        levels = []
        for _ in range(round(seconds / TICK_S)):
            self.service.turn()
            levels.append(self.panel.level)
            self.clock.advance(TICK_S)
        return levels

    def hold(self, seconds: float) -> list[float]:
        self.panel.held = True
        levels = self.live(seconds)
        self.panel.held = False
        self.live(0.1)
        return levels


def looks(pattern: Pattern, seconds: float, from_s: float = 0.0) -> list[float | None]:
    steps = range(round(seconds / TICK_S))
    return [level_at(pattern, 1000 * from_s + 1000 * TICK_S * step) for step in steps]


def rises(levels: list[float]) -> int:
    return sum(last == 0 < level for last, level in pairwise(levels))


@pytest.fixture
def house() -> House:
    return House()


def test_it_says_that_it_is_starting_until_it_is_told_otherwise(house: House) -> None:
    assert house.live(4) == looks(CODE[Signal.STARTING], 4)
    house.service.show(Signal.CANNOT_COUNT)
    assert house.live(4) == looks(CODE[Signal.CANNOT_COUNT], 4)


def test_showing_the_same_again_does_not_disturb_it(house: House) -> None:
    house.service.show(Signal.COUNTING)
    levels = []
    for _ in range(80):
        house.service.show(Signal.COUNTING)
        levels += house.live(0.1)
    assert levels == looks(CODE[Signal.COUNTING], 8)


def test_a_problem_that_stands_is_told_for_ever(house: House) -> None:
    house.service.show(Signal.WIFI_PASSWORD)
    one_round_s = CODE[Signal.WIFI_PASSWORD].round_ms / 1000
    house.live(40 * one_round_s)
    assert rises([0.0, *house.live(one_round_s)]) == 2


@pytest.mark.parametrize("signal", [Signal.CARD_EXPIRED, Signal.WIFI_NOT_FOUND, Signal.CARD_READ])
def test_a_flash_is_told_some_times_over_and_then_the_standing_signal(
    house: House, signal: Signal
) -> None:
    house.service.show(Signal.SETUP)
    house.live(1)
    house.service.flash(signal)
    round_s = CODE[signal].round_ms / 1000
    rounds = -int(-15 // round_s)
    levels = house.live(rounds * round_s)
    assert levels == looks(CODE[signal], round_s) * rounds
    standing = looks(CODE[Signal.SETUP], 4, from_s=1 + rounds * round_s)
    assert house.live(4) == standing


def test_a_flash_may_be_any_pattern_and_as_long_as_is_wanted(house: House) -> None:
    code = digits("407")
    house.service.flash(code, for_s=0)
    assert house.live(code.round_ms / 1000) == looks(code, code.round_ms / 1000)
    house.service.show(Signal.CANNOT_COUNT)
    house.service.flash(Signal.STARTING, for_s=3)
    assert house.live(4) == looks(CODE[Signal.STARTING], 4)
    assert house.live(2) == looks(CODE[Signal.CANNOT_COUNT], 2, from_s=4)


def test_the_newest_flash_is_the_one_that_counts(house: House) -> None:
    house.service.flash(Signal.CARD_BROKEN)
    house.live(1)
    house.service.flash(Signal.WIFI_REFUSED)
    assert house.live(3) == looks(CODE[Signal.WIFI_REFUSED], 3)


def test_the_lamp_is_written_only_when_it_changes(house: House) -> None:
    house.service.show(Signal.COUNTING)
    house.live(40)
    assert len(house.panel.shown) == 20
    assert {level for _, level in house.panel.shown} == {0.0, 1.0}


def test_at_night_it_is_fainter_within_seconds_and_never_silent(house: House) -> None:
    house.service.show(Signal.COUNTING)
    house.live(1)
    house.night = True
    house.live(4)
    assert set(house.live(8)) == {0.0, 0.1}
    house.service.flash(Signal.CARD_FOREIGN)
    assert set(house.live(5)) == {0.0, 0.1}
    house.night = False
    house.live(20)
    assert set(house.live(8)) == {0.0, 1.0}


def test_presses_are_told_once_each(house: House) -> None:
    house.live(1)
    for seconds in (0.3, 3.0, 6.0, 12.0, 20.0, 0.5):
        house.hold(seconds)
        house.live(0.5)
    assert house.presses == [Press.SHORT, Press.SETUP, Press.SETUP, Press.ERASE, Press.SHORT]


def test_who_holds_the_button_too_long_is_warned_in_time(house: House) -> None:
    house.service.show(Signal.COUNTING)
    house.panel.held = True
    quiet, warning = house.live(10), house.live(5)
    assert rises(quiet) == 2
    assert rises(warning) >= 25
    assert house.presses == []
    after = house.live(5)
    assert house.presses == [Press.ERASE]
    assert rises(after) <= 3


def test_releasing_stops_the_warning_and_erases_nothing(house: House) -> None:
    house.service.show(Signal.COUNTING)
    house.service.flash(Signal.CARD_BROKEN, for_s=60)
    assert rises(house.hold(13)) > 20
    assert house.presses == [Press.SETUP]
    house.live(60)
    assert rises(house.live(8)) == 2


def test_what_is_told_of_a_press_may_be_shown_at_once(house: House) -> None:
    service = PanelService(
        house.panel, house.clock, lambda: False, lambda press: service.flash(Signal.ERASED)
    )
    house.service = service
    service._was_open = True
    service.show(Signal.CANNOT_COUNT)
    house.panel.held = True
    house.live(15.1)
    assert house.live(2) == [1.0] * 100


def test_a_button_jammed_from_the_beginning_erases_nothing_until_it_was_open() -> None:
    house = House(held=True)
    house.live(40)
    assert house.presses == []
    house.panel.held = False
    house.live(0.2)
    house.hold(15.2)
    assert house.presses == [Press.ERASE]


def test_a_press_that_nobody_watched_is_none(house: House) -> None:
    """While the loop hung nobody was warned, and a release would not have been seen."""
    house.panel.held = True
    house.live(9)
    house.clock.advance(10)
    house.live(9)
    assert house.presses == []
    house.live(20)
    assert house.presses == []


def test_a_button_that_cannot_be_read_erases_nothing(house: House) -> None:
    house.panel.held = True
    house.live(9)
    house.panel.fault = BROKEN
    house.live(20)
    house.panel.fault = None
    house.live(9)
    assert house.presses == []


def test_a_fault_is_logged_once_and_ends_nothing(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.service.show(Signal.CANNOT_COUNT)
    house.live(1)
    house.panel.fault = BROKEN
    with caplog.at_level(logging.WARNING):
        house.live(5)
        house.panel.fault = None
        house.live(5)
        house.panel.fault = BROKEN
        house.live(5)
    assert [record.getMessage() for record in caplog.records] == [str(BROKEN)]
    house.panel.fault = None
    assert rises(house.live(6)) == 10
    house.hold(0.3)
    assert house.presses == [Press.SHORT]


def test_a_lamp_that_failed_shows_the_level_it_missed(house: House) -> None:
    house.service.show(Signal.COUNTING)
    house.panel.fault = BROKEN
    house.live(1)
    assert house.panel.level == 0
    house.panel.fault = None
    house.live(0.1)
    assert house.panel.level == 1


async def test_it_runs_for_ever_at_fifty_times_a_second(house: House) -> None:
    turns = 0
    turn = house.service.turn

    def counted() -> None:
        nonlocal turns
        turns += 1
        house.clock.advance(TICK_S)
        turn()

    house.service.turn = counted  # type: ignore[method-assign]
    house.panel.held = True
    task = asyncio.create_task(house.service.run())
    await asyncio.sleep(0.2)
    house.panel.held = False
    house.panel.fault = BROKEN
    await asyncio.sleep(0.05)
    house.panel.fault = None
    await asyncio.sleep(0.1)
    assert not task.done()
    assert 2 <= turns <= 25
    assert house.panel.shown
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert task.cancelled()


async def test_a_device_without_a_panel_runs_the_same(house: House) -> None:
    service = PanelService(NoPanel(), house.clock, lambda: False, house.presses.append)
    task = asyncio.create_task(service.run())
    service.flash(Signal.CARD_READ)
    await asyncio.sleep(0.05)
    assert not task.done()
    assert house.presses == []
    task.cancel()
    await asyncio.wait([task])
