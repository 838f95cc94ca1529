"""A pin of the Raspberry Pi that switches something on and off, such as the modem's power."""

from __future__ import annotations

from typing import Protocol

from fanlight.ports.errors import Rejected

PART = "gpio"


class Gpio(Protocol):
    """What is used of the module `RPi.GPIO`, on a Pi 5 by the package rpi-lgpio."""

    BCM: int
    OUT: int

    def setmode(self, mode: int) -> None:
        """Choose how pins are numbered."""

    def setup(self, channel: int, direction: int, *, initial: int) -> None:
        """Make a pin an output with that level."""

    def output(self, channel: int, value: int) -> None:
        """Set an output's level."""

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
