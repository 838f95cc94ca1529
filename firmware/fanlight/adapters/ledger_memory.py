"""A ledger that lasts as long as the process: for recordings and for tests of its users."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from fanlight.domain.hours import BootMinute, UtcHour, hours_of_month
from fanlight.domain.parts import (
    HourJourneys,
    HourRow,
    Part,
    UnplacedRow,
    hour_journeys,
    hour_rows,
    newest_parts,
    placed,
    rows_of,
    together,
)
from fanlight.domain.totals import Totals

if TYPE_CHECKING:
    from collections.abc import Iterable


class MemoryLedger:
    """Hours in memory; see ports/ledger.py for the contract of each method."""

    def __init__(self) -> None:
        self._parts: dict[str, Part] = {}
        self._carried = Totals()

    def recover(self) -> None:
        """Do nothing: there was no earlier run."""

    def checkpoint(self, parts: Iterable[Part]) -> None:
        """Keep the newest revisions."""
        self._parts = newest_parts([*self._parts.values(), *parts])

    def commit(self, parts: Iterable[Part]) -> None:
        """Keep the newest revisions."""
        self.checkpoint(parts)

    def place(self, boot_id: str, offset_ns: int, now: UtcHour) -> None:
        """Move a boot's quarantine into the calendar."""
        by_hour: dict[UtcHour, list[Part]] = defaultdict(list)
        kept: dict[str, Part] = {}
        for part in self._parts.values():
            if isinstance(part.slot, BootMinute) and part.slot.boot_id == boot_id:
                by_hour[part.slot.utc_hour(offset_ns)].append(placed(part, offset_ns))
            else:
                kept[part.part_id] = part
        for hour, found in by_hour.items():
            whole = together(found, hour, found[0].run, f"placed-{found[0].part_id}")
            kept[whole.part_id] = replace(whole, closed=hour < now)
        self._parts = kept

    def read(self, first: UtcHour, last: UtcHour) -> list[HourRow]:
        """Return the rows of all hours from first to last."""
        return [row for hour, found in self._hours(first, last) for row in hour_rows(hour, found)]

    def read_journeys(self, first: UtcHour, last: UtcHour) -> list[HourJourneys]:
        """Return the journeys of all hours from first to last."""
        return hour_journeys(self._hours(first, last))

    def hours_kept(self) -> tuple[UtcHour, UtcHour] | None:
        """Return the oldest and newest hours that have rows."""
        hours = [part.slot for part in self._parts.values() if isinstance(part.slot, UtcHour)]
        return (min(hours), max(hours)) if hours else None

    def unplaced(self) -> list[UnplacedRow]:
        """Return what is still in quarantine."""
        by_hour: dict[tuple[str, int], list[Part]] = defaultdict(list)
        for part in self._parts.values():
            if isinstance(part.slot, BootMinute):
                by_hour[part.slot.boot_id, part.slot.hour].append(part)
        return [
            UnplacedRow(boot_id, hour, key, counts)
            for (boot_id, hour), found in sorted(by_hour.items())
            for key, counts in sorted(rows_of(found).items())
        ]

    def forget(self, before: UtcHour) -> list[str]:
        """Remove the months that ended before an hour, but never the newest one."""
        months = {
            part.slot.month for part in self._parts.values() if isinstance(part.slot, UtcHour)
        }
        old = {month for month in months if month < before.month and month != max(months)}
        for month in old:
            self._carried = self._carried.with_rows(self.read(*hours_of_month(month)))
        self._parts = {
            part_id: part
            for part_id, part in self._parts.items()
            if isinstance(part.slot, BootMinute) or part.slot.month not in old
        }
        return sorted(old)

    def carried(self) -> Totals:
        """Return the totals of the months that were removed."""
        return self._carried

    def notices(self) -> list[str]:
        """Return nothing: memory has no damage to tell of."""
        return []

    def close(self) -> None:
        """Do nothing."""

    def _hours(self, first: UtcHour, last: UtcHour) -> list[tuple[UtcHour, list[Part]]]:
        by_hour: dict[UtcHour, list[Part]] = defaultdict(list)
        for part in self._parts.values():
            if isinstance(part.slot, UtcHour) and first <= part.slot <= last:
                by_hour[part.slot].append(part)
        return sorted(by_hour.items())
