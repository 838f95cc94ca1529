"""Several cameras of one shop: doors add up, and nobody is linked from one to the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fanlight.domain.counts import PlaceKind, Segment
from fanlight.domain.hours import UtcHour
from fanlight.domain.occupancy import Occupancy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fanlight.domain.parts import HourRow
    from fanlight.domain.week import BusinessDay


@dataclass(frozen=True, slots=True)
class ShopHour:
    """One hour of all doors together.

    `seen` is the least coverage of any of them, and `blind` names the cameras that saw nothing:
    then entries and exits are of the others, and the balance says nothing of the shop. `balance`
    is entries minus exits since the house was last empty.
    """

    hour: UtcHour
    entries: int
    exits: int
    balance: int
    seen: float
    blind: tuple[str, ...]

    @property
    def inside(self) -> int:
        """How many people can be inside at the end of the hour."""
        return max(self.balance, 0)


def shop_hours(
    rows: Mapping[str, Sequence[HourRow]],
    hours: Sequence[UtcHour],
    now: UtcHour,
    business: BusinessDay,
) -> tuple[ShopHour, ...]:
    """Add up the counting lines of the cameras, by name, in hours up to `now`.

    Each door must be watched by one camera only. Zones are not added: the views of two cameras
    may overlap, so a visit to one may be a visit to the other.
    """
    lines = {
        name: [
            row
            for row in found
            if row.key.kind is PlaceKind.LINE and row.key.segment is Segment.ALL
        ]
        for name, found in rows.items()
    }
    first = min([hours[0], *(row.hour for found in lines.values() for row in found)])
    added: list[ShopHour] = []
    occupancy, start = Occupancy(), None
    for hour in (UtcHour(number) for number in range(first.number, hours[-1].number + 1)):
        if hour > now:
            break
        if (began := business.start_of(hour)) != start:
            occupancy, start = Occupancy(), began
        here = {name: [row for row in found if row.hour == hour] for name, found in lines.items()}
        entries = sum(row.counts.entries for found in here.values() for row in found)
        exits = sum(row.counts.exits for found in here.values() for row in found)
        occupancy = occupancy.after(entries, exits)
        if hour < hours[0]:
            continue
        blind = tuple(sorted(name for name, found in here.items() if not found))
        coverage = [row.counts.coverage for found in here.values() for row in found]
        seen = min(coverage, default=0.0) if not blind else 0.0
        added.append(ShopHour(hour, entries, exits, occupancy.balance, seen, blind))
    return tuple(added)


def shop_to_plain(hours: Sequence[ShopHour]) -> dict[str, Any]:
    """Say a shop's hours in strings, numbers, lists and dicts; an hour nobody saw is null."""
    return {
        "hours": [
            {
                "hour": str(one.hour),
                "in": one.entries,
                "out": one.exits,
                "inside": one.inside,
                "balance": one.balance,
                "coverage": round(one.seen, 4),
                "blind": list(one.blind),
            }
            for one in hours
        ]
    }
