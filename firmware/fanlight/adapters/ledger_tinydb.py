"""The ledger on a memory card: one TinyDB file a month, a quarantine, and a journal.

    hours-2025-03.json.gz       hours of UTC, with hours-2025-03.copy.json.gz beside it
    floor-2025-03-30.json.gz    journeys of a day of UTC, likewise with a copy
    unplaced-BOOT-RUN-d000...   minutes of a boot whose UTC was not known, one file a day of boot
    carried.json.gz             the totals of months that were forgotten, likewise with a copy
    open.journal                what the open hours hold since the last commit
    ballast                     room for removing a month when the disk is full

A part lives in the journal until it is committed; every file is replaced atomically, and writing a
part again changes nothing, so an interruption at any instant is mended by doing it once more.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from fanlight.adapters.carried_totals import CarriedTotals
from fanlight.adapters.disk import PART, Disk, WriterLock
from fanlight.adapters.guarded_file import ENDING, GuardedFile
from fanlight.adapters.interrupted import LOST_MS, short_of_power
from fanlight.adapters.journal import Journal
from fanlight.adapters.part_codec import part_from_plain, part_to_plain
from fanlight.adapters.shelf import Shelf
from fanlight.adapters.shelf_names import (
    FLOOR,
    HOURS,
    UNPLACED,
    month_of,
    overlaps,
    placed_id,
    quarantine_prefix,
    shelf_name,
)
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
from fanlight.ports.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

log = logging.getLogger(__name__)

JOURNAL_LIMIT_BYTES = 1_000_000
QUARANTINE_FILES = 400
NOTICES_KEPT = 50


class TinyLedger:
    """The ledger in a folder; see ports/ledger.py for the contract of each method."""

    def __init__(self, folder: Path, disk: Disk | None = None) -> None:
        self._folder = folder
        self._disk = disk or Disk()
        self._lock = WriterLock(folder / "writer.lock")
        self._journal = Journal(folder / "open.journal", self._disk)
        self._open_parts: dict[str, Part] = {}
        self._live_runs: set[str] = set()
        self._recovered = False
        self._notices: list[str] = []
        self._carried = CarriedTotals(folder, self._disk, self._say)

    def recover(self) -> None:
        """Become the only writer and fold in, exactly once, what an earlier run left behind."""
        if self._recovered:
            return
        self._disk.make_folder(self._folder)
        self._lock.take()
        self._disk.remove(*(p for p in self._disk.list(self._folder) if p.suffix == ".tmp"))
        left = self._journal_parts()
        if left:
            left, slot = short_of_power(left)
            self._say(
                f"the last run ended without notice: {len(left)} open parts were taken from the "
                f"journal, and up to {LOST_MS // 1000} s of counts are missing in {slot}"
            )
        self._open_parts = {part.part_id: part for part in left}
        self._store(left)
        for name in self._names(UNPLACED):
            if (placement := self._shelf(name).placement()) is not None:
                self._place_shelf(name, *placement)
        self._carried.prepare()
        self._recovered = True

    def checkpoint(self, parts: Iterable[Part]) -> None:
        """Make open parts survive a power cut."""
        self._need_recovered()
        parts = list(parts)
        if not parts:
            return
        self._open_parts = newest_parts([*self._open_parts.values(), *parts])
        if self._journal.sound and self._journal.grown_bytes < JOURNAL_LIMIT_BYTES:
            self._journal.append(map(part_to_plain, parts))
        else:
            self._journal.rewrite(map(part_to_plain, self._open_parts.values()))

    def commit(self, parts: Iterable[Part]) -> None:
        """Store parts for good."""
        self._need_recovered()
        parts = list(parts)
        self._live_runs.update(part.run for part in parts)
        self._store(parts)

    def place(self, boot_id: str, offset_ns: int, now: UtcHour) -> None:
        """Move a boot's quarantine into the calendar."""
        self._need_recovered()
        for name in self._names(quarantine_prefix(boot_id)):
            self._place_shelf(name, *(self._shelf(name).placement() or (offset_ns, now)))

    def read(self, first: UtcHour, last: UtcHour) -> list[HourRow]:
        """Return the rows of all hours from first to last."""
        return [
            row for hour, found in self._hours(HOURS, first, last) for row in hour_rows(hour, found)
        ]

    def read_journeys(self, first: UtcHour, last: UtcHour) -> list[HourJourneys]:
        """Return the journeys of all hours from first to last."""
        return hour_journeys(self._hours(FLOOR, first, last))

    def _hours(self, kind: str, first: UtcHour, last: UtcHour) -> list[tuple[UtcHour, list[Part]]]:
        parts = self._journal_parts()
        for name in self._names(UNPLACED):
            parts += self._placed_parts(name)
        for name in self._names(kind):
            if overlaps(name, first, last):
                parts += self._shelf(name).parts(first, last)
        by_hour: dict[UtcHour, list[Part]] = defaultdict(list)
        for part in parts:
            if isinstance(part.slot, UtcHour) and first <= part.slot <= last:
                by_hour[part.slot].append(part)
        return sorted(by_hour.items())

    def hours_kept(self) -> tuple[UtcHour, UtcHour] | None:
        """Return the oldest and newest hours that have rows."""
        parts = self._journal_parts()
        names = self._names(HOURS)
        for name in {*names[:1], *names[-1:]}:
            parts += self._shelf(name).parts()
        hours = [part.slot for part in parts if isinstance(part.slot, UtcHour)]
        return (min(hours), max(hours)) if hours else None

    def unplaced(self) -> list[UnplacedRow]:
        """Return what is still in quarantine."""
        parts = self._journal_parts()
        for name in self._names(UNPLACED):
            shelf = self._shelf(name)
            parts += shelf.parts() if shelf.placement() is None else []
        by_hour: dict[tuple[str, int], list[Part]] = defaultdict(list)
        for part in newest_parts(parts).values():
            if isinstance(part.slot, BootMinute):
                by_hour[part.slot.boot_id, part.slot.hour].append(part)
        return [
            UnplacedRow(boot_id, hour, key, counts)
            for (boot_id, hour), found in sorted(by_hour.items())
            for key, counts in sorted(rows_of(found).items())
        ]

    def forget(self, before: UtcHour) -> list[str]:
        """Remove the months that ended before an hour, but never the newest one."""
        self._need_recovered()
        old = {month_of(name) for name in self._names(HOURS)[:-1]}
        old = {month for month in old if month < before.month}
        for month in sorted(old):
            self._carried.carry(month, Totals.of(self.read(*hours_of_month(month))))
        for name in (*self._names(HOURS), *self._names(FLOOR)):
            if month_of(name) in old:
                self._shelf(name).remove()
        self._carried.prepare()
        return sorted(old)

    def carried(self) -> Totals:
        """Return the totals of the months that were forgotten."""
        return self._carried.read()

    def notices(self) -> list[str]:
        """Return what a person should know."""
        return list(self._notices)

    def close(self) -> None:
        """Let another process write."""
        self._lock.release()
        self._recovered = False

    def _store(self, parts: list[Part]) -> None:
        """Put parts on their shelves, and only then take them out of the journal."""
        by_name: dict[str, list[Part]] = defaultdict(list)
        for part in parts:
            by_name[shelf_name(part)].append(part)
        known = {*self._open_parts, *(part.part_id for part in parts)}
        for name in self._names(UNPLACED):
            known.update(placed_id(name, journeys=journeys) for journeys in (False, True))
        for name, found in sorted(by_name.items()):
            self._shelf(name).put(
                found, lambda part: part.part_id in known or part.run in self._live_runs
            )
        stored = {part.part_id: part.revision for part in parts}
        still_open = {
            part.part_id: part
            for part in self._open_parts.values()
            if part.revision > stored.get(part.part_id, -1)
        }
        self._journal.rewrite(map(part_to_plain, still_open.values()))
        self._open_parts = still_open
        self._drop_old_quarantine()

    def _place_shelf(self, name: str, offset_ns: int, now: UtcHour) -> None:
        """Write down how a quarantine is placed, copy it into the calendar, then remove it.

        Both copies of the file must know the placement before any is removed: one that did not
        would come back as not placed if the power went between the removals.
        """
        shelf = self._shelf(name)
        shelf.mark_placement(offset_ns, now)
        hours = self._placed_parts(name)
        self._store(hours)
        shelf.remove()
        log.info("quarantine placed", extra={"file": name, "hours": len(hours)})

    def _placed_parts(self, name: str) -> list[Part]:
        """Return a quarantine as one part an hour of UTC; nothing while it has no placement."""
        shelf = self._shelf(name)
        placement = shelf.placement()
        if placement is None:
            return []
        offset_ns, now = placement
        by_hour: dict[tuple[UtcHour, bool], list[Part]] = defaultdict(list)
        for part in shelf.parts():
            if isinstance(part.slot, BootMinute):
                hour = part.slot.utc_hour(offset_ns)
                by_hour[hour, part.is_journeys].append(placed(part, offset_ns))
        return [
            replace(
                together(found, hour, found[0].run, placed_id(name, journeys=journeys)),
                closed=hour < now,
            )
            for (hour, journeys), found in by_hour.items()
        ]

    def _journal_parts(self) -> list[Part]:
        """Read what the journal holds, newest revisions only."""
        records, broken = self._journal.read()
        parts = []
        for record in records:
            try:
                parts.append(part_from_plain(record))
            except (KeyError, TypeError, ValueError):
                broken += 1
        if broken:
            self._say(f"open.journal: {broken} damaged records were left out")
        return list(newest_parts(parts).values())

    def _shelf(self, name: str) -> Shelf:
        mend = self._lock.held
        return Shelf(GuardedFile(self._folder, name, self._disk, self._say, mend=mend))

    def _names(self, prefix: str) -> list[str]:
        """Return the names of the shelves that exist, sorted; a lone copy counts as its file."""
        names = {
            path.name.removesuffix(ENDING).removesuffix(".copy")
            for path in self._disk.list(self._folder)
            if path.name.endswith(ENDING)
        }
        return sorted(name for name in names if name.startswith(prefix))

    def _drop_old_quarantine(self) -> None:
        names = self._names(UNPLACED)
        if len(names) > QUARANTINE_FILES:
            oldest = min(
                names, key=lambda name: self._disk.written_ns(self._folder / (name + ENDING))
            )
            self._shelf(oldest).remove()
            self._say(f"{oldest}: removed, since {QUARANTINE_FILES} newer boots await their clock")

    def _need_recovered(self) -> None:
        if not self._recovered:
            raise Rejected(PART, f"{self._folder}: write only after recover()")

    def _say(self, notice: str) -> None:
        if notice not in self._notices:
            log.warning("ledger: %s", notice)
            self._notices = [*self._notices, notice][-NOTICES_KEPT:]
