"""What the pages show: a chain's devices at a glance, and one device's hours."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, or_, select

from fanlight.domain.hours import UtcHour
from fleet_collector.tables import audit, devices, hours, unplaced

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Engine

HOUR_MS: Final = 3_600_000
SILENT_AFTER_S: Final = 3 * 3600
A_PAGE: Final = 100
DEVICE_COLUMNS = [column for column in devices.columns if column.name != "public_key"]


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """One device on the fleet page: who it is, how it is, and its last 24 hours."""

    facts: dict[str, Any]
    entries: int
    exits: int
    hours_seen: int
    coverage: float
    silent_s: int | None

    @property
    def state(self) -> str:
        """How it is, in one word."""
        if self.facts["blocked"]:
            return "blocked"
        if self.silent_s is None:
            return "never heard"
        if self.silent_s > SILENT_AFTER_S:
            return "silent"
        return "trouble" if self.facts["trouble"] else "well"


@dataclass(frozen=True, slots=True)
class Summary:
    """The whole chain in a line."""

    devices: int
    heard: int
    entries: int
    exits: int
    trouble: int


@dataclass(frozen=True, slots=True)
class HourLine:
    """One hour of one device as its page shows it; `lost` are people whose own report is missing.

    `lost_entries` is what the totals grew by between the hour before and this one, beyond this
    hour's own entries.
    """

    hour: UtcHour
    local: str
    entries: int
    exits: int
    low: int | None
    high: int | None
    coverage: float
    causes: str
    revision: int
    closed: bool
    lost_entries: int


class Fleet:
    """Reads what the devices have sent; calls block."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def summary(self, now_s: int) -> Summary:
        """Add up the last 24 hours of all devices."""
        since = now_s // 3600 - 24
        counted = select(
            func.coalesce(func.sum(hours.c.entries), 0),
            func.coalesce(func.sum(hours.c.exits), 0),
        ).where(hours.c.hour >= since)
        late = now_s - SILENT_AFTER_S
        known = select(
            func.count(),
            func.count().filter(devices.c.heard_s >= late),
            func.count().filter(devices.c.trouble != ""),
        ).select_from(devices)
        with self._engine.connect() as connection:
            entries, exits = connection.execute(counted).one()
            all_of_them, heard, trouble = connection.execute(known).one()
        return Summary(all_of_them, heard, int(entries), int(exits), trouble)

    def page(self, now_s: int, number: int = 0, search: str = "") -> list[DeviceRow]:
        """Return a page of devices by shop and door, those that match a word of either."""
        since = now_s // 3600 - 24
        chosen = select(*DEVICE_COLUMNS).order_by(devices.c.shop, devices.c.door, devices.c.id)
        if search:
            like = f"%{search.replace('%', '').replace('_', '')}%"
            words = (devices.c.shop, devices.c.door, devices.c.id)
            chosen = chosen.where(or_(*(word.ilike(like) for word in words)))
        chosen = chosen.limit(A_PAGE).offset(number * A_PAGE)
        with self._engine.connect() as connection:
            found = [dict(row) for row in connection.execute(chosen).mappings()]
            day = (
                select(
                    hours.c.device,
                    func.sum(hours.c.entries),
                    func.sum(hours.c.exits),
                    func.count(),
                    func.sum(hours.c.seen_ms),
                )
                .where(hours.c.device.in_([row["id"] for row in found]), hours.c.hour >= since)
                .group_by(hours.c.device)
            )
            sums = {row[0]: row[1:] for row in connection.execute(day)}
        return [_device_row(row, sums.get(row["id"]), now_s) for row in found]

    def device(self, device: str, now_s: int) -> DeviceRow | None:
        """Return one device, None where there is none."""
        with self._engine.connect() as connection:
            query = select(*DEVICE_COLUMNS).where(devices.c.id == device)
            row = connection.execute(query).mappings().first()
        return None if row is None else _device_row(dict(row), None, now_s)

    def hours(self, device: str, first: int, last: int) -> list[HourLine]:
        """Return a device's hours from first to last, newest first, gaps told by the totals."""
        query = (
            select(hours)
            .where(hours.c.device == device, hours.c.hour >= first, hours.c.hour <= last)
            .order_by(hours.c.hour)
        )
        with self._engine.connect() as connection:
            rows = [dict(row) for row in connection.execute(query).mappings()]
        return list(reversed(_hour_lines(rows)))

    def unplaced(self, device: str) -> int:
        """Return how many hours of a device could not be dated."""
        query = select(func.count()).select_from(unplaced).where(unplaced.c.device == device)
        with self._engine.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def audit(self, most: int = 200) -> list[dict[str, Any]]:
        """Return the newest entries of the audit log."""
        query = select(audit).order_by(audit.c.number.desc()).limit(most)
        with self._engine.connect() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]


def _device_row(facts: dict[str, Any], sums: Any, now_s: int) -> DeviceRow:  # noqa: ANN401 - a row
    entries, exits, seen, seen_ms = (int(each) for each in sums) if sums else (0, 0, 0, 0)
    silent_s = None if facts["heard_s"] is None else max(0, now_s - facts["heard_s"])
    coverage = min(1.0, seen_ms / (seen * HOUR_MS)) if seen else 0.0
    return DeviceRow(facts, entries, exits, seen, coverage, silent_s)


def _hour_lines(rows: Iterable[dict[str, Any]]) -> list[HourLine]:
    lines: list[HourLine] = []
    before: dict[str, Any] | None = None
    for row in rows:
        report = json.loads(row["body"])
        lost = 0
        if before is not None and row["hour"] > before["hour"] + 1:
            lost = row["total_entries"] - before["total_entries"] - row["entries"]
        lows, highs = zip(*_ranges(report), strict=True) if report["lines"] else ((), ())
        known = bool(lows) and None not in lows
        lines.append(
            HourLine(
                hour=UtcHour(row["hour"]),
                local=report["local"],
                entries=row["entries"],
                exits=row["exits"],
                low=sum(lows) if known else None,
                high=sum(highs) if known else None,
                coverage=min(1.0, row["seen_ms"] / HOUR_MS),
                causes=", ".join(sorted(report["degraded_ms"])).replace("_", " "),
                revision=row["revision"],
                closed=row["closed"],
                lost_entries=max(0, lost),
            )
        )
        before = row
    return lines


def _ranges(report: dict[str, Any]) -> list[tuple[int | None, int | None]]:
    return [tuple(line["entries_range"] or (None, None)) for line in report["lines"]]
