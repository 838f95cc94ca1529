"""A pin of the Raspberry Pi that switches something on and off, such as the modem's power."""

from __future__ import annotations

from typing import Protocol

from fanlight.ports.errors import Rejected

PART = "gpio"


class Pwm(Protocol):
    """What is used of `RPi.GPIO.PWM`: an output that is on for a share of the time."""

    def start(self, dutycycle: float, /) -> None:
        """Begin, on for so many percent of the time."""

    def ChangeDutyCycle(self, dutycycle: float, /) -> None:  # noqa: N802 - its name there
        """Be on for so many percent of the time."""

    def stop(self) -> None:
        """End, off."""


class Gpio(Protocol):
    """What is used of the module `RPi.GPIO`, on a Pi 5 by the package rpi-lgpio."""

    BCM: int
    IN: int
    OUT: int
    PUD_UP: int

    def setmode(self, mode: int) -> None:
        """Choose how pins are numbered."""

    def setup(
        self, channel: int, direction: int, *, initial: int = ..., pull_up_down: int = ...
    ) -> None:
        """Make a pin an output with that level, or an input with that resistor."""

    def input(self, channel: int) -> int:
        """Return the level at a pin."""

    def output(self, channel: int, value: int) -> None:
        """Set an output's level."""

    def PWM(self, channel: int, frequency: float, /) -> Pwm:  # noqa: N802 - its name there
        """Make an output one that is on for a share of the time; it ends with the object."""

    def cleanup(self, channel: int) -> None:
        """Make a pin an input again."""


def system_gpio() -> Gpio:
    """Return the module for this machine's pins.

    Raises:
        Rejected: there is none.
    """
    try:
        from RPi import GPIO  # noqa: PLC0415 - only where there are pins
    except (ImportError, RuntimeError) as error:
        raise Rejected(
            PART, f"no pins on this machine ({error}); install rpi-lgpio on a Raspberry Pi"
        ) from error
    module: Gpio = GPIO
    return module


class GpioSwitch:
    """A load switch at a pin (BCM number); on when made, and on at the end.

    Raises:
        Rejected: the pin cannot be had.
    """

    def __init__(self, pin: int, gpio: Gpio) -> None:
        self._pin = pin
        self._gpio = gpio
        try:
            gpio.setmode(gpio.BCM)
            gpio.setup(pin, gpio.OUT, initial=1)
        except (RuntimeError, ValueError, OSError) as error:
            raise Rejected(PART, f"pin {pin} cannot be an output ({error})") from error

    def __call__(self, on: bool) -> None:  # noqa: FBT001 - a switch
        """Switch."""
        self._gpio.output(self._pin, 1 if on else 0)
