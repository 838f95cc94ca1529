"""The shop's days: from opening to closing by the local clock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

DAY_MIN = 24 * 60


@dataclass(frozen=True, slots=True)
class OpenDay:
    """One day on which the shop is open: its date, and the aware times of opening and closing."""

    day: date
    opens: datetime
    closes: datetime


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """Minutes after local midnight; a closing time not after the opening is the next day's.

    Raises:
        ValueError: a time is outside its day.
    """

    opens_min: int
    closes_min: int

    def __post_init__(self) -> None:
        if not (0 <= self.opens_min < DAY_MIN and 0 < self.closes_min <= DAY_MIN):
            raise ValueError("opening hours run from 00:00 to 24:00")

    @staticmethod
    def parse(opens: str, closes: str) -> OpeningHours:
        """Read times such as 09:30 and 24:00.

        Raises:
            ValueError: one of them is no time of day.
        """
        return OpeningHours(_minutes(opens), _minutes(closes))

    def at(self, now: datetime, zone: tzinfo) -> OpenDay | None:
        """Return the day that is open at an aware time, None while the shop is closed."""
        today = now.astimezone(zone).date()
        for day in (today, today - timedelta(days=1)):
            opened = self.on(day, zone)
            if opened.opens <= now < opened.closes:
                return opened
        return None

    def on(self, day: date, zone: tzinfo) -> OpenDay:
        """Return a date's opening and closing; it is shorter or longer where clocks change."""
        nights = 1 if self.closes_min <= self.opens_min else 0
        return OpenDay(
            day,
            _instant(day, self.opens_min, zone),
            _instant(day + timedelta(days=nights), self.closes_min, zone),
        )


def _instant(day: date, minutes: int, zone: tzinfo) -> datetime:
    day += timedelta(days=minutes // DAY_MIN)
    local = time(minutes % DAY_MIN // 60, minutes % 60)
    return datetime.combine(day, local, tzinfo=zone).astimezone(UTC)


def _minutes(text: str) -> int:
    found = re.fullmatch(r"(\d\d):([0-5]\d)", text)
    if found is None:
        raise ValueError(f"{text!r} is no time of day; write one such as 09:30")
    return int(found[1]) * 60 + int(found[2])
