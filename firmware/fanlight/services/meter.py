"""Counts what a metered link carries, month by month, through power cuts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fanlight.domain.byte_budget import SpentBytes, month_of

if TYPE_CHECKING:
    from datetime import datetime

    from fanlight.ports.link import SpendingBook


class Meter:
    """The running sum behind a spending book.

    What an interface has carried is told as its own counter says it: a counter that falls belongs
    to an interface that came up again. While the time is not known, bytes go to the last month
    that was.

    Raises (load and save):
        Transient: the storage cannot take or give it now.
    """

    def __init__(self, book: SpendingBook) -> None:
        self._book = book
        self._counter = 0
        self._waiting_bytes = 0
        self.spent = SpentBytes()
        self.loaded = False
        self.last_month: str | None = None
        self.unsaved_bytes = 0

    def load(self) -> None:
        """Read what was spent before; what was noted since is added to it."""
        before = SpentBytes(dict(self._book.read()))
        for month, carried in self.spent.by_month.items():
            before = before.plus(month, carried)
        self.spent, self.loaded = before, True
        self.last_month = self.last_month or max(before.by_month, default=None)

    def note(self, counter: int, at: datetime | None) -> None:
        """Take an interface's counter at an aware UTC time, None while that is not known."""
        carried = counter - self._counter if counter >= self._counter else counter
        self._counter = counter
        self._waiting_bytes += carried
        month = self.last_month if at is None else month_of(at)
        if month is None:
            return
        self.last_month = month
        self.spent = self.spent.plus(month, self._waiting_bytes)
        self.unsaved_bytes += self._waiting_bytes
        self._waiting_bytes = 0

    def came_up(self) -> None:
        """Be told that the next counter begins at nothing."""
        self._counter = 0

    def save(self) -> None:
        """Keep what was spent, if there is anything new."""
        if self.unsaved_bytes:
            self._book.write(self.spent.by_month)
            self.unsaved_bytes = 0
