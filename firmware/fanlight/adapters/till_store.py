"""Hourly totals of the till on disk, beside the ledger: one guarded file a month."""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from typing import TYPE_CHECKING

from fanlight.adapters.disk import Disk
from fanlight.adapters.guarded_file import GuardedFile
from fanlight.domain.hours import UtcHour
from fanlight.domain.till import Booked, HourTotal, book
from fanlight.ports.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

log = logging.getLogger(__name__)

PART = "till"


class TillStore:
    """Keeps what the till told, durable when a call returns.

    Calls block on storage. One process books at a time; reading works beside it.

    Raises (every method):
        Transient: the storage cannot take or give it now.
        Rejected: a file is of a newer firmware, or holds what this one cannot read.
    """

    def __init__(self, folder: Path, disk: Disk | None = None) -> None:
        self._folder = folder
        self._disk = disk or Disk(PART)

    def book(self, given: Mapping[UtcHour, int]) -> Booked:
        """Store totals; the same total again changes nothing, another one is a new revision."""
        self._disk.make_folder(self._folder)
        by_month: dict[str, dict[UtcHour, int]] = defaultdict(dict)
        for hour, transactions in given.items():
            by_month[hour.month][hour] = transactions
        booked = [self._book_month(month, totals) for month, totals in sorted(by_month.items())]
        return Booked(
            sum(each.new for each in booked),
            sum(each.corrected for each in booked),
            sum(each.known for each in booked),
        )

    def read(self, first: UtcHour, last: UtcHour) -> dict[UtcHour, HourTotal]:
        """Return the totals of all hours from first to last, both included."""
        found: dict[UtcHour, HourTotal] = {}
        for month in sorted({path.name[:7] for path in self._disk.list(self._folder)}):
            if first.month <= month <= last.month:
                found |= self._month(month, mend=False)
        return {hour: total for hour, total in found.items() if first <= hour <= last}

    def _book_month(self, month: str, given: Mapping[UtcHour, int]) -> Booked:
        totals, booked = book(self._month(month, mend=True), given)
        if booked.new or booked.corrected:
            plain = {
                str(hour): [each.transactions, each.revision]
                for hour, each in sorted(totals.items())
            }
            self._file(month, mend=True).write(json.dumps(plain).encode())
        return booked

    def _month(self, month: str, *, mend: bool) -> dict[UtcHour, HourTotal]:
        file = self._file(month, mend=mend)
        data = file.read()
        if data is None:
            return {}
        try:
            return {
                (hour := UtcHour.parse(text)): HourTotal(hour, int(total), int(revision))
                for text, (total, revision) in json.loads(data).items()
            }
        except (AttributeError, TypeError, ValueError) as error:
            raise Rejected(
                PART, f"{file.path}: holds what this firmware cannot read; move it away"
            ) from error

    def _file(self, month: str, *, mend: bool) -> GuardedFile:
        return GuardedFile(self._folder, month, self._disk, log.warning, mend=mend)
