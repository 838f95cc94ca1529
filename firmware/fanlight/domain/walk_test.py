"""The walk test: somebody walks through a few times each way and says what the count should be."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from math import comb, fsum
from typing import TYPE_CHECKING, Final

from fanlight.domain.events import Crossing, Direction, UTurn

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fanlight.domain.events import Event

RISK: Final = 0.05
MOST_WALKS: Final = 200
"""Nobody walks more often for a test; it bounds what is kept."""


class WalkOutcome(StrEnum):
    """What a walk test found."""

    PASSED = "passed"
    MISSED = "missed"
    DOUBLED = "doubled"
    WRONG_WAY = "wrong_way"
    UNDECIDED = "undecided"


class WalkAdvice(StrEnum):
    """What to do about it, as a code that a page turns into words."""

    TURN_LINE = "turn_line"
    LAY_LINE_ACROSS_THE_WAY = "lay_line_across_the_way"
    MOVE_LINE_FROM_TURNING = "move_line_from_turning"
    LENGTHEN_LINE = "lengthen_line"
    CHECK_HEIGHT = "check_height"
    JUDGE_ONE_LINE = "judge_one_line"
    WALK_ALONE = "walk_alone"
    WALK_MORE = "walk_more"


@dataclass(frozen=True, slots=True)
class WalkProgress:
    """What has been counted so far."""

    ins: int = 0
    outs: int = 0
    u_turns: int = 0


@dataclass(frozen=True, slots=True)
class WayWalked:
    """One direction's walks held against its count; `target` walks are needed to pass."""

    direction: Direction
    walked: int
    counted: int
    target: int

    @property
    def right(self) -> int:
        """How many walks were counted once; a miss and a double that cancel out stay unseen."""
        return max(0, self.walked - abs(self.counted - self.walked))

    @property
    def share_at_least(self) -> float:
        """The share of walks counted rightly is not below this, with 95 % certainty."""
        return share_at_least(self.right, self.walked)

    @property
    def outcome(self) -> WalkOutcome:
        """What this direction alone says; few walks can fail, but not pass."""
        if self.counted != self.walked:
            missed = self.counted < self.walked
            return WalkOutcome.MISSED if missed else WalkOutcome.DOUBLED
        enough = self.walked >= self.target
        return WalkOutcome.PASSED if enough else WalkOutcome.UNDECIDED


@dataclass(frozen=True, slots=True)
class WalkVerdict:
    """What a walk test found, by direction and together, and what to do about it.

    Where the line counts the wrong way, the directions tell how it will count once turned.
    """

    outcome: WalkOutcome
    ways: tuple[WayWalked, WayWalked]
    u_turns: int
    advice: tuple[WalkAdvice, ...]

    @property
    def share_at_least(self) -> float:
        """The share of all walks counted rightly is not below this, with 95 % certainty."""
        right, walked = sum(way.right for way in self.ways), sum(way.walked for way in self.ways)
        return share_at_least(right, walked)


