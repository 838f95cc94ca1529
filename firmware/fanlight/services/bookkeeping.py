"""Keeps the books safe: checkpoints within seconds, commits at the hour, placing, retention."""

from __future__ import annotations

import asyncio
import logging
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn, TypeVar

from fanlight.domain.books import Books, BooksSettings
from fanlight.domain.hours import UtcHour
from fanlight.domain.placing import Placing
from fanlight.ports.errors import Fault, Full, Rejected, Transient
from fanlight.services.one_thread import OneThread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from fanlight.domain.counts import RowKey
    from fanlight.domain.parts import HourRow
    from fanlight.ports.clock import Clock
    from fanlight.ports.ledger import Ledger
    from fanlight.services.releasing import Release

log = logging.getLogger(__name__)

T = TypeVar("T")

_DAYS_LOOKED_BACK = 8
_RETENTION_EVERY_NS = 24 * 3_600_000_000_000


@dataclass(frozen=True, slots=True)
class BookkeepingSettings:
    """How often the books are made safe, and how long the storage may take.

    With `checkpoint_s` up to 8, at most 10 s of counts are lost when the power goes; each call to
    the storage gives up after `call_timeout_s`, closing after `close_timeout_s` altogether.
    """

    checkpoint_s: float = 5.0
    keep_days: int = 400
    tick_s: float = 1.0
    retry_s: float = 5.0
    call_timeout_s: float = 4.0
    close_timeout_s: float = 3.5
    books: BooksSettings = field(default_factory=BooksSettings)


