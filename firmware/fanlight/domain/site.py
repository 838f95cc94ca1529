"""A whole site hour by hour: all its lines together, beside what its till took."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fanlight.domain.counts import Counts, PlaceKind, Segment
from fanlight.domain.estimate import entries_of, exits_of, passers_by_of, total
from fanlight.domain.groups import groups_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date, tzinfo

    from fanlight.domain.estimate import People
    from fanlight.domain.hours import UtcHour
    from fanlight.domain.parts import HourRow
    from fanlight.domain.rates import ErrorRates

OPEN_SHARE: Final = 0.002
"""An hour of the day with less than this of all crossings is one in which the site is closed."""
WELL_SEEN: Final = 0.97


@dataclass(frozen=True, slots=True)
class SiteHour:
    """One hour of a site. `hour_of_day` is local, `day` the local day in which the hour begins.

    `counts` are all counting lines together; entries, exits and passers-by are estimates, None
    where one of the lines was hardly seen (or, for passers-by, where there is no such line).
    `groups` are arrival groups among those counted, None where chance hides them. `transactions`
    is the till's total, None where it gave none.
    """

    hour: UtcHour
    day: date
    hour_of_day: int
    counts: Counts
    coverage: float
    entries: People | None
    exits: People | None
    passers_by: People | None
    groups: float | None
    transactions: int | None


@dataclass(frozen=True, slots=True)
class SiteDay:
    """One local day of a site, its hours in the order of time."""

    day: date
    hours: tuple[SiteHour, ...]
    missing: tuple[int, ...]

    @property
    def whole(self) -> bool:
        """Whether something was seen of every hour in which the site is open."""
        return not self.missing and all(hour.entries for hour in self.hours)

    @property
    def well_seen(self) -> bool:
        """Whether next to nothing of the day went unseen, and every crossing has its time."""
        return self.whole and all(
            hour.coverage >= WELL_SEEN
            and sum(hour.counts.entries_when) == hour.counts.entries
            and sum(hour.counts.exits_when) == hour.counts.exits
            for hour in self.hours
        )

    @property
    def entries(self) -> People:
        """How many entered in the hours seen."""
        return total(hour.entries for hour in self.hours if hour.entries)

    @property
    def exits(self) -> People:
        """How many left in the hours seen."""
        return total(hour.exits for hour in self.hours if hour.exits)


def site_hours(
    rows: Iterable[HourRow],
    transactions: Mapping[UtcHour, int],
    zone: tzinfo,
    rates: ErrorRates,
) -> list[SiteHour]:
    """Fold rows into hours of the site, sorted; only everybody counts, no segment."""
    by_hour: dict[UtcHour, list[HourRow]] = defaultdict(list)
    for row in rows:
        if row.key.segment is Segment.ALL and row.key.kind is not PlaceKind.ZONE:
            by_hour[row.hour].append(row)
    return [
        _site_hour(hour, by_hour[hour], transactions.get(hour), zone, rates)
        for hour in sorted(by_hour)
    ]


def site_days(hours: Iterable[SiteHour]) -> list[SiteDay]:
    """Group hours by local day, without the hours in which the site is closed."""
    hours = list(hours)
    opened = open_hours(hours)
    by_day: dict[date, list[SiteHour]] = defaultdict(list)
    for hour in hours:
        by_day[hour.day].append(hour)
    return [
        SiteDay(
            day,
            tuple(each for each in found if each.hour_of_day in opened),
            tuple(sorted(opened - {each.hour_of_day for each in found})),
        )
        for day, found in sorted(by_day.items())
    ]


def hours_with_passers_by(days: Iterable[SiteDay]) -> list[SiteHour]:
    """Return the hours in which both entries and passers-by are known."""
    return [hour for day in days for hour in day.hours if hour.entries and hour.passers_by]


def open_hours(hours: Iterable[SiteHour]) -> frozenset[int]:
    """Return the local hours of the day in which people come and go, 0 to 23."""
    crossings: dict[int, int] = defaultdict(int)
    for hour in hours:
        crossings[hour.hour_of_day] += hour.counts.entries + hour.counts.exits
    least = OPEN_SHARE * sum(crossings.values())
    return frozenset(of_day for of_day, number in crossings.items() if number > least)


def _site_hour(
    hour: UtcHour, rows: list[HourRow], transactions: int | None, zone: tzinfo, rates: ErrorRates
) -> SiteHour:
    begins = hour.start.astimezone(zone)
    lines = [row.counts for row in rows if row.key.kind is PlaceKind.LINE]
    passing = [row.counts for row in rows if row.key.kind is PlaceKind.PASSING_LINE]
    counts = Counts()
    for line in lines:
        counts = counts.merged(line)
    return SiteHour(
        hour,
        begins.date(),
        begins.hour,
        counts,
        min((line.coverage for line in lines), default=0.0),
        _together(lines, entries_of, rates),
        _together(lines, exits_of, rates),
        _together(passing, passers_by_of, rates),
        _groups(lines),
        transactions,
    )


def _together(
    lines: list[Counts],
    estimated: Callable[[Counts, ErrorRates], People | None],
    rates: ErrorRates,
) -> People | None:
    """Add the lines up: one hour of the site, whose coverage is the least of theirs."""
    people = [found for line in lines if (found := estimated(line, rates))]
    if not people or len(people) < len(lines):
        return None
    return total(people).in_one_hour(min(each.coverage for each in people))


def _groups(lines: list[Counts]) -> float | None:
    found = [groups_of(line.entries, line.followers, line.chance_followers) for line in lines]
    known = [groups for groups in found if groups is not None]
    return sum(known) if len(known) == len(found) else None
