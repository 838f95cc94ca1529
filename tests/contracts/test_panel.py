"""What the panel promises: at the pins of a simulated RPi.GPIO, and simulated as a whole."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from fanlight.adapters.gpio_panel import LAMP_HZ, GpioPanel
from fanlight.adapters.gpio_switch import GpioSwitch, system_gpio
from fanlight.adapters.simulated_clock import SimulatedClock
from fanlight.adapters.simulated_panel import NoPanel, SimulatedPanel
from fanlight.ports.errors import Fault, Gone, Rejected
from fanlight.ports.panel import Panel
from simulated_gpio import SimulatedGpio

LAMP, BUTTON = 18, 23


@dataclass
class Bench:
    """A panel, with what a person does to its button, sees of its lamp, and breaks."""

    panel: Panel
    press: Callable[[], None]
    release: Callable[[], None]
    level: Callable[[], float]
    disturb: Callable[[], None]
    mend: Callable[[], None]


def gpio_bench() -> Bench:
    gpio = SimulatedGpio()
    return Bench(
        GpioPanel(LAMP, BUTTON, gpio),
        lambda: gpio.grounded.add(BUTTON),
        lambda: gpio.grounded.discard(BUTTON),
        lambda: gpio.levels.get(LAMP, 0.0),
        lambda: gpio.busy.update({LAMP, BUTTON}),
        gpio.busy.clear,
    )


def simulated_bench() -> Bench:
    panel = SimulatedPanel(SimulatedClock())
    return Bench(
        panel,
        lambda: setattr(panel, "held", True),
        lambda: setattr(panel, "held", False),
        lambda: panel.level,
        lambda: setattr(panel, "fault", Rejected("panel", "the pin is somebody else's")),
        lambda: setattr(panel, "fault", None),
    )


@pytest.fixture(params=[gpio_bench, simulated_bench], ids=["gpio", "simulated"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    made: Bench = request.param()
    yield made
    made.mend()
    made.panel.close()


def test_the_lamp_begins_dark_and_shows_each_level(bench: Bench) -> None:
    assert bench.level() == 0
    for level in (1.0, 0.25, 0.02, 0.0):
        bench.panel.light(level)
        assert bench.level() == pytest.approx(level)


@pytest.mark.parametrize("level", [-0.1, 1.1, float("nan")])
def test_a_level_that_is_none_is_rejected_and_changes_nothing(bench: Bench, level: float) -> None:
    bench.panel.light(0.5)
    with pytest.raises(Rejected):
        bench.panel.light(level)
    assert bench.level() == 0.5


def test_the_button_is_down_as_long_as_it_is_held(bench: Bench) -> None:
    assert not bench.panel.pressed()
    bench.press()
    assert bench.panel.pressed()
    bench.release()
    assert not bench.panel.pressed()


def test_a_closed_panel_is_dark_and_gone(bench: Bench) -> None:
    bench.panel.light(1.0)
    bench.panel.close()
    bench.panel.close()
    assert bench.level() == 0
    with pytest.raises(Gone):
        bench.panel.light(1.0)
    with pytest.raises(Gone):
        bench.panel.pressed()


def test_a_pin_that_fails_is_rejected_with_its_part(bench: Bench) -> None:
    bench.disturb()
    calls: list[Callable[[], object]] = [lambda: bench.panel.light(1.0), bench.panel.pressed]
    for call in calls:
        with pytest.raises(Rejected) as caught:
            call()
        assert caught.value.part == "panel"
    bench.mend()
    bench.panel.light(1.0)
    assert bench.level() == 1.0


def test_pins_are_taken_as_the_board_wants_them_and_let_go() -> None:
    gpio = SimulatedGpio()
    panel = GpioPanel(LAMP, BUTTON, gpio)
    assert gpio.mode == gpio.BCM
    assert gpio.directions == {LAMP: gpio.OUT, BUTTON: gpio.IN}
    assert gpio.pulls == {BUTTON: gpio.PUD_UP}
    assert gpio.frequencies == {LAMP: LAMP_HZ}
    panel.close()
    assert gpio.directions == {}
    assert gpio.frequencies == {}


def test_the_lamp_is_stopped_before_its_pin_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real object stops once more when it goes, and complains if its pin is gone by then."""
    gc.collect()
    unraisable: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", unraisable.append)
    GpioPanel(LAMP, None, SimulatedGpio()).close()
    gc.collect()
    assert unraisable == []
    careless = SimulatedGpio()
    careless.setmode(careless.BCM)
    careless.setup(LAMP, careless.OUT, initial=0)
    pwm = careless.PWM(LAMP, LAMP_HZ)
    careless.cleanup(LAMP)
    del pwm
    gc.collect()
    assert len(unraisable) == 1


