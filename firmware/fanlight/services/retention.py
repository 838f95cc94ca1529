"""The days of the re-visit sketch: begun at opening, closed at closing, and never on disk between.

A restart during a day loses that day's sketch, which is recorded; its counts are not touched.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Sequence
from dataclasses import InitVar, dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, NoReturn, TypeVar

from fanlight.domain.crossings import Crossing, Direction
from fanlight.domain.privacy_budget import DELTA, BudgetSpent
from fanlight.domain.revisit_guards import answer
from fanlight.domain.revisit_series import Series, SeriesKey
from fanlight.domain.revisits import Dropped
from fanlight.ports.audit import AuditKind, Fact
from fanlight.ports.errors import Fault, Transient
from fanlight.services.one_thread import OneThread

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime, tzinfo

    from fanlight.domain.moment import Moment
    from fanlight.domain.opening import OpenDay, OpeningHours
    from fanlight.domain.revisit_estimate import Kernel
    from fanlight.ports.audit import AuditLog
    from fanlight.ports.clock import Clock
    from fanlight.ports.series_store import SeriesStore
    from fanlight.ports.sketch import SketchGate

log = logging.getLogger(__name__)

T = TypeVar("T")

LATE = timedelta(minutes=15)
"""A device that starts this long after the opening has missed too much of the day."""


Entries = Sequence[tuple[AuditKind, dict[str, Fact]]]
"""What is to be entered in the audit log."""


@dataclass(frozen=True, slots=True)
class RetentionSettings:
    """The shop's hours and lags, and how long the storage may take."""

    hours: OpeningHours
    zone: tzinfo
    lags: tuple[int, ...]
    kernel: Kernel
    tick_s: float = 2.0
    call_timeout_s: float = 4.0


@dataclass(slots=True)
class _Today:
    """The day whose sketch is open, and the entries counted since."""

    open_day: OpenDay
    entries: int = 0


