"""What a person means by pressing the button: short, held for set-up, held to erase everything."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

BOUNCE_MS: Final = 30
SHORT_FROM_MS: Final = 50
SHORT_TO_MS: Final = 1_000
SETUP_MS: Final = 5_000
WARN_MS: Final = 10_000
"""From here on the lamp warns that everything is about to be erased."""
ERASE_MS: Final = 15_000

_MS_NS: Final = 1_000_000


class Press(StrEnum):
    """A press that means something; others, such as one of three seconds, mean nothing."""

    SHORT = "short"
    SETUP = "setup"
    ERASE = "erase"


class Presses:
    """Makes presses of a contact's edges; times are monotonic nanoseconds that never go back.

    A contact is believed once it has been quiet for 30 ms. One that is closed from the beginning
    counts from its first edge.
    """

    def __init__(self) -> None:
        self._closed = False
        self._quiet_since_ns = 0
        self._begun_ns: int | None = None
        self._told_erase = False

    def edge(self, at_ns: int, *, pressed: bool) -> Press | None:
        """Be told what the contact does now; return the press that has become certain by it."""
        if pressed == self._closed:
            return self.tick(at_ns)
        # Nothing is erased by an edge: a release that is seen late may have come in time.
        ended = self._settle(at_ns)
        self._closed, self._quiet_since_ns = pressed, at_ns
        return ended

    def tick(self, at_ns: int) -> Press | None:
        """Let time pass; return the press that has become certain by it."""
        ended = self._settle(at_ns)
        if not self._closed or self._told_erase or self.held_ms(at_ns) < ERASE_MS:
            return ended
        self._told_erase = True
        return Press.ERASE

    def held_ms(self, at_ns: int) -> int:
        """Return for how long the button has been held, 0 while it is not."""
        return 0 if self._begun_ns is None else (at_ns - self._begun_ns) // _MS_NS

    def _settle(self, at_ns: int) -> Press | None:
        """Believe a contact that has been quiet; return the press that ended with it."""
        if at_ns - self._quiet_since_ns < BOUNCE_MS * _MS_NS:
            return None
        if self._closed and self._begun_ns is None:
            self._begun_ns, self._told_erase = self._quiet_since_ns, False
        elif not self._closed and self._begun_ns is not None:
            held_ms = self.held_ms(self._quiet_since_ns)
            self._begun_ns = None
            return _meant(held_ms)
        return None


def _meant(held_ms: int) -> Press | None:
    if SHORT_FROM_MS <= held_ms <= SHORT_TO_MS:
        return Press.SHORT
    return Press.SETUP if SETUP_MS <= held_ms < ERASE_MS else None
