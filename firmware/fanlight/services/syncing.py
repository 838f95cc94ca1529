"""Brings the hours home over one uplink: pulls what is due, sends it, notes what has arrived."""

from __future__ import annotations

import asyncio
import logging
import random
import zlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final, NoReturn, Protocol, TypeVar

from fanlight.domain.dispatch import Status
from fanlight.domain.hours import UtcHour
from fanlight.ports.errors import Fault, Rejected, Transient
from fanlight.ports.uplink import Later, TooLarge
from fanlight.services.one_thread import OneThread

if TYPE_CHECKING:
    from collections.abc import Callable

    from fanlight.domain.dispatch import Acknowledgement, UnplacedKey
    from fanlight.ports.clock import Clock
    from fanlight.ports.uplink import Uplink
    from fanlight.services.drafting import Draft, Drafting

log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SyncSettings:
    """When and how much is sent; times in seconds.

    An hour is sent `grace_s` after its end and up to `spread_s` later, each device at a moment of
    its own, so that a thousand of them do not call at once. After a failure the device waits from
    `first_retry_s` on, twice as long each time, at most `longest_retry_s`; what a person must mend
    is tried again after `mend_retry_s`.
    """

    grace_s: float = 30.0
    spread_s: float = 240.0
    every_h: int = 1
    first_retry_s: float = 30.0
    longest_retry_s: float = 1800.0
    mend_retry_s: float = 3600.0
    untrusted_s: float = 60.0
    call_timeout_s: float = 60.0
    most_hours: int = 48


@dataclass(slots=True)
class UplinkState:
    """How one uplink is: what waits, when something last arrived (UTC), and what is wrong."""

    name: str
    waiting: int = 0
    arrived_at: datetime | None = None
    trouble: str | None = None


class LinkInUse(Protocol):
    """What `Linking` is to a sender."""

    def may_send(self) -> str | None:
        """Return why nothing can be sent at the moment, None when something can."""

    def sent(self, *, arrived: bool) -> None:
        """Be told whether what was sent got through to the receiver."""

    def status(self) -> Status:
        """Return what a dispatch says of the links."""


class AnyLink:
    """Whatever link the system has; nothing is known of it."""

    def may_send(self) -> str | None:
        """Return None: it can always be tried."""
        return None

    def sent(self, *, arrived: bool) -> None:
        """Do nothing with it."""

    def status(self) -> Status:
        """Return nothing to say."""
        return Status()


ANY_LINK: Final = AnyLink()


