"""One body at one line: from the first step over it until it is settled what that was."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

IN, NOWHERE, OUT = 1, 0, -1
"""The sides of a line; a body first seen on the line itself is nowhere yet."""


@dataclass(frozen=True, slots=True)
class PassageSettings:
    """When a side of the line is held; lengths are in body lengths, times in seconds.

    A body nearer than `band` to the line is on neither side for sure. The other side is held
    once it was seen there for `hold_s`, at least twice, and out of the band. Somebody who is
    `away` from the line does not come back in a U-turn, nor does anybody after `u_turn_s`.
    """

    band: float = 0.16
    hold_s: float = 0.06
    away: float = 1.5
    u_turn_s: float = 2.0


class Verdict(Enum):
    """What a passage turned out to be."""

    IN = auto()
    OUT = auto()
    U_TURN = auto()


@dataclass(frozen=True, slots=True)
class Look:
    """Where a body was seen: the time, and how far on the in side in body lengths."""

    at_ns: int
    offset: float

    @property
    def side(self) -> int:
        """On which side; exactly on the line belongs to in."""
        return IN if self.offset >= 0.0 else OUT


@dataclass(slots=True)
class Passage:
    """What is going on between one body and one line.

    `home` is the side that the body is known to have held last.
    """

    settings: PassageSettings
    home: int
    met_ns: int | None = None
    over: int = 0
    far_since_ns: int | None = None
    far_looks: int = 0
    gone_ns: int | None = None
    last: Look | None = None

    def see(self, look: Look, met_ns: int | None) -> list[tuple[Verdict, int]]:
        """Take in a look, and when the segment was met since the last one.

        Returns what has been decided, each with the instant at which the line was met.
        """
        self.last = look
        if met_ns is not None:
            self.over += look.side
            self.met_ns = met_ns if self.over else None
        clear = abs(look.offset) >= self.settings.band
        if self.home == NOWHERE:
            if clear:
                self.home = look.side
            self._settle_down()
            return []
        if look.side == self.home:
            if clear:
                self._settle_down()
            else:
                self._leave_far_side()
            return self._decide(look)
        if self.far_since_ns is None:
            self.far_since_ns = look.at_ns
        self.far_looks += 1
        if clear and self._is_far_side_held(look):
            return self._move_over(look)
        return []

    def wait(self, at_ns: int) -> list[tuple[Verdict, int]]:
        """Let time go by without a look."""
        if self.last is None or self.last.side != self.home:
            return []
        return self._decide(Look(at_ns, self.last.offset))

    def end(self) -> list[tuple[Verdict, int]]:
        """Settle what can be settled for a body that will not be seen again."""
        decided = []
        if self.last is not None and self.home not in (NOWHERE, self.last.side):
            clear = abs(self.last.offset) >= self.settings.band
            if clear or self._is_far_side_held(self.last):
                decided = self._move_over(self.last)
        return decided + self._let_go()

    @property
    def is_over(self) -> bool:
        """Whether nothing is open any more."""
        return (
            self.home != NOWHERE
            and self.gone_ns is None
            and self.met_ns is None
            and self.far_since_ns is None
        )

    def _is_far_side_held(self, look: Look) -> bool:
        since_ns = self.far_since_ns
        held = since_ns is not None and look.at_ns - since_ns >= self.settings.hold_s * 1e9
        return held and self.far_looks >= 2

    def _move_over(self, look: Look) -> list[tuple[Verdict, int]]:
        """Call the other side home; going round the end of the segment is no passage."""
        met_ns, went_over = self.met_ns, self.over * look.side > 0
        self.home = look.side
        self._settle_down()
        if met_ns is None or not went_over:
            return self._decide(look)
        if self.gone_ns is None:
            self.gone_ns = met_ns
            return self._decide(look)
        if met_ns - self.gone_ns <= self.settings.u_turn_s * 1e9:
            gone_ns, self.gone_ns = self.gone_ns, None
            return [(Verdict.U_TURN, gone_ns)]
        first = [(Verdict.OUT if look.side == IN else Verdict.IN, self.gone_ns)]
        self.gone_ns = met_ns
        return first + self._decide(look)

    def _decide(self, look: Look) -> list[tuple[Verdict, int]]:
        """Call a passage over once a U-turn has become impossible."""
        if self.gone_ns is None:
            return []
        away = abs(look.offset) >= self.settings.away
        late = look.at_ns - self.gone_ns > self.settings.u_turn_s * 1e9
        return self._let_go() if away or late else []

    def _let_go(self) -> list[tuple[Verdict, int]]:
        if self.gone_ns is None:
            return []
        gone_ns, self.gone_ns = self.gone_ns, None
        return [(Verdict.IN if self.home == IN else Verdict.OUT, gone_ns)]

    def _settle_down(self) -> None:
        self.met_ns, self.over = None, 0
        self._leave_far_side()

    def _leave_far_side(self) -> None:
        self.far_since_ns, self.far_looks = None, 0
