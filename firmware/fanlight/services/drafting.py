"""Writes the next dispatch for a receiver: what the ledger has and the receiver has not."""

from __future__ import annotations

import secrets
from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Final

from fanlight.domain.class_report import class_reports
from fanlight.domain.dispatch import SCHEMA, Dispatch, HourReport, Status, UnplacedKey
from fanlight.domain.hour_report import hour_report, unplaced_reports
from fanlight.domain.hours import UtcHour, hours_of_day, hours_of_month
from fanlight.domain.outbox import MonthIndex, due_hours
from fanlight.domain.totals import Totals

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime, tzinfo

    from fanlight.domain.class_report import ClassReport
    from fanlight.domain.dispatch import SignedDispatch, UnplacedReport
    from fanlight.domain.parts import HourRow
    from fanlight.domain.rates import ErrorRates
    from fanlight.domain.suppression import MinimumCount
    from fanlight.ports.clock import Clock
    from fanlight.ports.identity import Identity
    from fanlight.ports.ledger import Ledger
    from fanlight.ports.outbox import Outbox

NOTHING_TO_SAY: Final = Status()


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What every dispatch of this device says, and what its hours are seen with.

    `config` names the configuration; `minimum_count` is the rule by which classes of people are
    published, None where the device tells none.
    """

    door: str
    firmware: str
    config: str
    zone: tzinfo
    rates: ErrorRates
    minimum_count: MinimumCount | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A dispatch that is ready to go, the revisions in it, and how many hours wait after it."""

    signed: SignedDispatch
    hours: Mapping[UtcHour, int]
    unplaced: frozenset[UnplacedKey]
    waiting: int


