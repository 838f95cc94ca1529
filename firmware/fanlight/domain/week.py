"""Weekly times of a local zone: opening hours, staff hours, and where one day of business ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from fanlight.domain.hours import UtcHour

if TYPE_CHECKING:
    from datetime import tzinfo

_DAY_MINUTES: Final = 24 * 60
_LONGEST_BREAK: Final = timedelta(hours=3)
"""A house closed for longer than this is empty in between; a lunch break is not."""
_TO_LEAVE: Final = timedelta(hours=1)
"""How long after closing the last ones may take to leave."""
_NIGHT: Final = time(4)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Local minutes of a day, from `start` until before `end`; an end beyond 1440 is tomorrow's.

    Raises:
        ValueError: the span is empty, longer than a day, or does not start within the day.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not (0 <= self.start < _DAY_MINUTES and self.start < self.end <= self.start + 1440):
            raise ValueError(f"{self.start} to {self.end} minutes are no span of a day")

    @classmethod
    def parse(cls, text: str) -> Span:
        """Read a span such as 09:00-18:30, or 18:00-02:00, which ends on the next day.

        Raises:
            ValueError: the text is not of that form.
        """
        start, end = (_minutes(part) for part in text.split("-", maxsplit=1))
        return cls(start, end if end > start else end + _DAY_MINUTES)


@dataclass(frozen=True, slots=True)
class Week:
    """Spans of each day, Monday first, in local time; free of trouble with daylight saving.

    A wall-clock time that comes twice in autumn is its first instance; one that is skipped in
    spring is as much later as the clocks were put forward.

    Raises:
        ValueError: it does not have seven days.
    """

    days: tuple[tuple[Span, ...], ...]
    zone: tzinfo

    def __post_init__(self) -> None:
        if len(self.days) != 7:
            raise ValueError(f"a week has seven days, not {len(self.days)}")

    def __bool__(self) -> bool:
        return any(self.days)

    def holds(self, utc_ns: int) -> bool:
        """Whether an instant, in nanoseconds since 1970, lies in a span."""
        now = _EPOCH + timedelta(microseconds=utc_ns // 1000)
        today = now.astimezone(self.zone).date()
        return any(
            start <= now < end
            for day in (today - timedelta(days=1), today)
            for start, end in self.spans_of(day)
        )

    def spans_of(self, day: date) -> list[tuple[datetime, datetime]]:
        """Return start and end in UTC of the spans that begin on a local day, in order."""
        return [
            (self._instant(day, span.start), self._instant(day, span.end))
            for span in sorted(self.days[day.weekday()])
        ]

    def _instant(self, day: date, minutes: int) -> datetime:
        days, minutes = divmod(minutes, _DAY_MINUTES)
        clock = time(minutes // 60, minutes % 60)
        local = datetime.combine(day + timedelta(days=days), clock, tzinfo=self.zone)
        return local.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class BusinessDay:
    """Where one day ends and the next begins: the first whole hour of UTC with nobody inside.

    That is an hour after a closing that lasts longer than three hours, or, without opening
    hours, four in the local night. A house that never closes is never taken for empty.
    """

    opening: Week

    def start_of(self, hour: UtcHour) -> UtcHour | None:
        """Return the hour in which the day began that an hour belongs to; None if never."""
        today = hour.start.astimezone(self.opening.zone).date()
        days = [today + timedelta(days=shift) for shift in range(-9, 2)]
        ends = self._closings(days) if self.opening else self._nights(days)
        past = [start for end in ends if (start := _whole_hour(end)) <= hour]
        return max(past, default=None)

    def _closings(self, days: list[date]) -> list[datetime]:
        """Return an hour after each long closing."""
        spans = sorted(span for day in days for span in self.opening.spans_of(day))
        found: list[datetime] = []
        latest = spans[0][1] if spans else None
        for start, end in spans[1:]:
            if latest is not None and start - latest > _LONGEST_BREAK:
                found.append(latest + _TO_LEAVE)
            latest = end if latest is None else max(latest, end)
        return [*found, *([latest + _TO_LEAVE] if latest is not None else [])]

    def _nights(self, days: list[date]) -> list[datetime]:
        zone = self.opening.zone
        return [datetime.combine(day, _NIGHT, tzinfo=zone).astimezone(UTC) for day in days]


def _whole_hour(moment: datetime) -> UtcHour:
    """Return the first hour that begins at a moment or after it."""
    hour = UtcHour.containing(moment)
    return hour if hour.start == moment else hour.plus(1)


def _minutes(text: str) -> int:
    hours, _, minutes = text.strip().partition(":")
    if not (hours.isdigit() and minutes.isdigit() and len(minutes) == 2):
        raise ValueError(f"{text!r} is no time of day; write one such as 09:30")
    total = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or total > _DAY_MINUTES:
        raise ValueError(f"{text!r} is no time of day")
    return total