def test_either_pin_may_be_missing() -> None:
    gpio = SimulatedGpio()
    lamp_only = GpioPanel(LAMP, None, gpio)
    lamp_only.light(0.5)
    assert gpio.levels == {LAMP: 0.5}
    assert not lamp_only.pressed()
    other = SimulatedGpio(grounded={BUTTON})
    button_only = GpioPanel(None, BUTTON, other)
    button_only.light(0.5)
    assert other.levels == {}
    assert button_only.pressed()
    GpioPanel(None, None, other).close()
    assert other.directions == {BUTTON: other.IN}


@pytest.mark.parametrize(
    ("lamp", "button", "busy", "named"),
    [
        (99, BUTTON, set(), "lamp cannot be had at pin 99"),
        (LAMP, -1, set(), "button cannot be had at pin -1"),
        (LAMP, BUTTON, {LAMP}, f"lamp cannot be had at pin {LAMP}"),
        (LAMP, BUTTON, {BUTTON}, f"button cannot be had at pin {BUTTON}"),
        (LAMP, LAMP, set(), f"both at pin {LAMP}"),
    ],
)
def test_a_pin_that_cannot_be_had_is_named_and_none_is_kept(
    lamp: int, button: int, busy: set[int], named: str
) -> None:
    gpio = SimulatedGpio(busy=busy)
    with pytest.raises(Rejected, match=named):
        GpioPanel(lamp, button, gpio)
    assert gpio.directions == {}


def test_pins_numbered_otherwise_by_somebody_else_are_rejected() -> None:
    gpio = SimulatedGpio()
    gpio.setmode(gpio.BOARD)
    with pytest.raises(Rejected, match="different mode"):
        GpioPanel(LAMP, BUTTON, gpio)


def test_a_pin_that_cannot_be_let_go_keeps_no_other() -> None:
    gpio = SimulatedGpio()
    panel = GpioPanel(LAMP, BUTTON, gpio)
    gpio.directions.pop(BUTTON)
    with pytest.raises(Rejected, match="let go"):
        panel.close()
    assert gpio.directions == {}


def test_the_panel_and_a_switch_share_the_pins() -> None:
    gpio = SimulatedGpio()
    switch = GpioSwitch(4, gpio)
    panel = GpioPanel(LAMP, BUTTON, gpio)
    switch(on=False)
    panel.close()
    assert gpio.levels == {4: 0.0}


@pytest.mark.parametrize("misuse", ["input", "output", "PWM", "setup", "no_setup"])
def test_the_simulated_module_is_as_strict_as_the_real_one(misuse: str) -> None:
    gpio = SimulatedGpio()
    if misuse == "no_setup":
        gpio.setmode(gpio.BCM)
    calls: dict[str, Callable[[], object]] = {
        "input": lambda: gpio.input(LAMP),
        "output": lambda: gpio.output(LAMP, 1),
        "PWM": lambda: gpio.PWM(LAMP, LAMP_HZ),
        "setup": lambda: gpio.setup(LAMP, gpio.OUT, initial=0),
        "no_setup": lambda: gpio.input(LAMP),
    }
    with pytest.raises(RuntimeError):
        calls[misuse]()


def test_the_machines_own_module_is_taken_where_there_is_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gpio = SimulatedGpio()
    monkeypatch.setitem(sys.modules, "RPi", SimpleNamespace(GPIO=gpio))
    assert system_gpio() is gpio
    monkeypatch.setitem(sys.modules, "RPi", None)
    with pytest.raises(Rejected, match="rpi-lgpio"):
        system_gpio()


def test_a_simulated_panel_writes_down_what_was_lit_when() -> None:
    clock = SimulatedClock()
    panel = SimulatedPanel(clock)
    panel.light(1.0)
    clock.advance(2)
    panel.light(0.5)
    panel.fault = Rejected("panel", "broken")
    with pytest.raises(Fault):
        panel.light(0.7)
    assert panel.shown == [(0, 1.0), (2_000_000_000, 0.5)]


def test_a_device_without_a_panel_is_none_the_worse() -> None:
    panel: Panel = NoPanel()
    panel.light(1.0)
    assert panel.pressed() is False
    panel.close()
    panel.light(1.0)
    assert panel.pressed() is False
