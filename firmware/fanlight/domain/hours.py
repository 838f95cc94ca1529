"""Where counts belong in time: hours of UTC, or minutes of a boot whose UTC is not known yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

MINUTE_NS = 60 * 1_000_000_000
HOUR_NS = 60 * MINUTE_NS

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_HOUR = 2_932_896 * 24 - 1  # 9999-12-30T23Z: a day before the calendar of datetime ends


@dataclass(frozen=True, slots=True, order=True)
class UtcHour:
    """One hour of UTC, by its number since 1970; free of daylight saving.

    Raises:
        ValueError: the hour is before 1970 or after 9999.
    """

    number: int

    def __post_init__(self) -> None:
        if not 0 <= self.number <= _LAST_HOUR:
            raise ValueError(f"hour {self.number} since 1970 is outside the calendar (1970-9999)")

    @classmethod
    def of_ns(cls, utc_ns: int) -> UtcHour:
        """Return the hour that holds an instant given in nanoseconds since 1970."""
        return cls(utc_ns // HOUR_NS)

    @classmethod
    def containing(cls, moment: datetime) -> UtcHour:
        """Return the hour that holds an aware datetime."""
        return cls((moment - _EPOCH) // timedelta(hours=1))

    @classmethod
    def parse(cls, text: str) -> UtcHour:
        """Read an hour as `str()` writes it, such as 2025-03-30T01Z.

        Raises:
            ValueError: the text is not of that form.
        """
        return cls.containing(datetime.strptime(text, "%Y-%m-%dT%HZ").replace(tzinfo=UTC))

    @property
    def start(self) -> datetime:
        """The aware UTC time at which the hour begins."""
        return _EPOCH + timedelta(hours=self.number)

    @property
    def start_ns(self) -> int:
        """Nanoseconds since 1970 at which the hour begins."""
        return self.number * HOUR_NS

    @property
    def month(self) -> str:
        """The month of UTC that the hour lies in, such as 2025-03."""
        return f"{self.start:%Y-%m}"

    def plus(self, hours: int) -> UtcHour:
        """Return the hour so many hours later, or earlier when negative."""
        return UtcHour(self.number + hours)

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%dT%HZ}"


@dataclass(frozen=True, slots=True, order=True)
class BootMinute:
    """One minute of a boot's monotonic clock, by its number since the boot."""

    boot_id: str
    minute: int

    @property
    def hour(self) -> int:
        """The hour since the boot that the minute lies in, 0-based."""
        return self.minute // 60

    @property
    def middle_ns(self) -> int:
        """The monotonic time of the minute's middle."""
        return self.minute * MINUTE_NS + MINUTE_NS // 2

    def utc_hour(self, offset_ns: int) -> UtcHour:
        """Return the hour of UTC that holds the minute's middle, where UTC = monotonic + offset."""
        return UtcHour.of_ns(self.middle_ns + offset_ns)

    def __str__(self) -> str:
        return f"minute {self.minute} of boot {self.boot_id}"


Slot = UtcHour | BootMinute


def hours_of_day(day: date, zone: tzinfo) -> list[UtcHour]:
    """Return the UTC hours that begin within a local day: 23, 24 or 25 of them.

    Where local time is not whole hours from UTC, an hour belongs to the day in which it begins.
    """
    first, end = (
        datetime(each.year, each.month, each.day, tzinfo=zone).astimezone(UTC)
        for each in (day, day + timedelta(days=1))
    )
    first_number = -((_EPOCH - first) // timedelta(hours=1))
    end_number = -((_EPOCH - end) // timedelta(hours=1))
    return [UtcHour(number) for number in range(first_number, end_number)]


def hours_of_month(month: str) -> tuple[UtcHour, UtcHour]:
    """Return the first and the last hour of a month of UTC such as "2025-03".

    Raises:
        ValueError: the text is not of that form.
    """
    first = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)
    after = (first + timedelta(days=31)).replace(day=1)
    return UtcHour.containing(first), UtcHour.containing(after).plus(-1)


def local_label(hour: UtcHour, zone: tzinfo) -> str:
    """Name an hour by its local start and offset, such as 2025-03-30 03:00+02:00."""
    return hour.start.astimezone(zone).isoformat(sep=" ", timespec="minutes")
