"""The blink code: how one lamp tells what the device does, and what a person must do.

What goes well is a rhythm of its own; what went wrong with a card or the Wi-Fi is a number of
short blinks and a pause, so that a person can count them.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - a constant's type
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

NIGHT_SHARE: Final = 0.1
LEAST_LIT: Final = 0.02
"""A lamp that is lit is seen at night too, however faint its level."""

MOST_DIGITS: Final = 8
SHORT_ON_MS: Final = 200
SHORT_OFF_MS: Final = 300
PAUSE_MS: Final = 1500
OPENING_ON_MS: Final = 2000
CLOSING_MS: Final = 3500

Step = tuple[float, int]


class Signal(StrEnum):
    """What the lamp can say."""

    STARTING = "starting"
    COUNTING = "counting"
    COUNTING_OFFLINE = "counting_offline"
    CANNOT_COUNT = "cannot_count"
    SETUP = "setup"
    CARD_READ = "card_read"
    CARD_EXPIRED = "card_expired"
    CARD_FOREIGN = "card_foreign"
    CARD_REPLAYED = "card_replayed"
    CARD_BROKEN = "card_broken"
    WIFI_PASSWORD = "wifi_password"  # noqa: S105 - the name of a signal
    WIFI_NOT_FOUND = "wifi_not_found"
    WIFI_REFUSED = "wifi_refused"
    ERASE_WARNING = "erase_warning"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Pattern:
    """Steps of (level 0..1, duration in ms), and how often they come; None is for ever."""

    steps: tuple[Step, ...]
    repeats: int | None = None

    def __post_init__(self) -> None:
        if not self.steps or any(not 0 <= level <= 1 or ms < 1 for level, ms in self.steps):
            raise ValueError(f"steps are (level 0..1, at least 1 ms), not {self.steps}")
        if self.repeats is not None and self.repeats < 1:
            raise ValueError(f"a pattern comes at least once, not {self.repeats} times")

    @property
    def round_ms(self) -> int:
        """How long the steps take once."""
        return sum(ms for _, ms in self.steps)

    @property
    def blinks(self) -> int:
        """How often the lamp comes on in one round."""
        before = (self.steps[-1], *self.steps)
        pairs = zip(before, self.steps, strict=False)
        return sum(last == 0 < level for (last, _), (level, _) in pairs)


def _blinks(number: int, pause_ms: int = PAUSE_MS) -> tuple[Step, ...]:
    blinks = ((1.0, SHORT_ON_MS), (0.0, SHORT_OFF_MS)) * number
    return (*blinks[:-1], (0.0, pause_ms))


def _counted(number: int) -> Pattern:
    return Pattern(_blinks(number), repeats=1)


def _breath() -> Pattern:
    rise = tuple((tenth / 10, 100) for tenth in range(11))
    return Pattern(rise + rise[-2:0:-1])


COUNTED: Final[Mapping[Signal, int]] = {
    Signal.WIFI_PASSWORD: 2,
    Signal.WIFI_NOT_FOUND: 3,
    Signal.WIFI_REFUSED: 4,
    Signal.CARD_EXPIRED: 5,
    Signal.CARD_REPLAYED: 6,
    Signal.CARD_FOREIGN: 7,
    Signal.CARD_BROKEN: 8,
}
"""The problems that a person counts; the likelier ones have fewer blinks."""

# A lamp that is lit while counting still winks: a process that hangs leaves it as it was.
CODE: Final[Mapping[Signal, Pattern]] = {
    Signal.STARTING: Pattern(((1.0, 1000), (0.0, 1000))),
    Signal.COUNTING: Pattern(((1.0, 3800), (0.0, 200))),
    Signal.COUNTING_OFFLINE: Pattern(((1.0, 1400), (0.0, 200), (1.0, 200), (0.0, 200))),
    Signal.CANNOT_COUNT: Pattern(((1.0, 300), (0.0, 300))),
    Signal.SETUP: _breath(),
    Signal.CARD_READ: Pattern(
        ((1.0, 1500), (0.0, 200), (1.0, 100), (0.0, 200), (1.0, 100), (0.0, 900)), repeats=1
    ),
    Signal.ERASE_WARNING: Pattern(((1.0, 80), (0.0, 80))),
    Signal.ERASED: Pattern(((1.0, 3000), (0.0, 1000)), repeats=1),
    **{signal: _counted(number) for signal, number in COUNTED.items()},
}

MEANING: Final[Mapping[Signal, str]] = {
    Signal.STARTING: "starting",
    Signal.COUNTING: "counting; hours go home, or nothing asks for them to",
    Signal.COUNTING_OFFLINE: "counting; hours wait for the network, none is lost",
    Signal.CANNOT_COUNT: "cannot count: look at the log, or restart the device",
    Signal.SETUP: "set-up mode: show a card",
    Signal.CARD_READ: "the card is taken",
    Signal.WIFI_PASSWORD: "the network refuses the password: correct it and make another card",
    Signal.WIFI_NOT_FOUND: "no network of that name in reach: check the name and the distance",
    Signal.WIFI_REFUSED: "the network gives no address or lets nobody in: look at its router",
    Signal.CARD_EXPIRED: "the card has expired: make a new one",
    Signal.CARD_REPLAYED: "the card, or a later one, was used on this device: make a new one",
    Signal.CARD_FOREIGN: "the card is somebody else's, or another device's: compare the label",
    Signal.CARD_BROKEN: "the code is no set-up card, or a damaged one: print it again",
    Signal.ERASE_WARNING: "about to erase everything: release the button to stop",
    Signal.ERASED: "everything is erased",
}


def level_at(pattern: Pattern, elapsed_ms: float) -> float | None:
    """Return the lamp's level that long after a pattern began, None once it has ended."""
    rounds, left_ms = divmod(elapsed_ms, pattern.round_ms)
    if pattern.repeats is not None and rounds >= pattern.repeats:
        return None
    for level, ms in pattern.steps:
        if left_ms < ms:
            return level
        left_ms -= ms
    return pattern.steps[-1][0]


def endless(pattern: Pattern) -> Pattern:
    """Return a pattern for ever."""
    return replace(pattern, repeats=None)


def lasting(pattern: Pattern, at_least_ms: float) -> Pattern:
    """Return a pattern in as many whole rounds as last that long, never fewer than its own."""
    rounds = -int(-at_least_ms // pattern.round_ms)
    return replace(pattern, repeats=max(rounds, pattern.repeats or 1))


def digits(code: str) -> Pattern:
    """Return the blinks of up to eight digits: a long light, then each digit, nought as ten.

    Raises:
        ValueError: it is no such code; the message does not tell it.
    """
    if not (code.isascii() and code.isdigit() and len(code) <= MOST_DIGITS):
        raise ValueError(f"a code has 1 to {MOST_DIGITS} digits")
    steps: list[Step] = [(1.0, OPENING_ON_MS), (0.0, PAUSE_MS)]
    for digit in code[:-1]:
        steps.extend(_blinks(int(digit) or 10))
    steps.extend(_blinks(int(code[-1]) or 10, CLOSING_MS))
    return Pattern(tuple(steps), repeats=1)


def dimmed(level: float, *, at_night: bool) -> float:
    """Return a level as it is shown; what is lit by day is never quite dark at night."""
    if not at_night or level == 0:
        return level
    return max(level * NIGHT_SHARE, min(level, LEAST_LIT))