class WalkTest:
    """Takes in what the device counts while somebody walks; `line` None takes all lines together.

    Raises:
        ValueError: the target is not from 1 to `MOST_WALKS`.
    """

    def __init__(self, target: int = 5, line: str | None = None) -> None:
        if not 1 <= target <= MOST_WALKS:
            raise ValueError(f"{target} walks each way make no test; take 1 to {MOST_WALKS}")
        self._target = target
        self._line = line
        self._lines: set[str] = set()
        self._order: deque[Direction] = deque(maxlen=2 * MOST_WALKS)
        self._counted = dict.fromkeys(Direction, 0)
        self._u_turns = 0

    @property
    def progress(self) -> WalkProgress:
        """What has been counted so far."""
        counted = self._counted
        return WalkProgress(counted[Direction.IN], counted[Direction.OUT], self._u_turns)

    def note(self, events: Iterable[Event]) -> None:
        """Take in a Moment's events; only crossings and U-turns of the test's lines matter."""
        for event in events:
            if not isinstance(event, Crossing | UTurn) or self._line not in (None, event.line):
                continue
            self._lines.add(event.line)
            if isinstance(event, UTurn):
                self._u_turns += 1
            else:
                self._counted[event.direction] += 1
                self._order.append(event.direction)

    def end(
        self,
        walked_in: int | None = None,
        walked_out: int | None = None,
        began: Direction = Direction.IN,
    ) -> WalkVerdict:
        """Judge the count by what was truly walked: the target each way unless told otherwise.

        As many walks each way look the same from a line that is the wrong way round; only the
        order tells. So it matters which way the first walk `began`, with ways taking turns.

        Raises:
            ValueError: somebody walked less than never, or more than `MOST_WALKS` times.
        """
        walked = {
            Direction.IN: self._target if walked_in is None else walked_in,
            Direction.OUT: self._target if walked_out is None else walked_out,
        }
        for direction, times in walked.items():
            if not 0 <= times <= MOST_WALKS:
                raise ValueError(f"{times} walks {direction} cannot be; give 0 to {MOST_WALKS}")
        swapped = self._is_swapped(_taking_turns(walked, began))
        ways = (
            self._way(Direction.IN, walked, swapped=swapped),
            self._way(Direction.OUT, walked, swapped=swapped),
        )
        outcome = WalkOutcome.WRONG_WAY if swapped else _worst(ways)
        return WalkVerdict(outcome, ways, self._u_turns, self._advice(outcome, ways))

    def _is_swapped(self, made: Sequence[Direction]) -> bool:
        """Whether the count fits the walks better the other way round, where they can tell."""
        turned = [_other(direction) for direction in self._order]
        fits_better = _in_common(made, turned) > _in_common(made, tuple(self._order))
        return len(made) >= self._target and fits_better

    def _way(
        self, direction: Direction, walked: dict[Direction, int], *, swapped: bool
    ) -> WayWalked:
        counted = self._counted[_other(direction) if swapped else direction]
        return WayWalked(direction, walked[direction], counted, self._target)

    def _advice(self, outcome: WalkOutcome, ways: Sequence[WayWalked]) -> tuple[WalkAdvice, ...]:
        """Return what to do, the likeliest remedy first."""
        found = {way.outcome for way in ways}
        advice = [WalkAdvice.TURN_LINE] if outcome is WalkOutcome.WRONG_WAY else []
        troubled = bool(found & {WalkOutcome.MISSED, WalkOutcome.DOUBLED})
        if troubled and self._u_turns:
            advice.append(WalkAdvice.MOVE_LINE_FROM_TURNING)
        if WalkOutcome.MISSED in found:
            if self._order or self._u_turns:
                advice += [WalkAdvice.LENGTHEN_LINE, WalkAdvice.CHECK_HEIGHT]
            else:
                advice += [WalkAdvice.LAY_LINE_ACROSS_THE_WAY, WalkAdvice.CHECK_HEIGHT]
        if WalkOutcome.DOUBLED in found:
            several = len(self._lines) > 1
            advice += [WalkAdvice.JUDGE_ONE_LINE if several else WalkAdvice.WALK_ALONE]
        if WalkOutcome.UNDECIDED in found:
            advice.append(WalkAdvice.WALK_MORE)
        return tuple(advice)


def share_at_least(right: int, walked: int) -> float:
    """Return the one-sided 95 % lower bound of a share of which `right` of `walked` were seen.

    The exact bound of Clopper and Pearson, Biometrika 26, 1934: the share under which so many or
    more would be seen one time in twenty.

    Raises:
        ValueError: there are not 0 to `walked` of at most twice `MOST_WALKS`.
    """
    if not 0 <= right <= walked <= 2 * MOST_WALKS:
        raise ValueError(f"{right} of {walked} is no share of at most {2 * MOST_WALKS} walks")
    if right == 0:
        return 0.0
    low, high = 0.0, 1.0
    for _ in range(60):
        share = (low + high) / 2
        terms = (
            comb(walked, hits) * share**hits * (1 - share) ** (walked - hits)
            for hits in range(right, walked + 1)
        )
        low, high = (share, high) if fsum(terms) < RISK else (low, share)
    return low


def _worst(ways: Sequence[WayWalked]) -> WalkOutcome:
    """Return the outcome of the direction that is furthest off; a pass needs both."""
    off = max(ways, key=lambda way: abs(way.counted - way.walked))
    if off.counted != off.walked:
        return off.outcome
    undecided = any(way.outcome is WalkOutcome.UNDECIDED for way in ways)
    return WalkOutcome.UNDECIDED if undecided else WalkOutcome.PASSED


def _taking_turns(walked: dict[Direction, int], began: Direction) -> tuple[Direction, ...]:
    turns = min(walked.values())
    rest = max(walked, key=lambda direction: walked[direction])
    return (began, _other(began)) * turns + (rest,) * (walked[rest] - turns)


def _other(direction: Direction) -> Direction:
    return Direction.OUT if direction is Direction.IN else Direction.IN


def _in_common(one: Sequence[Direction], other: Sequence[Direction]) -> int:
    """Return the length of the longest sequence that both have in common, in order."""
    best = [0] * (len(other) + 1)
    for made in one:
        before = 0
        for place, seen in enumerate(other, start=1):
            longer = before + 1 if made is seen else max(best[place], best[place - 1])
            before, best[place] = best[place], longer
    return best[-1]
