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

    band: float = 0.14
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


@dataclass(frozen=True, slots=True)
class Meeting:
    """When the way of a body met the line, and where in body lengths from the line's start."""

    at_ns: int
    frame: int
    along: float = 0.0


Decided = list[tuple[Verdict, Meeting]]
"""What passages turned out to be, each with its meeting of the line."""


@dataclass(slots=True)
class Passage:
    """What is going on between one body and one line.

    `home` is the side that the body is known to have held last.
    """

    settings: PassageSettings
    home: int
    met: Meeting | None = None
    over: int = 0
    far_since_ns: int | None = None
    far_looks: int = 0
    gone: Meeting | None = None
    last: Look | None = None

    def see(self, look: Look, met: Meeting | None) -> Decided:
        """Take in a look, and where the segment was met since the last one, if it was.

        Returns what has been decided by it.
        """
        self.last = look
        if met is not None:
            self.over += look.side
            self.met = met if self.over else None
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

    def wait(self, at_ns: int) -> Decided:
        """Let time go by without a look."""
        if self.last is None or self.last.side != self.home:
            return []
        return self._decide(Look(at_ns, self.last.offset))

    def end(self) -> Decided:
        """Settle what can be settled for a body that will not be seen again."""
        decided: Decided = []
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
            and self.gone is None
            and self.met is None
            and self.far_since_ns is None
        )

    def _is_far_side_held(self, look: Look) -> bool:
        since_ns = self.far_since_ns
        held = since_ns is not None and look.at_ns - since_ns >= self.settings.hold_s * 1e9
        return held and self.far_looks >= 2

    def _move_over(self, look: Look) -> Decided:
        """Call the other side home; going round the end of the segment is no passage."""
        met, went_over = self.met, self.over * look.side > 0
        self.home = look.side
        self._settle_down()
        if met is None or not went_over:
            return self._decide(look)
        gone, self.gone = self.gone, met
        if gone is None:
            return self._decide(look)
        if met.at_ns - gone.at_ns <= self.settings.u_turn_s * 1e9:
            self.gone = None
            return [(Verdict.U_TURN, gone)]
        return [(Verdict.OUT if look.side == IN else Verdict.IN, gone), *self._decide(look)]

    def _decide(self, look: Look) -> Decided:
        """Call a passage over once a U-turn has become impossible."""
        if self.gone is None:
            return []
        away = abs(look.offset) >= self.settings.away
        late = look.at_ns - self.gone.at_ns > self.settings.u_turn_s * 1e9
        return self._let_go() if away or late else []

    def _let_go(self) -> Decided:
        if self.gone is None:
            return []
        gone, self.gone = self.gone, None
        return [(Verdict.IN if self.home == IN else Verdict.OUT, gone)]

    def _settle_down(self) -> None:
        self.met, self.over = None, 0
        self._leave_far_side()

    def _leave_far_side(self) -> None:
        self.far_since_ns, self.far_looks = None, 0
