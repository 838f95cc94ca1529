"""Which months may leave the ledger: those that every receiver has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fanlight.domain.hours import hours_of_month
from fanlight.domain.outbox import MonthIndex, due_hours

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fanlight.domain.hours import UtcHour
    from fanlight.ports.ledger import Ledger
    from fanlight.ports.outbox import Outbox


class Release:
    """The outbox's word on what may be forgotten. Calls block: make them from the ledger's thread.

    Without receivers the ledger is the only copy: then nothing may go before its time.

    Raises (every method):
        Transient, Rejected: see ports/ledger.py and ports/outbox.py.
    """

    def __init__(self, outbox: Outbox, uplinks: Iterable[str]) -> None:
        self._outbox = outbox
        self._uplinks = tuple(uplinks)

    def limit(self, ledger: Ledger, before: UtcHour) -> UtcHour:
        """Return `before`, or the beginning of an earlier month that somebody still waits for."""
        kept = ledger.hours_kept()
        if kept is None or not self._uplinks:
            return before
        month = kept[0].month
        while month < before.month:
            first, last = hours_of_month(month)
            revisions = MonthIndex.of(ledger.read(first, last), before).revisions
            for uplink in self._uplinks:
                if due_hours(revisions, self._outbox.acknowledged(uplink, month)):
                    return first
            month = last.plus(1).month
        return before

    def oldest(self, ledger: Ledger) -> UtcHour | None:
        """Return the end of the oldest month if every receiver has it, else None."""
        kept = ledger.hours_kept()
        if kept is None or not self._uplinks:
            return None
        end = hours_of_month(kept[0].month)[1].plus(1)
        return end if self.limit(ledger, end) == end else None

    def forgotten(self, months: Iterable[str]) -> None:
        """Let the outbox forget what has left the ledger."""
        self._outbox.forget(months)
