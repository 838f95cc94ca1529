"""What of the counts by class may be published: no cell of few people, none by subtraction.

Footfall, how many went over a line in an hour, is published whatever it is; it says nothing about
anybody. How many of them were adults, children or staff is published for blocks of hours. Blocks
are cut by footfall alone, so they tell nothing about the classes; they follow one another in time
and never change once cut, so what is published today cannot be subtracted from what was published
yesterday. Within a block a class is hidden below the minimum count. Everything else that is
published is a sum of blocks. docs/adr/0012 has the reasons and the proof.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fanlight.domain.counts import Segment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fanlight.domain.hours import UtcHour

CLASSES = (Segment.ADULT, Segment.CHILD, Segment.STAFF)


@dataclass(frozen=True, slots=True)
class MinimumCount:
    """The smallest number of people that is published, and how many a block has at least.

    Raises:
        ValueError: the least is below 3, where a hidden cell could be guessed, or a block is not
            at least twice that.
    """

    least: int = 5
    block: int = 100

    def __post_init__(self) -> None:
        if self.least < 3:
            raise ValueError(f"a minimum count of {self.least} protects nobody; give 3 or more")
        if self.block < 2 * self.least:
            raise ValueError(f"a block of {self.block} is too small for a least of {self.least}")

    @staticmethod
    def of(least: int) -> MinimumCount:
        """Return the rule of that minimum; a block has twenty times as many people."""
        return MinimumCount(least, 20 * least)


@dataclass(frozen=True, slots=True)
class HourSplit:
    """How many went one way over a line in an hour, and how many of them were of each class.

    The classes may add up to less: the rest is of no known class.
    """

    hour: UtcHour
    total: int
    classes: Mapping[Segment, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Block:
    """Hours whose split is published as one: their footfall and those classes that may be shown.

    `visitors` are the least and the most that they can be without staff, None where that may not
    be said.
    """

    hours: tuple[UtcHour, ...]
    total: int
    shown: Mapping[Segment, int]
    visitors: tuple[int, int] | None


def blocks(splits: Iterable[HourSplit], rule: MinimumCount) -> list[Block]:
    """Cut hours, in order and all of them over, into blocks; the last few may not fill one.

    An hour with enough people is a block of its own. Smaller ones are put together until they
    have enough and none of them has nearly all. More hours add blocks and change none.
    """
    cut: list[Block] = []
    waiting: list[HourSplit] = []
    for split in splits:
        if split.total >= rule.block:
            cut.append(_block([split], rule))
            continue
        waiting.append(split)
        people = sum(one.total for one in waiting)
        if people >= rule.block and people - max(one.total for one in waiting) >= rule.least:
            cut.append(_block(waiting, rule))
            waiting = []
    return cut


def _block(splits: list[HourSplit], rule: MinimumCount) -> Block:
    hours = tuple(split.hour for split in splits)
    total = sum(split.total for split in splits)
    counted = {
        segment: sum(split.classes.get(segment, 0) for split in splits) for segment in CLASSES
    }
    dominated = len(splits) > 1 and total - counted[Segment.STAFF] < rule.least
    if dominated or sum(counted.values()) > total:
        return Block(hours, total, {}, None)
    shown = {segment: people for segment, people in counted.items() if people >= rule.least}
    if len(splits) > 1:
        shown = {segment: n for segment, n in shown.items() if total - n >= rule.least}
    staff = shown.get(Segment.STAFF)
    hidden_staff = rule.least - 1 if staff is None else staff
    visitors = (max(0, total - hidden_staff), total - (staff or 0))
    return Block(hours, total, _complemented(shown, total, rule), visitors)


def _complemented(shown: dict[Segment, int], total: int, rule: MinimumCount) -> dict[Segment, int]:
    """Hide the smaller age class as well where the rest would be few: they are the hidden ones."""
    rest = total - sum(shown.values())
    ages = [segment for segment in (Segment.CHILD, Segment.ADULT) if segment in shown]
    if not ages or not 0 < rest < rule.least:
        return shown
    smallest = min(ages, key=lambda segment: shown[segment])
    return {segment: people for segment, people in shown.items() if segment is not smallest}
