"""Keeps the lamp saying what the device does, and listens to the button."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final, NoReturn

from fanlight.domain.blinks import CODE, Pattern, Signal, dimmed, endless, lasting, level_at
from fanlight.domain.presses import ERASE_MS, WARN_MS, Presses
from fanlight.ports.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from fanlight.domain.presses import Press
    from fanlight.ports.clock import Clock
    from fanlight.ports.panel import Panel

log = logging.getLogger(__name__)

TICK_S: Final = 0.02
FLASH_S: Final = 15.0
LONGEST_GAP_NS: Final = 2_000_000_000
"""Who holds the button is warned by the lamp; a press that nobody watched for longer is none."""


class PanelService:
    """Shows a standing signal, flashes others on top of it, and tells `on_press` each press.

    `night` is asked when the lamp changes, which every signal does within seconds. The panel is
    closed by whoever made it.
    """

    def __init__(
        self,
        panel: Panel,
        clock: Clock,
        night: Callable[[], bool],
        on_press: Callable[[Press], None],
    ) -> None:
        self._panel = panel
        self._clock = clock
        self._night = night
        self._on_press = on_press
        now_ns = clock.monotonic_ns()
        self._signal = Signal.STARTING
        self._standing = (endless(CODE[self._signal]), now_ns)
        self._flash: tuple[Pattern, int] | None = None
        self._presses = Presses()
        self._was_open = False
        self._polled_ns = now_ns
        self._level: float | None = None
        self._told: set[str] = set()

    def show(self, signal: Signal) -> None:
        """Show a signal from now on; the one that is shown already goes on undisturbed."""
        if signal is not self._signal:
            self._signal = signal
            self._standing = (endless(CODE[signal]), self._clock.monotonic_ns())

    def flash(self, what: Signal | Pattern, for_s: float = FLASH_S) -> None:
        """Show something for at least so long, in whole rounds, then the standing signal again."""
        pattern = CODE[what] if isinstance(what, Signal) else what
        self._flash = (lasting(pattern, for_s * 1000), self._clock.monotonic_ns())

    async def run(self) -> NoReturn:
        """Light and listen for ever."""
        while True:
            self.turn()
            await asyncio.sleep(TICK_S)

    def turn(self) -> None:
        """Look at the button and light the lamp once."""
        now_ns = self._clock.monotonic_ns()
        press = self._listen(now_ns)
        if press is not None:
            log.info("the button was pressed", extra={"press": str(press)})
            self._on_press(press)
        self._light(self._level_at(now_ns))

    def _listen(self, now_ns: int) -> Press | None:
        if now_ns - self._polled_ns > LONGEST_GAP_NS:
            self._forget_presses()
        self._polled_ns = now_ns
        try:
            pressed = self._panel.pressed()
        except Fault as fault:
            # Whoever cannot see a release must not take the press for a long one.
            self._forget_presses()
            self._complain(fault)
            return None
        self._was_open = self._was_open or not pressed
        if not self._was_open:
            return None
        return self._presses.edge(now_ns, pressed=pressed)

    def _forget_presses(self) -> None:
        """Begin anew: a button must be seen open first, so that a jammed one erases nothing."""
        self._presses, self._was_open = Presses(), False

    def _level_at(self, now_ns: int) -> float:
        if WARN_MS <= self._presses.held_ms(now_ns) < ERASE_MS:
            warning = level_at(CODE[Signal.ERASE_WARNING], now_ns / 1e6)
            return warning or 0.0
        if self._flash is not None:
            pattern, since_ns = self._flash
            level = level_at(pattern, _ms_since(since_ns, now_ns))
            if level is not None:
                return level
            self._flash = None
        pattern, since_ns = self._standing
        return level_at(pattern, _ms_since(since_ns, now_ns)) or 0.0

    def _light(self, level: float) -> None:
        if level == self._level:
            return
        try:
            self._panel.light(dimmed(level, at_night=self._night()))
        except Fault as fault:
            self._complain(fault)
        else:
            self._level = level

    def _complain(self, fault: Fault) -> None:
        if str(fault) not in self._told:
            self._told.add(str(fault))
            log.warning("%s", fault, extra={"part": fault.part})


def _ms_since(since_ns: int, now_ns: int) -> float:
    # on_press may begin a flash within the same turn, a moment after its time was read.
    return max(0, now_ns - since_ns) / 1e6
