"""Keeps a way to the network: the free link first, the metered one when that does not get through.

Nothing is polled. What is sent shows whether the free link works; only when sending fails is it
probed, and the metered link is up only while something is to be sent.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable  # noqa: TC003 - a field's type
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn, TypeVar

from fanlight.domain.byte_budget import ByteBudget, Purpose, month_of
from fanlight.domain.dispatch import Spending, Status
from fanlight.domain.link_policy import LinkPolicy
from fanlight.domain.reset_ladder import ResetLadder
from fanlight.ports.errors import Fault, Rejected, Transient
from fanlight.ports.modem import ModemFault
from fanlight.services.meter import Meter
from fanlight.services.one_thread import OneThread

if TYPE_CHECKING:
    from fanlight.ports.clock import Clock
    from fanlight.ports.link import MeteredLink, Probe, SpendingBook

log = logging.getLogger(__name__)

T = TypeVar("T")

PART = "links"
NETWORK_DOUBT_NS = 2_000_000_000
"""A mobile network tells its time in whole seconds, and a modem takes its own to answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkingSettings:
    """The names of both links, how often things are tried, and the byte contract; seconds."""

    first_name: str = "wifi"
    budget: ByteBudget = field(default_factory=lambda: ByteBudget(1_000_000))
    policy: LinkPolicy = field(default_factory=LinkPolicy)
    tick_s: float = 5.0
    recheck_s: float = 20.0
    look_back_s: float = 300.0
    wanted_for_s: float = 150.0
    reopen_s: float = 15.0
    longest_reopen_s: float = 600.0
    deaf_after: int = 2
    mend_retry_s: float = 3600.0
    save_bytes: int = 4096
    probe_timeout_s: float = 45.0
    open_timeout_s: float = 420.0


@dataclass(frozen=True, slots=True)
class Probes:
    """The whole way to a receiver, over the free link alone and over the metered one."""

    first: Probe
    metered: Probe