class Drafting:
    """Reads a ledger beside its writer, for one uplink. Calls block; make them from one thread.

    The months before the last two are read again only by `look_at_everything`: they change
    seldom, and each is a file.

    Raises (every method):
        Transient, Rejected: see ports/ledger.py and ports/outbox.py.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - a reader of everything that is told
        self,
        uplink: str,
        ledger: Ledger,
        outbox: Outbox,
        identity: Identity,
        clock: Clock,
        head: Letterhead,
    ) -> None:
        self._uplink = uplink
        self._ledger = ledger
        self._outbox = outbox
        self._identity = identity
        self._clock = clock
        self._head = head
        self._months: dict[str, MonthIndex] = {}

    def look_at_everything(self) -> None:
        """Read every month again at the next draft."""
        self._months = {}

    def waiting(self, now: datetime | None) -> list[UtcHour]:
        """Return the hours that the receiver has not, newest first; `now` None while unknown."""
        self._read_months(now)
        return [
            hour
            for month, index in sorted(self._months.items(), reverse=True)
            for hour in due_hours(index.revisions, self._outbox.acknowledged(self._uplink, month))
        ]

    def draft(
        self,
        now: datetime | None,
        most_hours: int,
        status: Status = NOTHING_TO_SAY,
        left_out: Iterable[UtcHour] = (),
    ) -> Draft | None:
        """Write a dispatch of at most so many hours, None when nothing waits.

        Hours that are `left_out` wait for another time.
        """
        left_out = set(left_out)
        due = [hour for hour in self.waiting(now) if hour not in left_out]
        hours = self._reports(set(due[:most_hours]), now)
        unplaced = self._unplaced(most_hours)
        if not hours and not unplaced:
            return None
        waiting = len(due) - len(hours)
        return Draft(
            self._identity.sign(self._dispatch(now, status, waiting, hours, unplaced)),
            {UtcHour.parse(report.hour): report.revision for report in hours},
            frozenset(UnplacedKey(report.boot, report.boot_hour) for report in unplaced),
            waiting,
        )

    def delivered(self, revisions: Mapping[UtcHour, int], unplaced: Iterable[UnplacedKey]) -> None:
        """Note what the receiver has stored; durable when this returns."""
        self._outbox.acknowledge(self._uplink, revisions)
        self._outbox.acknowledge_unplaced(self._uplink, unplaced)

    def _dispatch(
        self,
        now: datetime | None,
        status: Status,
        waiting: int,
        hours: list[HourReport],
        unplaced: list[UnplacedReport],
    ) -> Dispatch:
        return Dispatch(
            schema=SCHEMA,
            device=self._identity.device_id,
            door=self._head.door,
            firmware=self._head.firmware,
            config=self._head.config,
            boot=self._clock.boot_id,
            uptime_ms=self._clock.monotonic_ns() // 1_000_000,
            utc=None if now is None else f"{now:%Y-%m-%dT%H:%M:%SZ}",
            nonce=secrets.token_urlsafe(16),
            status=replace(status, waiting_hours=waiting),
            hours=tuple(hours),
            unplaced=tuple(unplaced),
        )

    def _read_months(self, now: datetime | None) -> None:
        """Bring the index up to date; while the time is unknown, the newest hour may still grow."""
        kept = self._ledger.hours_kept()
        if kept is None:
            self._months = {}
            return
        present = kept[1] if now is None else UtcHour.containing(now)
        months = _months(*kept)
        for month in months:
            if month not in self._months or month in months[-2:]:
                rows = self._ledger.read(*hours_of_month(month))
                self._months[month] = MonthIndex.of(rows, present)
        self._months = {month: self._months[month] for month in months}

    def _reports(self, wanted: set[UtcHour], now: datetime | None) -> list[HourReport]:
        """Report the wanted hours, in order, each with the totals at its end."""
        reports: list[HourReport] = []
        last_month = max((hour.month for hour in wanted), default="")
        totals = self._ledger.carried() if wanted else Totals()
        classes = self._classes(wanted, now)
        for month, index in sorted(self._months.items()):
            if month > last_month:
                break
            if all(hour.month != month for hour in wanted):
                totals = totals.plus(index.totals)
                continue
            rows = self._ledger.read(*hours_of_month(month))
            for hour, group in groupby(rows, key=lambda row: row.hour):
                found = list(group)
                totals = totals.with_rows(found)
                if hour in wanted:
                    reports.append(self._report(hour, found, totals, classes))
        return reports

    def _report(
        self,
        hour: UtcHour,
        rows: list[HourRow],
        totals: Totals,
        classes: Mapping[UtcHour, tuple[ClassReport, ...]],
    ) -> HourReport:
        head = self._head
        return hour_report(hour, rows, totals, classes.get(hour, ()), head.zone, head.rates)

    def _classes(
        self, wanted: Iterable[UtcHour], now: datetime | None
    ) -> dict[UtcHour, tuple[ClassReport, ...]]:
        """Return the reports of classes of each hour's local day, as far as they may be told."""
        rule, zone = self._head.minimum_count, self._head.zone
        if rule is None or now is None:
            return {}
        by_day: dict[object, list[UtcHour]] = defaultdict(list)
        for hour in wanted:
            by_day[hour.start.astimezone(zone).date()].append(hour)
        found: dict[UtcHour, tuple[ClassReport, ...]] = {}
        for hours in by_day.values():
            day = hours_of_day(hours[0].start.astimezone(zone).date(), zone)
            rows = self._ledger.read(day[0], day[-1])
            reports = class_reports(rows, UtcHour.containing(now), rule)
            found |= dict.fromkeys(hours, reports)
        return found

    def _unplaced(self, most: int) -> list[UnplacedReport]:
        rows = self._ledger.unplaced()
        reports = unplaced_reports(rows, self._clock.boot_id, self._ledger.carried())
        known = self._outbox.unplaced_acknowledged(self._uplink)
        new = [each for each in reports if UnplacedKey(each.boot, each.boot_hour) not in known]
        return new[:most]


def _months(first: UtcHour, last: UtcHour) -> list[str]:
    """Return the months of UTC from one hour's to another's."""
    months = [first.month]
    while months[-1] < last.month:
        months.append(hours_of_month(months[-1])[1].plus(1).month)
    return months
