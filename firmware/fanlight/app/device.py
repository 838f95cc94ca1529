"""The main loop: one asyncio loop runs the whole device.

Essential are counting, bookkeeping and the watchdog: an error there ends the process, and the
system starts it again. Threads: the sealed room's, the ledger's, and asyncio's for reading clocks.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from contextlib import AsyncExitStack
from functools import partial
from typing import TYPE_CHECKING, Any

from fanlight.adapters.heard_clock import HeardClock
from fanlight.app.compose import open_clock, open_ledger, open_room, places
from fanlight.app.compose_console import NO_FITTINGS, Running, open_fittings
from fanlight.app.compose_metrics import Findings, metrics_services
from fanlight.app.compose_people import books_settings
from fanlight.app.compose_retention import audit_log, open_live_sketch, open_retention
from fanlight.app.compose_shop import till_services
from fanlight.app.compose_uplinks import open_release, open_way_home
from fanlight.app.config import ClipCamera
from fanlight.app.supervise import keep_alive
from fanlight.ports.errors import Fault
from fanlight.services.beats import Beats, feed_watchdog
from fanlight.services.bookkeeping import BookkeepingSettings, keep_books
from fanlight.services.counting import Counting, Pace
from fanlight.services.health.balance import check_balance
from fanlight.services.health.books import check_books
from fanlight.services.health.clock import check_clock
from fanlight.services.health.links import check_links
from fanlight.services.health.memory import check_memory
from fanlight.services.health.mounting import check_statures
from fanlight.services.health.temperature import check_temperature
from fanlight.services.health.uplink import check_uplink
from fanlight.services.health.watch import watch_health
from fanlight.services.looking import LadderSettings, SteadyEye
from fanlight.vision.eye import RoomEye

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator, Mapping

    from fanlight.adapters.audit_log import AuditFile
    from fanlight.app.compose_console import Fittings
    from fanlight.app.compose_uplinks import WayHome
    from fanlight.app.config import Config
    from fanlight.app.station import Station
    from fanlight.domain.books import BooksSettings
    from fanlight.domain.moment import Moment
    from fanlight.domain.tally import Tally
    from fanlight.ports.clock import Clock
    from fanlight.ports.notifier import Notifier
    from fanlight.services.bookkeeping import Bookkeeping
    from fanlight.services.health.finding import Finding
    from fanlight.vision.room import Room

log = logging.getLogger(__name__)

STALE_AFTER_S = 20.0
SHOW_EVERY_S = 0.25


async def run_device(
    config: Config,
    notifier: Notifier,
    on_moment: Callable[[Moment], None] = lambda _: None,
    on_tally: Callable[[Tally], None] = lambda _: None,
    station: Station | None = None,
) -> Tally:
    """Count until a recording ends, a signal comes or an essential part fails; tell the tally.

    With a `station` there are console, lamp and set-up as configured, and counting also ends when
    somebody asks for another run.

    Raises:
        Fault: an essential part failed for good; what was counted is in the ledger.
    """
    clock = HeardClock(open_clock(config))
    books = await asyncio.to_thread(books_settings, config)
    beats = Beats(clock, STALE_AFTER_S, ("looking", "bookkeeping"))
    async with AsyncExitStack() as parts:
        parts.callback(_say_farewell, notifier, station)
        bookkeeping = _open_bookkeeping(config, clock, books, beats)
        parts.push_async_callback(bookkeeping.close)
        audit = audit_log(config)
        live, retention = open_live_sketch(config), None
        if live is not None:
            retention = await asyncio.to_thread(open_retention, config, live, clock, audit)
            parts.push_async_callback(retention.close)
            on_moment = _heard_by(retention.note, on_moment)
        findings = Findings()
        running = _running(bookkeeping, beats, findings)
        fittings = await _fittings(config, station, clock, audit, running, parts)
        on_moment = _heard_by(*fittings.listeners, on_moment)
        eye = _open_eye(config, clock, beats, lambda: open_room(config, live, fittings.watched))
        parts.push_async_callback(eye.close)
        home = await asyncio.to_thread(open_way_home, config, clock, parts, clock.hear)
        checks = _checks(clock, bookkeeping, home)
        pace = Pace.PLAYED if isinstance(config.camera, ClipCamera) else Pace.LIVE
        counting = Counting(eye, bookkeeping, clock, pace, _first_tells(notifier, on_moment))
        companions = {"bookkeeping": bookkeeping.run(), "showing": _show(counting, on_tally)}
        services = {
            "health": lambda: watch_health(checks, notifier, on_findings=findings.hear),
            **({"retention": retention.run} if retention else {}),
            **till_services(config, parts),
            **(home.services() if home else {}),
            **metrics_services(config, counting.tally, findings, home),
            **fittings.services,
        }
        companions |= {name: keep_alive(name, service) for name, service in services.items()}
        if (interval_s := notifier.watchdog_interval_s) is not None:
            companions["watchdog"] = feed_watchdog(beats, notifier, interval_s)
        tally = await _count(counting, companions, station)
        on_tally(tally)
        return tally


def _open_bookkeeping(
    config: Config, clock: Clock, books: BooksSettings, beats: Beats
) -> Bookkeeping:
    return keep_books(
        open_ledger(config),
        clock,
        places(config),
        BookkeepingSettings(config.books.checkpoint_s, config.books.keep_days, books=books),
        lambda: beats.beat("bookkeeping"),
        open_release(config),
    )


async def _fittings(  # noqa: PLR0913, PLR0917 - as open_fittings
    config: Config,
    station: Station | None,
    clock: Clock,
    audit: AuditFile,
    running: Running,
    parts: AsyncExitStack,
) -> Fittings:
    """Return what a station adds; counting goes on without it where it cannot be had."""
    if station is None:
        return NO_FITTINGS
    try:
        return await open_fittings(config, station, clock, audit, running, parts)
    except Fault as fault:
        log.error("no console, lamp or set-up in this run: %s", fault)  # noqa: TRY400
        return NO_FITTINGS


def _running(bookkeeping: Bookkeeping, beats: Beats, findings: Findings) -> Running:
    return Running(
        bookkeeping.books.tally,
        lambda: bookkeeping.books.house,
        lambda: "looking" not in beats.stale(),
        findings,
    )


def _open_eye(
    config: Config, clock: Clock, beats: Beats, make_room: Callable[[], Room]
) -> SteadyEye:
    return SteadyEye(
        RoomEye(make_room, config.ladder.look_deadline_s),
        clock,
        LadderSettings(
            tries_before_reopen=config.ladder.tries_before_reopen,
            give_up_after_s=config.ladder.give_up_after_s,
        ),
        lambda: beats.beat("looking"),
    )


def _checks(
    clock: Clock, bookkeeping: Bookkeeping, home: WayHome | None
) -> dict[str, Callable[[], Finding]]:
    uplinks: dict[str, Callable[[], Finding]] = {
        f"uplink {each.state.name}": partial(check_uplink, each.state)
        for each in (home.syncings if home else ())
    }
    if home is not None and (linking := home.linking) is not None:
        uplinks["links"] = lambda: check_links(linking.status(), linking.trouble)
    return {
        **uplinks,
        "clock": lambda: check_clock(clock),
        "books": lambda: check_books(bookkeeping.trouble, bookkeeping.dropped),
        "balance": lambda: check_balance(bookkeeping.books.house.closed_days),
        "mounting": lambda: check_statures(bookkeeping.books.last_causes),
        "memory": check_memory,
        "temperature": check_temperature,
    }


async def _count(
    counting: Counting,
    companions: Mapping[str, Coroutine[Any, Any, None]],
    station: Station | None,
) -> Tally:
    """Run counting and its companions until counting ends, by itself, by a signal or by wish."""
    try:
        async with asyncio.TaskGroup() as essential:
            others = [
                essential.create_task(companion, name=name)
                for name, companion in companions.items()
            ]
            main = essential.create_task(counting.run(), name="counting")
            if station is not None:
                others.append(essential.create_task(_end_when_asked(station, main)))
            with _ended_by_signals(main, station):
                await asyncio.wait([main])
            for other in others:
                other.cancel()
    except BaseExceptionGroup as group:
        raise _first_cause(group) from group
    return counting.tally()


async def _end_when_asked(station: Station, main: asyncio.Task[Tally]) -> None:
    await station.rerun.asked()
    log.info("the run ends: %s", station.rerun.reason)
    main.cancel()


def _say_farewell(notifier: Notifier, station: Station | None) -> None:
    """Tell the service manager that the device stops, unless another run is to follow."""
    if station is None or station.rerun.reason is None or station.rerun.stopped:
        notifier.stopping()


@contextlib.contextmanager
def _ended_by_signals(main: asyncio.Task[Tally], station: Station | None) -> Iterator[None]:
    """Let SIGTERM and SIGINT end counting; everything else then closes in order."""
    loop = asyncio.get_running_loop()
    ends = (signal.SIGTERM, signal.SIGINT)

    def end() -> None:
        if station is not None:
            station.rerun.stop()
        main.cancel()

    for number in ends:
        loop.add_signal_handler(number, end)
    try:
        yield
    finally:
        for number in ends:
            loop.remove_signal_handler(number)


async def _show(counting: Counting, on_tally: Callable[[Tally], None]) -> None:
    while True:
        on_tally(counting.tally())
        await asyncio.sleep(SHOW_EVERY_S)


def _heard_by(*listeners: Callable[[Moment], None]) -> Callable[[Moment], None]:
    """Let several hear each Moment, in this order."""

    def hear(moment: Moment) -> None:
        for listener in listeners:
            listener(moment)

    return hear


def _first_tells(
    notifier: Notifier, on_moment: Callable[[Moment], None]
) -> Callable[[Moment], None]:
    """Tell the service manager that counting has begun, once a frame has been looked at."""
    told = False

    def hear(moment: Moment) -> None:
        nonlocal told
        if not told:
            notifier.ready()
            told = True
        on_moment(moment)

    return hear


def _first_cause(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the error that made the others."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