class Linking:
    """Chooses between two links for everything that is sent; see `Syncing` for who asks.

    `on_change` is told when another link is in use, `heard` the mobile network's time.
    """

    def __init__(  # noqa: PLR0913 - its parts, and those around it
        self,
        probes: Probes,
        metered: MeteredLink,
        book: SpendingBook,
        clock: Clock,
        settings: LinkingSettings = LinkingSettings(),
        *,
        on_change: Callable[[], None] = lambda: None,
        heard: Callable[[int, int, int], None] = lambda *_: None,
    ) -> None:
        self._probes = probes
        self._metered = metered
        self._clock = clock
        self._settings = settings
        self._on_change = on_change
        self._heard = heard
        self._policy = settings.policy
        self._ladder = ResetLadder(metered.rungs)
        self._meter = Meter(book)
        self._thread = OneThread("fanlight-links")
        self._is_open = False
        self._doubted = False
        self._deaf = 0
        self._failures = 0
        self._wanted_at_s: float | None = None
        self._probe_at_s = 0.0
        self._open_at_s = 0.0
        self._fault: Fault | None = None

    @property
    def trouble(self) -> str | None:
        """What is wrong with the link in use, None when nothing is."""
        if not self._policy.on_second:
            return None
        return str(self._fault) if self._fault else None

    @property
    def on_metered(self) -> bool:
        """Whether the free link was given up for now."""
        return self._policy.on_second

    def may_send(self) -> str | None:
        """Return why nothing can be sent at the moment, None when something can."""
        if not self._policy.on_second:
            return None
        self._wanted_at_s = self._now_s()
        if self.left_bytes(Purpose.COUNTS) == 0:
            return (
                f"{PART}: this month's {self._settings.budget.monthly_bytes:,} bytes over "
                f"{self._metered.name} are spent; hours wait for {self._settings.first_name} or "
                "the next month (links.lte.monthly_bytes)"
            )
        if self._is_open:
            return None
        return self.trouble or f"{PART}: {self._metered.name} is coming up"

    def sent(self, *, arrived: bool) -> None:
        """Be told whether what was sent over the link in use arrived."""
        if arrived:
            self._doubted, self._deaf = False, 0
            if self._is_open:
                self._ladder, self._fault, self._failures = self._ladder.worked(), None, 0
        elif self._policy.on_second:
            self._deaf += 1
        else:
            self._doubted = True

    def left_bytes(self, purpose: Purpose) -> int:
        """Return what may still be sent over the metered link this month, for a purpose."""
        return self._settings.budget.left_bytes(
            self._meter.spent, self._clock.utc(), self._meter.last_month, purpose
        )

    def status(self) -> Status:
        """Return what a dispatch says of the links."""
        code = [str(self._fault.trouble)] if isinstance(self._fault, ModemFault) else []
        lost = [f"{self._settings.first_name}_lost"] if self._policy.on_second else []
        utc = self._clock.utc()
        month = self._meter.last_month if utc is None else month_of(utc)
        spending = None
        if month is not None:
            spent, budget = self._meter.spent.in_month(month), self._settings.budget.monthly_bytes
            spending = Spending(month=month, spent_bytes=spent, budget_bytes=budget)
        link = self._metered.name if self._policy.on_second else self._settings.first_name
        return Status(trouble=tuple(lost + code), link=link, spending=spending)

    async def run(self) -> NoReturn:
        """Keep the way open for ever."""
        while True:
            await self.turn()
            await asyncio.sleep(self._settings.tick_s)

    async def turn(self) -> None:
        """Do what is due now; what fails ends up in `trouble`."""
        try:
            if not self._meter.loaded:
                await self._call(self._meter.load, 10.0)
            before = self._policy.on_second
            await self._watch_first()
            if self._policy.on_second:
                await self._tend_metered()
            elif self._is_open:
                await self._hang_up()
            if before != self._policy.on_second:
                self._say_changed()
        except (Fault, TimeoutError) as fault:
            log.warning("%s", fault, extra={"part": PART})

    async def close(self) -> None:
        """Go down and keep what was spent."""
        try:
            if self._is_open:
                await self._hang_up()
        except (Fault, TimeoutError) as fault:
            log.warning("%s", fault, extra={"part": PART})
        finally:
            self._thread.close()

    async def _watch_first(self) -> None:
        """Probe the free link where there is a reason to, and let the policy choose."""
        now_s = self._now_s()
        if not (self._doubted or self._policy.on_second) or now_s < self._probe_at_s:
            return
        reached = await self._reaches(self._probes.first)
        self._policy = self._policy.probed(self._now_s(), reached=reached)
        self._doubted = self._doubted and not reached
        settings = self._settings
        wait_s = settings.look_back_s if self._policy.on_second else settings.recheck_s
        self._probe_at_s = self._now_s() + wait_s

    async def _tend_metered(self) -> None:
        now_s = self._now_s()
        wanted_s = self._wanted_at_s
        wanted = wanted_s is not None and now_s - wanted_s < self._settings.wanted_for_s
        if self._is_open:
            await self._account()
            if await self._is_mute():
                await self._hang_up()
                await self._climb(Transient(PART, f"{self._metered.name} is up, and mute"))
            elif not wanted or self.left_bytes(Purpose.COUNTS) == 0:
                await self._hang_up()
        elif wanted and now_s >= self._open_at_s and self.left_bytes(Purpose.COUNTS) > 0:
            await self._open()

    async def _is_mute(self) -> bool:
        """Tell whether the metered link carries nothing; it is tried once sending fails."""
        if self._deaf < self._settings.deaf_after:
            return False
        if await self._reaches(self._probes.metered):
            self._deaf = 0
            return False
        return True

    async def _reaches(self, probe: Probe) -> bool:
        """Tell whether a probe gets through; then what failed was not the link's fault."""
        try:
            await self._call(probe.reach, self._settings.probe_timeout_s)
        except (Fault, TimeoutError) as fault:
            log.info("%s", fault)
            return False
        return True

    async def _open(self) -> None:
        try:
            told = await self._call(self._metered.open, self._settings.open_timeout_s)
        except Rejected as fault:
            self._complain(fault)
            self._open_at_s = self._now_s() + self._settings.mend_retry_s
            return
        except (Fault, TimeoutError) as fault:
            await self._climb(fault)
            return
        self._is_open, self._deaf = True, 0
        self._meter.came_up()
        if told is not None:
            told_ns = round(told.timestamp()) * 1_000_000_000
            self._heard(told_ns, self._clock.monotonic_ns(), NETWORK_DOUBT_NS)
        log.info("up", extra={"link": self._metered.name})
        self._on_change()

    async def _climb(self, fault: Exception) -> None:
        self._complain(fault)
        self._deaf = 0
        grown_s = self._settings.reopen_s * 2.0 ** min(self._failures, 20)
        self._open_at_s = self._now_s() + min(grown_s, self._settings.longest_reopen_s)
        self._failures += 1
        self._ladder, rung = self._ladder.failed(self._now_s())
        if rung is None:
            return
        log.warning("%s is reset: %s", self._metered.name, rung)
        try:
            await self._call(lambda: self._metered.climb(rung), self._settings.open_timeout_s)
        except (Fault, TimeoutError) as more:
            log.warning("%s", more, extra={"part": PART})

    async def _hang_up(self) -> None:
        await self._account()
        self._is_open = False
        await self._call(self._metered.close, 30.0)
        await self._call(self._meter.save, 10.0)

    async def _account(self) -> None:
        carried = await self._call(self._metered.carried_bytes, 10.0)
        if carried is not None:
            self._meter.note(carried, self._clock.utc())
        if self._meter.unsaved_bytes >= self._settings.save_bytes:
            await self._call(self._meter.save, 10.0)

    async def _call(self, call: Callable[[], T], limit_s: float) -> T:
        try:
            return await self._thread.run(call, limit_s)
        except TimeoutError as error:
            raise Transient(PART, f"no answer within {limit_s:g} s") from error

    def _complain(self, fault: Exception) -> None:
        if str(fault) != str(self._fault):
            log.warning("%s", fault, extra={"link": self._metered.name})
        self._fault = fault if isinstance(fault, Fault) else Transient(PART, str(fault))

    def _say_changed(self) -> None:
        name = self._metered.name if self._policy.on_second else self._settings.first_name
        log.warning("hours go home over %s now", name)
        if not self._policy.on_second:
            self._fault = None
        self._on_change()

    def _now_s(self) -> float:
        return self._clock.monotonic_ns() / 1e9