class Bookkeeping:
    """Writes the books to the ledger in a thread of its own, and reads the clock.

    A storage that refuses costs nothing but safety: counting goes on in memory, `trouble` says
    what is wrong, and the same parts are written again until it works. With a `release`, months
    that a receiver still waits for stay, and a full disk loses the oldest one that all have.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - its parts, and those around it
        self,
        books: Books,
        ledger: Ledger,
        clock: Clock,
        settings: BookkeepingSettings = BookkeepingSettings(),
        on_beat: Callable[[], None] = lambda: None,
        release: Release | None = None,
    ) -> None:
        self._books = books
        self._ledger = ledger
        self._clock = clock
        self._settings = settings
        self._on_beat = on_beat
        self._release = release
        self._thread = OneThread("fanlight-ledger")
        self._turn = asyncio.Lock()
        self._recovered = False
        self._resumed = False
        self._placed_offset_ns: int | None = None
        self._checkpoint_at_ns: int | None = None
        self._retention_at_ns: int | None = None
        self._retry_at_ns = 0
        self._trouble: str | None = None
        self._dropped: list[str] = []
        self._closed = False

    @property
    def books(self) -> Books:
        """The books of this run."""
        return self._books

    @property
    def trouble(self) -> str | None:
        """Why the books are not safe at the moment, None when they are."""
        return self._trouble

    @property
    def dropped(self) -> tuple[str, ...]:
        """The months that this run removed before their time because the disk was full."""
        return tuple(self._dropped)

    async def observe_clock(self) -> None:
        """Read both clocks, so that the next Moment is placed as well as can be."""
        monotonic_ns, utc = await asyncio.to_thread(self._read_clocks)
        utc_ns = None if utc is None else _since_1970_ns(utc)
        anchored = self._books.observe(monotonic_ns, utc_ns)
        if anchored and anchored.moved_ns is not None:
            log.warning("the wall clock moved", extra={"moved_s": anchored.moved_ns / 1e9})
        elif anchored:
            log.info("the wall clock is trusted")

    async def run(self) -> NoReturn:
        """Do what is due every second; never returns."""
        while True:
            await self.tend()
            self._on_beat()
            await asyncio.sleep(self._settings.tick_s)

    async def tend(self) -> None:
        """Do what is due now; storage faults end up in `trouble`."""
        async with self._turn:
            try:
                await self.observe_clock()
                if (now_ns := self._now_ns()) >= self._retry_at_ns:
                    await self._write_due(now_ns)
                    self._trouble = None
            except Full as fault:
                self._complain(fault)
                await self._make_room()
            except (Fault, TimeoutError) as fault:
                self._complain(fault)

    async def read(self, first: UtcHour, last: UtcHour) -> list[HourRow]:
        """Return the durable rows from first to last, those of open hours as of the checkpoint.

        Raises:
            Transient, Rejected: see ports/ledger.py.
        """
        return await self._call(lambda: self._ledger.read(first, last))

    async def close(self) -> None:
        """Commit everything within the close time-out and let the ledger go; harmless if repeated.

        What the storage refuses even now was safe in the journal up to the last checkpoint.
        """
        if self._closed:
            return
        self._closed = True
        try:
            async with asyncio.timeout(self._settings.close_timeout_s), self._turn:
                await self._write_everything()
                await self._call(self._ledger.close)
        except (Fault, TimeoutError) as fault:
            self._complain(fault)
        finally:
            self._thread.close()

    async def _write_due(self, now_ns: int) -> None:
        await self._recover()
        await self._resume(now_ns)
        await self._checkpoint(now_ns)
        await self._commit_ripe(now_ns)
        await self._forget_old(now_ns)

    async def _write_everything(self) -> None:
        await self.observe_clock()
        await self._recover()
        now_ns = self._now_ns()
        everything = self._books.everything(now_ns)
        await self._call(lambda: self._ledger.commit(everything))
        self._books.committed(everything, now_ns)
        await self._place_quarantine(now_ns)

    async def _recover(self) -> None:
        if not self._recovered:
            await self._call(self._ledger.recover)
            self._recovered = True

    async def _resume(self, now_ns: int) -> None:
        """Take up the occupancy of the day from earlier runs, once it is known which day it is."""
        offset_ns = self._books.placing.offset_ns
        if self._resumed or offset_ns is None:
            return
        now = UtcHour.of_ns(now_ns + offset_ns)
        try:
            rows = await self.read(now.plus(-24 * _DAYS_LOOKED_BACK), now)
        except Rejected as fault:
            log.warning("today's occupancy starts from nobody: %s", fault)
            rows = []
        self._books.resume(rows, now_ns)
        self._resumed = True

    async def _checkpoint(self, now_ns: int) -> None:
        last_ns = self._checkpoint_at_ns
        if last_ns is not None and now_ns - last_ns < self._settings.checkpoint_s * 1e9:
            return
        unsaved = self._books.unsaved(now_ns)
        if unsaved:
            await self._call(lambda: self._ledger.checkpoint(unsaved))
            self._books.saved(unsaved, now_ns)
        self._checkpoint_at_ns = now_ns

    async def _commit_ripe(self, now_ns: int) -> None:
        ripe = self._books.ripe(now_ns)
        if ripe:
            await self._call(lambda: self._ledger.commit(ripe))
            self._books.committed(ripe, now_ns)
        await self._place_quarantine(now_ns)

    async def _place_quarantine(self, now_ns: int) -> None:
        """Place what this boot counted before the clock was trusted, once per run."""
        placing = self._books.placing
        offset_ns = placing.offset_ns
        if offset_ns is None or self._placed_offset_ns is not None:
            return
        now = UtcHour.of_ns(now_ns + offset_ns)
        await self._call(lambda: self._ledger.place(placing.boot_id, offset_ns, now))
        self._placed_offset_ns = offset_ns

    async def _forget_old(self, now_ns: int) -> None:
        offset_ns, last_ns = self._books.placing.offset_ns, self._retention_at_ns
        if offset_ns is None or (last_ns is not None and now_ns - last_ns < _RETENTION_EVERY_NS):
            return
        before = UtcHour.of_ns(now_ns + offset_ns).plus(-24 * self._settings.keep_days)
        months = await self._call(lambda: self._forget(self._limit(before)))
        self._retention_at_ns = now_ns
        if months:
            log.info("old months removed", extra={"months": months})

    def _limit(self, before: UtcHour) -> UtcHour:
        return before if self._release is None else self._release.limit(self._ledger, before)

    def _forget(self, before: UtcHour) -> list[str]:
        months = self._ledger.forget(before)
        if self._release is not None:
            self._release.forgotten(months)
        return months

    async def _make_room(self) -> None:
        """Remove the oldest month if every receiver has it; the next turn writes again."""
        if (release := self._release) is None:
            return
        try:
            end = await self._call(lambda: release.oldest(self._ledger))
            months = [] if end is None else await self._call(lambda: self._forget(end))
        except (Fault, TimeoutError) as fault:
            self._complain(fault)
            return
        self._dropped += months
        for month in months:
            log.warning("the disk was full: %s was removed; every receiver has it", month)

    async def _call(self, call: Callable[[], T]) -> T:
        limit_s = self._settings.call_timeout_s
        try:
            return await self._thread.run(call, limit_s)
        except TimeoutError as error:
            raise Transient(
                "ledger",
                f"the storage has not answered for {limit_s:g} s; counting goes on in memory. "
                "If this comes back, replace the card",
            ) from error

    def _complain(self, fault: Exception) -> None:
        self._trouble = str(fault) or "the storage does not answer"
        self._retry_at_ns = self._now_ns() + int(self._settings.retry_s * 1e9)
        log.error("%s", self._trouble)

    def _read_clocks(self) -> tuple[int, datetime | None]:
        return self._clock.monotonic_ns(), self._clock.utc()

    def _now_ns(self) -> int:
        """The present, which a recording read faster than time may be ahead of."""
        return max(self._clock.monotonic_ns(), self._books.last_ns or 0)


def keep_books(  # noqa: PLR0913, PLR0917 - as Bookkeeping
    ledger: Ledger,
    clock: Clock,
    places: Iterable[RowKey],
    settings: BookkeepingSettings = BookkeepingSettings(),
    on_beat: Callable[[], None] = lambda: None,
    release: Release | None = None,
) -> Bookkeeping:
    """Open the books of a new run; `places` as `domain.counts.watched_places` gives them."""
    books = Books(secrets.token_hex(4), Placing(clock.boot_id), places, settings.books)
    return Bookkeeping(books, ledger, clock, settings, on_beat, release)


def _since_1970_ns(utc: datetime) -> int:
    hour = UtcHour.containing(utc)
    inside = utc - hour.start
    return hour.start_ns + (inside.seconds * 1_000_000 + inside.microseconds) * 1000
