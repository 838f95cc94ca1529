"""Who is inside the house, day by day of business, through restarts of the device."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from fanlight.domain.counts import HOUR_MS, PlaceKind, Segment
from fanlight.domain.hours import UtcHour
from fanlight.domain.occupancy import Occupancy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fanlight.domain.parts import HourRow
    from fanlight.domain.week import BusinessDay

DAYS_KEPT: Final = 7


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """A day of business that is over: everybody has left, whatever the counts say."""

    start: UtcHour
    entries: int
    exits: int

    @property
    def residual(self) -> int:
        """How many are still inside by the counts: the error that has accumulated."""
        return self.entries - self.exits


class House:
    """Occupancy that starts again from nobody each day; without `day` it never does."""

    def __init__(self, day: BusinessDay | None = None) -> None:
        self._day = day
        self._start: UtcHour | None = None
        self._hour: UtcHour | None = None
        self._occupancy = Occupancy()
        self._closed: deque[ClosedDay] = deque(maxlen=DAYS_KEPT)

    @property
    def occupancy(self) -> Occupancy:
        """Entries and exits since the house was last empty."""
        return self._occupancy

    @property
    def closed_days(self) -> tuple[ClosedDay, ...]:
        """The last days that are over, oldest first."""
        return tuple(self._closed)

    def at(self, hour: UtcHour) -> None:
        """Let it be that hour; the first of another day finds the house empty."""
        if hour == self._hour or self._day is None:
            return
        self._hour = hour
        start = self._day.start_of(hour)
        if start is None or start == self._start:
            return
        if self._start is not None and start > self._start:
            self._end_day()
        self._start = start

    def crossed(self, entries: int, exits: int) -> None:
        """Count people who came in and left."""
        self._occupancy = self._occupancy.after(entries, exits)

    def resume(self, rows: Iterable[HourRow], now_ns: int) -> None:
        """Go on from what earlier runs have written down, at an instant of UTC.

        `rows` are those of the ledger, of the current day and of some before it; only counting
        lines matter. What went on between them and this run is taken to be like what was seen,
        and adds to the doubt.
        """
        if self._day is None:
            return
        now = UtcHour.of_ns(now_ns)
        self.at(now)
        by_day: dict[UtcHour | None, list[HourRow]] = {}
        for row in rows:
            if row.key.kind is PlaceKind.LINE and row.key.segment is Segment.ALL:
                by_day.setdefault(self._day.start_of(row.hour), []).append(row)
        today = by_day.pop(self._start, [])
        known = {closed.start for closed in self._closed}
        earlier = [
            ClosedDay(start, *_crossings(found))
            for start, found in by_day.items()
            if start is not None and start not in known
        ]
        days = sorted([*earlier, *self._closed], key=lambda closed: closed.start)
        self._closed = deque(days, maxlen=DAYS_KEPT)
        self.crossed(*_crossings(today))
        self._occupancy = replace(self._occupancy, variance=_unseen_variance(today, now_ns))

    def _end_day(self) -> None:
        if self._start is not None and self._occupancy != Occupancy():
            ended = ClosedDay(self._start, self._occupancy.entries, self._occupancy.exits)
            self._closed.append(ended)
        self._occupancy, _ = self._occupancy.closed()


def _crossings(rows: list[HourRow]) -> tuple[int, int]:
    return sum(row.counts.entries for row in rows), sum(row.counts.exits for row in rows)


def _unseen_variance(rows: list[HourRow], now_ns: int) -> float:
    """Return the variance of the balance of what nobody saw since the first of the rows.

    People come and leave as Poisson processes of the rate at which they were seen, so the
    variance of their difference is the number of crossings expected.
    """
    if not rows:
        return 0.0
    seen_ms = {row.hour: row.counts.seen_ms for row in rows}
    elapsed_ms = now_ns // 1_000_000 - min(seen_ms).number * HOUR_MS
    unseen_ms = max(0, elapsed_ms - sum(seen_ms.values()))
    crossings = sum(_crossings(rows))
    return crossings * unseen_ms / max(sum(seen_ms.values()), 1)
