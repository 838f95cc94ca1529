"""What to do with a modem that does not come up, and how long to wait each time.

A modem that was reset may need twenty minutes or more to find its network again, so each rung is
left its time, and after the last comes a long pause in which nothing is touched.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class Rung(StrEnum):
    """From the least to the most: each includes what the one before it does."""

    REATTACH = "reattach"
    RADIO = "radio"
    RESET = "reset"
    POWER = "power"


@dataclass(frozen=True, slots=True)
class ResetTimes:
    """How long each rung is given to work, and the pause after the last; seconds.

    The pause doubles each time the whole ladder was of no use, up to `longest_pause_s`.
    """

    patience_s: tuple[float, float, float, float] = (60.0, 120.0, 300.0, 600.0)
    pause_s: float = 1500.0
    longest_pause_s: float = 6000.0


@dataclass(frozen=True, slots=True)
class ResetLadder:
    """Where on the ladder a modem is; a new one stands at the bottom."""

    rungs: tuple[Rung, ...] = tuple(Rung)
    times: ResetTimes = ResetTimes()
    next_rung: int = 0
    rounds: int = 0
    wait_until_s: float | None = None

    def failed(self, now_s: float) -> tuple[ResetLadder, Rung | None]:
        """Return the ladder after a failure at that monotonic time, and what to do, if anything.

        Failures during a wait change nothing; the first failure of all waits as well, since most
        troubles pass by themselves.
        """
        if self.wait_until_s is None:
            return self._waiting(now_s, self.times.patience_s[0], 0, self.rounds), None
        if now_s < self.wait_until_s:
            return self, None
        if self.next_rung == len(self.rungs):
            return self._waiting(now_s, self.times.patience_s[0], 0, self.rounds + 1), None
        rung = self.rungs[self.next_rung]
        patience_s = self.times.patience_s[list(Rung).index(rung)]
        following = self.next_rung + 1
        if following == len(self.rungs):
            grown_s = self.times.pause_s * 2.0 ** min(self.rounds, 20)
            patience_s = max(patience_s, min(grown_s, self.times.longest_pause_s))
        return self._waiting(now_s, patience_s, following, self.rounds), rung

    def worked(self) -> ResetLadder:
        """Return the ladder after a success: at the bottom again."""
        return ResetLadder(self.rungs, self.times)

    def _waiting(self, now_s: float, wait_s: float, next_rung: int, rounds: int) -> ResetLadder:
        return replace(self, next_rung=next_rung, rounds=rounds, wait_until_s=now_s + wait_s)