class Syncing:
    """One uplink with its own cursor and its own thread, so that none delays another.

    `link` is asked before the network is touched, and told what became of it; `heard` is told a
    receiver's signed time in ns, the monotonic time that belongs to it, and how far it may be off.
    """

    def __init__(  # noqa: PLR0913 - its two parts, and those around it
        self,
        uplink: Uplink,
        drafting: Drafting,
        clock: Clock,
        settings: SyncSettings = SyncSettings(),
        *,
        device_id: str = "",
        link: LinkInUse = ANY_LINK,
        heard: Callable[[int, int, int], None] = lambda *_: None,
    ) -> None:
        self._uplink = uplink
        self._drafting = drafting
        self._clock = clock
        self._settings = settings
        self._link = link
        self._heard = heard
        self._most_hours = settings.most_hours
        self._failures = 0
        self._woken = asyncio.Event()
        self._refused: set[UtcHour] = set()
        self._swept_day: object = None
        self._thread = OneThread(f"fanlight-{uplink.name}"[:15])
        self._late_s = moment_s(device_id, settings)
        self.state = UplinkState(uplink.name)

    async def run(self) -> NoReturn:
        """Send what is due for ever."""
        while True:
            self._woken.clear()
            wait_s = await self.turn()
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._woken.wait()

    def wake(self) -> None:
        """Try now what waits because of a fault: the device has another link."""
        if self.state.trouble is not None:
            self._woken.set()

    async def turn(self) -> float:
        """Send one dispatch if something is due; return after how many seconds to come again.

        What fails ends up in `state.trouble`; nothing is lost by it.
        """
        now = await asyncio.to_thread(self._clock.utc)
        self._sweep(now)
        if self._rests(now):
            return self._idle_s(now)
        try:
            draft = await self._next(now)
            if draft is None:
                self.hang_up()
                return self._idle_s(now)
            if (reason := self._link.may_send()) is not None:
                self.state.trouble = reason
                return self._settings.untrusted_s
            await self._send(draft, now)
        except TooLarge as fault:
            return self._smaller(fault)
        except (Fault, TimeoutError) as fault:
            self._link.sent(arrived=isinstance(fault, Later))
            return self._wait_s(fault)
        self._failures = 0
        self.state.trouble = None
        self._link.sent(arrived=True)
        return 0.0

    def hang_up(self) -> None:
        """Let the connection go; the next dispatch opens another."""
        self._uplink.close()

    def close(self) -> None:
        """Let connection and thread go; a call under way ends by itself."""
        self._uplink.close()
        self._thread.close()

    def _sweep(self, now: datetime | None) -> None:
        """Once a day look at every month, and give refused hours another chance."""
        day = None if now is None else now.date()
        if day != self._swept_day:
            self._swept_day = day
            self._refused.clear()
            self._drafting.look_at_everything()

    async def _next(self, now: datetime | None) -> Draft | None:
        over = None if now is None else now - timedelta(seconds=self._settings.grace_s)
        status = self._link.status()
        refused = frozenset(self._refused)
        draft = await self._call(
            lambda: self._drafting.draft(over, self._most_hours, status, refused)
        )
        self.state.waiting = 0 if draft is None else draft.waiting + len(draft.hours)
        return draft

    async def _send(self, draft: Draft, now: datetime | None) -> None:
        began_ns = self._clock.monotonic_ns()
        answer = await self._call(partial(self._uplink.send, draft.signed))
        ended_ns = self._clock.monotonic_ns()
        if answer.utc_ns is not None:
            half_ns = (ended_ns - began_ns) // 2
            self._heard(answer.utc_ns, began_ns + half_ns, half_ns)
        hours, unplaced = _stored(draft, answer)
        await self._call(lambda: self._drafting.delivered(hours, unplaced))
        refused = self._note_refused(draft, answer)
        if hours or unplaced:
            self.state.arrived_at = now
            self.state.waiting -= len(hours)
        elif not refused:
            raise Transient(self.state.name, "the receiver stored nothing of what it was sent")

    def _note_refused(self, draft: Draft, answer: Acknowledgement) -> bool:
        """Leave refused hours in peace until tomorrow; tell whether there are any."""
        reasons = {key.hour: why for key, why in answer.refused.items()}
        refused = [hour for hour in draft.hours if str(hour) in reasons]
        for hour in refused:
            log.error("%s refuses %s: %s", self.state.name, hour, reasons[str(hour)])
        self._refused.update(refused)
        return bool(refused)

    async def _call(self, call: Callable[[], T]) -> T:
        limit_s = self._settings.call_timeout_s
        try:
            return await self._thread.run(call, limit_s)
        except TimeoutError as error:
            raise Transient(self.state.name, f"no answer within {limit_s:g} s") from error

    def _idle_s(self, now: datetime | None) -> float:
        """Return the time until the next hour is due; nothing touches the network before."""
        self.state.trouble = None
        if now is None:
            return self._settings.untrusted_s
        into_hour_s = (now - UtcHour.containing(now).start).total_seconds()
        due_s = self._settings.grace_s + self._late_s
        return due_s - into_hour_s + (0 if into_hour_s < due_s else 3600)

    def _rests(self, now: datetime | None) -> bool:
        """Tell whether this hour is not one to send in; the first time after a start always is."""
        if now is None or self.state.arrived_at is None or self.state.trouble:
            return False
        late_h = int(self._late_s) % self._settings.every_h
        in_turn = (UtcHour.containing(now).number - late_h) % self._settings.every_h == 0
        return not in_turn and self.state.waiting == 0

    def _smaller(self, fault: TooLarge) -> float:
        if self._most_hours == 1:
            return self._wait_s(Rejected(self.state.name, f"even one hour is too large: {fault}"))
        self._most_hours = max(1, self._most_hours // 2)
        return 0.0

    def _wait_s(self, fault: Exception) -> float:
        """Say what is wrong, and choose how long to leave the receiver alone."""
        self._failures += 1
        words = str(fault) or "no answer"
        if words != self.state.trouble:
            log.warning("%s", words, extra={"uplink": self.state.name})
        self.state.trouble = words
        settings = self._settings
        if isinstance(fault, Later):
            return min(max(fault.wait_s, settings.first_retry_s), settings.mend_retry_s)
        if isinstance(fault, Rejected):
            return settings.mend_retry_s
        grown_s = settings.first_retry_s * 2.0 ** min(self._failures - 1, 20)
        return min(grown_s, settings.longest_retry_s) * random.uniform(0.5, 1.0)  # noqa: S311 - spreads retries


def moment_s(device_id: str, settings: SyncSettings) -> float:
    """Return how long after the grace a device sends its hour, always the same."""
    return zlib.crc32(device_id.encode()) / 2**32 * settings.spread_s


def _stored(
    draft: Draft, answer: Acknowledgement
) -> tuple[dict[UtcHour, int], frozenset[UnplacedKey]]:
    """Return what of a draft was acknowledged; a receiver cannot acknowledge more than was sent."""
    told = {key.hour: key.revision for key in answer.hours}
    hours = {hour: rev for hour, rev in draft.hours.items() if told.get(str(hour), -1) >= rev}
    return hours, draft.unplaced & answer.unplaced