@dataclass(slots=True)
class RetentionDays:
    """Begins and closes the sketch's days by the local clock, and writes down what it decides.

    `series` is the one to go on with, `first_entries` what led to it (see `take_up`). What the
    storage refuses is written at the next tick: a closed sketch is noised and may wait in memory.
    """

    gate: SketchGate
    store: SeriesStore
    audit: AuditLog
    clock: Clock
    settings: RetentionSettings
    series: Series
    first_entries: InitVar[Entries] = ()
    _today: _Today | None = None
    _entered: list[tuple[AuditKind, dict[str, Fact]]] = field(default_factory=list)
    _is_saved: bool = True
    _thread: OneThread = field(default_factory=lambda: OneThread("fanlight-retention"))

    def __post_init__(self, first_entries: Entries) -> None:
        self._entered += first_entries
        self._is_saved = not first_entries
        begun = self.series.begun
        if begun is not None:
            self._drop(begun, 0, Dropped.RESTARTED)

    def note(self, moment: Moment) -> None:
        """Count the entries of the open day, embedded or not."""
        if self._today is not None:
            self._today.entries += sum(
                isinstance(event, Crossing) and event.direction is Direction.IN
                for event in moment.events
            )

    async def run(self) -> NoReturn:
        """Do what is due every two seconds; never returns."""
        while True:
            await self.tend()
            await asyncio.sleep(self.settings.tick_s)

    async def tend(self) -> None:
        """Close and begin what is due now, and write it down; storage faults are tried again."""
        now = await asyncio.to_thread(self.clock.utc)
        try:
            if now is not None:
                self._forget_old(now)
                self._close_if_over(now)
                await self._begin_if_due(now)
            await self._save(now)
        except (Fault, TimeoutError) as fault:
            log.warning("retention: %s", fault)

    async def close(self) -> None:
        """Drop an open day, since its sketch cannot be kept, and write that down."""
        if self._today is not None:
            day, entries = self._today.open_day.day, self._today.entries
            self._today = None
            self.gate.finish(day)
            self._drop(day, entries, Dropped.STOPPED)
        try:
            await self._save(await asyncio.to_thread(self.clock.utc))
        except (Fault, TimeoutError) as fault:
            log.warning("retention: %s", fault)
        finally:
            self._thread.close()

    def _forget_old(self, now: datetime) -> None:
        trimmed = self.series.trimmed(now.astimezone(self.settings.zone).date())
        if trimmed != self.series:
            self._go_on(trimmed)

    def _close_if_over(self, now: datetime) -> None:
        today = self._today
        if today is None or now < today.open_day.closes:
            return
        self._today = None
        day = today.open_day.day
        sketch = self.gate.finish(day)
        if sketch is None:
            self._drop(day, today.entries, Dropped.RESTARTED)
            return
        self._go_on(self.series.with_day_closed(sketch, today.entries))
        self._enter(
            AuditKind.RETENTION_DAY_CLOSED,
            day=str(day),
            visits_noised=sketch.visits,
            entries=today.entries,
        )
        self._judge(day)

    async def _begin_if_due(self, now: datetime) -> None:
        """Begin a day once its start is on disk, so that a restart is sure to notice it."""
        due = self.settings.hours.at(now, self.settings.zone)
        if self._today is not None or due is None or not self.series.is_new(due.day):
            return
        if now - due.opens > LATE:
            self._drop(due.day, 0, Dropped.STARTED_LATE)
            return
        try:
            begun = self.series.with_day_begun(due.day)
        except BudgetSpent as refusal:
            self._enter(AuditKind.RETENTION_REFUSED, day=str(due.day), because=str(refusal))
            self._drop(due.day, 0, Dropped.NO_BUDGET)
            return
        await self._call(lambda: self.store.write(begun))
        self.series = begun
        await asyncio.to_thread(self.gate.begin, begun.key.noise)
        self._today = _Today(due)
        noise = begun.key.noise
        self._enter(
            AuditKind.RETENTION_DAY_BEGUN,
            day=str(due.day),
            epsilon=round(noise.epsilon, 2),
            delta=DELTA,
            sigma=noise.sigma,
        )

    def _judge(self, day: date) -> None:
        """Enter what can be published after a day, and what cannot, with the reason."""
        found = answer(self.series.revisits, self.settings.kernel, self.settings.lags)
        lags_by_reason: dict[str, list[int]] = {}
        for each in found.answers:
            lags_by_reason.setdefault(each.because, []).append(each.lag)
        for because, lags in lags_by_reason.items():
            facts: dict[str, Fact] = {"day": str(day), "lags": ", ".join(map(str, lags))}
            if because:
                self._enter(AuditKind.RETENTION_REFUSED, **facts, because=because)
            else:
                self._enter(AuditKind.RETENTION_PUBLISHED, **facts)

    def _drop(self, day: date, entries: int, why: Dropped) -> None:
        self._go_on(self.series.with_day_dropped(day, entries, why))
        self._enter(AuditKind.RETENTION_DAY_DROPPED, day=str(day), because=why.value)

    def _go_on(self, later: Series) -> None:
        for day in self.series.ring_left(later):
            self._enter(AuditKind.RETENTION_RING_DELETED, day=str(day))
        self.series = later
        self._is_saved = False

    def _enter(self, kind: AuditKind, **facts: Fact) -> None:
        self._entered.append((kind, facts))

    async def _save(self, now: datetime | None) -> None:
        """Write the series, then the entries that are due."""
        if not self._is_saved:
            series = self.series
            await self._call(lambda: self.store.write(series))
            self._is_saved = True
        at = None if now is None else now.isoformat(timespec="seconds")
        while self._entered:
            kind, facts = self._entered[0]
            await self._call(partial(self.audit.append, kind, facts, at))
            self._entered.pop(0)

    async def _call(self, call: Callable[[], T]) -> T:
        limit_s = self.settings.call_timeout_s
        try:
            return await self._thread.run(call, limit_s)
        except TimeoutError as error:
            raise Transient("retention", f"no answer within {limit_s:g} s") from error


def take_up(stored: Series | None, embedder: str, epsilon: int) -> tuple[Series, Entries]:
    """Return the series to go on with, and what to enter about it.

    Another embedder or another epsilon ends a series: its ring and scalars are forgotten, and what
    its days have cost is not.
    """
    if stored is not None and (stored.key.embedder, stored.key.epsilon) == (embedder, epsilon):
        return stored, ()
    entries: list[tuple[AuditKind, dict[str, Fact]]] = []
    series = Series(SeriesKey(embedder, epsilon, secrets.token_hex(16)))
    if stored is not None:
        days = len(stored.revisits.days)
        entries.append((AuditKind.RETENTION_SERIES_ENDED, {"days": days}))
        series = replace(series, begun=stored.begun, charges=stored.charges)
    choice: dict[str, Fact] = {"embedder": embedder, "epsilon_chosen": epsilon}
    return series, [*entries, (AuditKind.RETENTION_SERIES, choice)]
