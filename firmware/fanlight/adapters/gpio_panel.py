"""The lamp and the button at pins of the Raspberry Pi."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final

from fanlight.ports.errors import Gone, Rejected
from fanlight.ports.panel import PART

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fanlight.adapters.gpio_switch import Gpio, Pwm

LAMP_HZ: Final = 200
"""No eye sees it flicker, and the processor that makes it has little to do."""


class GpioPanel:
    """A lamp and a button by their BCM numbers, None where there is none; pressed is to ground.

    Raises:
        Rejected: a pin cannot be had; none is kept.
    """

    def __init__(self, lamp_pin: int | None, button_pin: int | None, gpio: Gpio) -> None:
        if lamp_pin is not None and lamp_pin == button_pin:
            raise Rejected(PART, f"lamp and button are both at pin {lamp_pin}; choose another")
        self._gpio = gpio
        self._button_pin = button_pin
        self._lamp: Pwm | None = None
        self._closed = False
        with ExitStack() as parts:
            if lamp_pin is not None:
                self._open_lamp(lamp_pin, parts)
            if button_pin is not None:
                self._open_button(button_pin, parts)
            self._parts = parts.pop_all()

    def light(self, level: float) -> None:
        """Light the lamp."""
        self._must_be_open()
        if self._lamp is not None:
            with _translated("the lamp cannot be lit"):
                self._lamp.ChangeDutyCycle(100.0 * level)

    def pressed(self) -> bool:
        """Whether the button joins its pin to ground."""
        self._must_be_open()
        if self._button_pin is None:
            return False
        with _translated(f"the button at pin {self._button_pin} cannot be read"):
            return not self._gpio.input(self._button_pin)

    def close(self) -> None:
        """Let the lamp go dark, and the pins go."""
        self._closed = True
        with _translated("a pin cannot be let go"):
            self._parts.close()

    def _open_lamp(self, pin: int, parts: ExitStack) -> None:
        gpio = self._gpio
        with _translated(f"the lamp cannot be had at pin {pin}"):
            gpio.setmode(gpio.BCM)
            gpio.setup(pin, gpio.OUT, initial=0)
            parts.callback(gpio.cleanup, pin)
            self._lamp = gpio.PWM(pin, LAMP_HZ)
            parts.callback(self._darken)
            self._lamp.start(0.0)

    def _open_button(self, pin: int, parts: ExitStack) -> None:
        gpio = self._gpio
        with _translated(f"the button cannot be had at pin {pin}"):
            gpio.setmode(gpio.BCM)
            gpio.setup(pin, gpio.IN, pull_up_down=gpio.PUD_UP)
            parts.callback(gpio.cleanup, pin)

    def _darken(self) -> None:
        # The object must go before its pin does: when it goes, it stops once more.
        lamp, self._lamp = self._lamp, None
        if lamp is not None:
            lamp.stop()

    def _must_be_open(self) -> None:
        if self._closed:
            raise Gone(PART, "is closed; open it again")


@contextmanager
def _translated(what: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # what rpi-lgpio raises has no narrower base in common
        advice = "check its number, and that nothing else uses it"
        raise Rejected(PART, f"{what} ({error}); {advice}") from error
