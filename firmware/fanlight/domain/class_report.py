"""The classes of a day's people, as far as they may be published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fanlight.domain.counts import PlaceKind, Segment
from fanlight.domain.events import Direction
from fanlight.domain.suppression import CLASSES, HourSplit, blocks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fanlight.domain.counts import Counts
    from fanlight.domain.hours import UtcHour
    from fanlight.domain.parts import HourRow
    from fanlight.domain.suppression import Block, MinimumCount


@dataclass(frozen=True, slots=True)
class ClassReport:
    """One way over one line: `people` in all hours that are over, and the blocks they make.

    `told` are the classes that the device could tell.
    """

    line: str
    direction: Direction
    told: tuple[Segment, ...]
    people: int
    blocks: tuple[Block, ...]

    @property
    def in_blocks(self) -> int:
        """How many of the people are in blocks."""
        return sum(block.total for block in self.blocks)

    def shown(self, segment: Segment) -> int:
        """Add what the blocks show of a class; nothing is shown that they do not show."""
        return sum(block.shown.get(segment, 0) for block in self.blocks)

    def visitors(self) -> tuple[int, int] | None:
        """Return the least and the most visitors that the blocks say, None where they do not."""
        said = [block.visitors for block in self.blocks if block.visitors is not None]
        if Segment.STAFF not in self.told or len(said) < len(self.blocks) or not said:
            return None
        return sum(low for low, _ in said), sum(high for _, high in said)


def class_reports(
    rows: Iterable[HourRow], now: UtcHour, rule: MinimumCount
) -> tuple[ClassReport, ...]:
    """Report the rows of a day by line and direction, up to the last hour before `now`.

    Hours in which the device told no classes take no part.
    """
    lines: dict[str, dict[UtcHour, dict[Segment, Counts]]] = {}
    for row in rows:
        if row.key.kind is PlaceKind.LINE and row.hour < now:
            hours = lines.setdefault(row.key.name, {})
            hours.setdefault(row.hour, {})[row.key.segment] = row.counts
    return tuple(
        _report(line, direction, hours, rule)
        for line, hours in sorted(lines.items())
        for direction in Direction
    )


def class_reports_to_plain(reports: Iterable[ClassReport], rule: MinimumCount) -> dict[str, Any]:
    """Say reports in strings, numbers, lists and dicts; a class that is not shown is null."""
    return {
        "minimum_count": rule.least,
        "people_in_a_block": rule.block,
        "lines": [_report_to_plain(report) for report in reports],
    }


def _report(
    line: str,
    direction: Direction,
    hours: Mapping[UtcHour, Mapping[Segment, Counts]],
    rule: MinimumCount,
) -> ClassReport:
    splits = [
        HourSplit(
            hour,
            _crossed(told[Segment.ALL], direction),
            {
                segment: _crossed(counts, direction)
                for segment, counts in told.items()
                if segment in CLASSES
            },
        )
        for hour, told in sorted(hours.items())
        if Segment.ALL in told and len(told) > 1
    ]
    known = {segment for split in splits for segment in split.classes}
    told = tuple(segment for segment in CLASSES if segment in known)
    people = sum(split.total for split in splits)
    return ClassReport(line, direction, told, people, tuple(blocks(splits, rule)))


def _crossed(counts: Counts, direction: Direction) -> int:
    return counts.entries if direction is Direction.IN else counts.exits


def _report_to_plain(report: ClassReport) -> dict[str, Any]:
    visitors = report.visitors()
    return {
        "line": report.line,
        "direction": str(report.direction),
        "told": [str(segment) for segment in report.told],
        "people": report.people,
        "in_blocks": report.in_blocks,
        "shown": {str(segment): report.shown(segment) for segment in report.told},
        "visitors": None if visitors is None else {"low": visitors[0], "high": visitors[1]},
        "blocks": [
            {
                "hours": [str(hour) for hour in block.hours],
                "people": block.total,
                "shown": {str(segment): block.shown.get(segment) for segment in report.told},
            }
            for block in report.blocks
        ],
    }
