"""The module RPi.GPIO, as strict as rpi-lgpio's: an order of calls that fails there fails here."""

from __future__ import annotations

from dataclasses import dataclass, field


class LgpioError(Exception):
    """What the library below raises: no RuntimeError, and no OSError either."""


@dataclass
class SimulatedGpio:
    """Pins with their directions; `grounded` are joined to ground, `busy` are somebody else's."""

    BCM: int = 11
    BOARD: int = 10
    OUT: int = 0
    IN: int = 1
    PUD_OFF: int = 20
    PUD_UP: int = 22
    grounded: set[int] = field(default_factory=set)
    busy: set[int] = field(default_factory=set)
    mode: int | None = None
    directions: dict[int, int] = field(default_factory=dict)
    pulls: dict[int, int] = field(default_factory=dict)
    levels: dict[int, float] = field(default_factory=dict)
    frequencies: dict[int, float] = field(default_factory=dict)

    def setmode(self, mode: int) -> None:
        if mode not in (self.BCM, self.BOARD):
            raise ValueError("An invalid mode was passed to setmode()")
        if self.mode not in (None, mode):
            raise ValueError("A different mode has already been set!")
        self.mode = mode

    def setup(
        self,
        channel: int,
        direction: int,
        *,
        initial: int | None = None,
        pull_up_down: int | None = None,
    ) -> None:
        self.must_be_pin(channel)
        if direction == self.OUT and pull_up_down is not None:
            raise ValueError("pull_up_down parameter is not valid for outputs")
        if direction == self.IN and initial is not None:
            raise ValueError("initial parameter is not valid for inputs")
        self.must_be_free(channel)
        self.directions[channel] = direction
        if direction == self.OUT:
            self.levels[channel] = float(initial or 0)
        else:
            self.pulls[channel] = self.PUD_OFF if pull_up_down is None else pull_up_down

    def input(self, channel: int) -> int:
        self.must_be_pin(channel)
        if channel not in self.directions:
            raise RuntimeError("You must setup() the GPIO channel first")
        self.must_be_free(channel)
        if self.directions[channel] == self.OUT:
            return round(self.levels[channel])
        return int(channel not in self.grounded and self.pulls[channel] == self.PUD_UP)

    def output(self, channel: int, value: int) -> None:
        self.must_be_output(channel, "The GPIO channel has not been set up as an OUTPUT")
        self.levels[channel] = float(value)

    def PWM(self, channel: int, frequency: float) -> SimulatedPwm:  # noqa: N802 - its name there
        return SimulatedPwm(self, channel, frequency)

    def cleanup(self, channel: int) -> None:
        self.must_be_pin(channel)
        if self.directions.pop(channel, None) is None:
            raise RuntimeWarning("No channels have been set up yet - nothing to clean up!")
        self.levels.pop(channel, None)

    def must_be_pin(self, channel: int) -> None:
        if self.mode is None:
            raise RuntimeError("Please set pin numbering mode using GPIO.setmode(GPIO.BOARD)")
        if not 0 <= channel < 54:
            raise ValueError("The channel sent is invalid on a Raspberry Pi")

    def must_be_free(self, channel: int) -> None:
        if channel in self.busy:
            raise LgpioError("GPIO busy")

    def must_be_output(self, channel: int, message: str) -> None:
        self.must_be_pin(channel)
        if self.directions.get(channel) != self.OUT:
            raise RuntimeError(message)
        self.must_be_free(channel)


class SimulatedPwm:
    """An output on for a share of the time; like the real one it stops again when it goes."""

    def __init__(self, gpio: SimulatedGpio, channel: int, frequency: float) -> None:
        self._gpio = gpio
        self._channel = channel
        self._running = False
        if channel in gpio.frequencies:
            raise RuntimeError("A PWM object already exists for this GPIO channel")
        gpio.must_be_output(channel, "You must setup() the GPIO channel as an output first")
        if frequency <= 0:
            raise ValueError("frequency must be greater than 0.0")
        gpio.frequencies[channel] = frequency

    def start(self, dutycycle: float) -> None:
        self._running = True
        self.ChangeDutyCycle(dutycycle)

    def ChangeDutyCycle(self, dutycycle: float) -> None:  # noqa: N802 - its name there
        if not 0 <= dutycycle <= 100:
            raise ValueError("dutycycle must have a value from 0.0 to 100.0")
        if self._running:
            self._write(dutycycle / 100)

    def stop(self) -> None:
        self._running = False
        self._write(0.0)

    def __del__(self) -> None:
        if self._gpio.frequencies.pop(self._channel, None) is not None:
            self.stop()

    def _write(self, level: float) -> None:
        if self._channel not in self._gpio.directions:
            raise LgpioError("GPIO not allocated")
        self._gpio.must_be_free(self._channel)
        self._gpio.levels[self._channel] = level
