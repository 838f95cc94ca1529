"""The composition root of the console and of what an installer needs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fanlight import __version__
from fanlight.adapters.line_trial_store import LineTrialStore
from fanlight.app.compose import counting_lines
from fanlight.app.compose_access import keep_code, open_access, open_certificate
from fanlight.app.compose_panel import open_panel, panel_service, press_does, signal_for
from fanlight.app.compose_setup import enrol_by_card, open_owner, open_setup
from fanlight.app.compose_uplinks import open_identity
from fanlight.app.config import ClipCamera
from fanlight.app.console_figures import ConsoleFigures
from fanlight.app.console_installing import ConsoleInstalling
from fanlight.app.console_upkeep import ConsoleUpkeep, rerun_soon
from fanlight.app.station import Reason
from fanlight.domain.blinks import Signal
from fanlight.domain.claim import CodeKind
from fanlight.domain.crossings import DoorwaySettings
from fanlight.domain.line_trial import LineTrial, TrialSettings
from fanlight.domain.setup_mode import Arming
from fanlight.ports.audit import AuditKind
from fanlight.ports.errors import Fault
from fanlight.services.aiming import Aiming
from fanlight.services.enrolling import Enrolling
from fanlight.services.entering import Entering
from fanlight.services.health.finding import Verdict
from fanlight.services.learning import Learning
from fanlight.services.one_thread import OneThread
from fanlight.services.walking import Walking

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AsyncExitStack

    from fanlight.adapters.audit_log import AuditFile
    from fanlight.app.compose_metrics import Findings
    from fanlight.app.config import Config
    from fanlight.app.console_config import ConsoleSection
    from fanlight.app.station import Station
    from fanlight.domain.house import House
    from fanlight.domain.moment import Moment
    from fanlight.domain.tally import Tally
    from fanlight.ports.audit import Fact
    from fanlight.ports.clock import Clock
    from fanlight.services.access import Access
    from fanlight.services.panel import PanelService
    from fanlight.services.setup import Setup, SetupNews

log = logging.getLogger(__name__)

Services = dict[str, Callable[[], Awaitable[None]]]
THREAD_S: Final = 30.0
LAMP_EVERY_S: Final = 0.5
"""How often it is asked what the lamp should say."""


@dataclass(frozen=True, slots=True)
class Fittings:
    """What a station adds to a run: who hears Moments, who watches the aiming view, services.

    `watched` is None while set-up mode is not armed.
    """

    listeners: tuple[Callable[[Moment], None], ...]
    watched: Callable[[], bool] | None
    services: Services


NO_FITTINGS: Final = Fittings((), None, {})


@dataclass(frozen=True, slots=True)
class Running:
    """What a run tells its fittings: the count, the house, whether it looks, and its checks."""

    tally: Callable[[], Tally]
    house: Callable[[], House]
    looking: Callable[[], bool]
    findings: Findings


async def open_fittings(  # noqa: PLR0913, PLR0917 - the run, and what it is fitted with
    config: Config,
    station: Station,
    clock: Clock,
    audit: AuditFile,
    running: Running,
    parts: AsyncExitStack,
) -> Fittings:
    """Return console, lamp, button and set-up as far as they are configured; `parts` closes them.

    Raises:
        Rejected, Transient: a key, certificate or store cannot be used.
    """
    append = partial(_append, audit, clock)
    entering = Entering(append)
    parts.push_async_callback(entering.close)
    access = await asyncio.to_thread(open_access, config, clock, append)
    aiming = Aiming(clock, entering.enter)
    walking = station.walking = station.walking or Walking(entering.enter)
    walking.enter_by(entering.enter)
    parts.callback(aiming.end)
    learning = await asyncio.to_thread(_open_learning, config)
    parts.push_async_callback(learning.close)
    services: Services = {"audit": entering.run, "learning": learning.run}
    lamp = _fit_panel(config, station, clock, access, parts)
    services |= {"panel": lamp.run, "lamp": partial(_light, lamp, station, clock, running)}
    listeners = [aiming.hear, walking.hear, learning.hear]
    watched = None
    if config.setup is not None:
        await asyncio.to_thread(_arm_at_first_boot, config, station, clock)
        services["enrolling"] = _fit_enrolling(config, station, parts).run
    if config.setup is not None and station.setup_mode.armed(clock.monotonic_ns()):
        watched = aiming.watched
        by = station.setup_mode.by
        entering.enter(AuditKind.SETUP_ARMED, {"by": by and str(by)})
        setup = await asyncio.to_thread(_open_setup, config, station, clock, append, lamp)
        parts.callback(setup.close)
        listeners.append(setup.hear)
        services |= {"setup": setup.run, "setup-mode": partial(_await_end, station, clock)}
    if config.console is not None:
        installing = ConsoleInstalling(config, station, clock, aiming, walking, learning)
        upkeep_of = partial(ConsoleUpkeep, config, station, running.findings, audit, entering.enter)
        services |= _console_services(
            config, config.console, clock, access, installing, upkeep_of, running, parts
        )
    return Fittings(tuple(listeners), watched, services)


def _console_services(  # noqa: PLR0913, PLR0917 - what the console works with
    config: Config,
    section: ConsoleSection,
    clock: Clock,
    access: Access,
    installing: ConsoleInstalling,
    upkeep_of: Callable[[OneThread], ConsoleUpkeep],
    running: Running,
    parts: AsyncExitStack,
) -> Services:
    from fanlight.adapters.http_server import serve_app  # noqa: PLC0415 - heavy
    from fanlight.console.app import console_app  # noqa: PLC0415 - heavy
    from fanlight.console.desk import About, Desk  # noqa: PLC0415 - as above

    thread = OneThread("fanlight-console")
    parts.callback(thread.close)
    figures = ConsoleFigures(config, thread, running.tally, running.house, looking=running.looking)

    async def serve() -> None:
        certificate = await asyncio.to_thread(open_certificate, config, section, clock)
        about = About(
            name=config.device.name,
            firmware=__version__,
            device_id=open_identity(config).device_id,
            language=section.language,
            timezone=config.device.timezone,
            public_counts=section.public_counts,
            fingerprint=certificate.spki_fingerprint(),
        )
        desk = Desk(
            about=about,
            figures=figures,
            upkeep=upkeep_of(thread),
            installing=installing,
            gate=access,
            in_thread=lambda call: thread.run(call, THREAD_S),
            certificate_pem=certificate.certificate.read_text("ascii"),
        )
        await serve_app(
            console_app(desk), "console", section.bind, section.port, certificate.server_context()
        )

    return {"console": serve, "console-figures": figures.run}


def _fit_panel(
    config: Config, station: Station, clock: Clock, access: Access, parts: AsyncExitStack
) -> PanelService:
    panel = open_panel(config.panel)
    parts.callback(panel.close)

    def flash(what: Any, for_s: float = 15.0) -> None:  # noqa: ANN401 - a signal or a pattern
        lamp.flash(what, for_s)

    lamp = panel_service(config, panel, clock, press_does(station, clock, access, flash))
    return lamp


def _fit_enrolling(config: Config, station: Station, parts: AsyncExitStack) -> Enrolling:
    enrolling = Enrolling(
        partial(enrol_by_card, config), lambda: rerun_soon(station, Reason.NEW_SETTINGS)
    )
    parts.callback(enrolling.close)
    return enrolling


def _open_setup(
    config: Config,
    station: Station,
    clock: Clock,
    append: Callable[[AuditKind, Mapping[str, Fact]], None],
    lamp: PanelService,
) -> Setup:
    def claim(code: str) -> None:
        keep_code(config, CodeKind.CARD, code)

    def hear(news: SetupNews) -> None:
        station.news = news
        lamp.flash(signal_for(news))
        if news.trouble is None:
            rerun_soon(station, Reason.NEW_SETTINGS)

    return open_setup(config, station, clock, claim, append, hear)


def _open_learning(config: Config) -> Learning:
    """Return the trials of other lines, going on from what is kept."""
    camera = config.camera
    aspect = 0.75 if isinstance(camera, ClipCamera) else camera.height_px / camera.width_px
    passage = DoorwaySettings.for_mount(config.mount.kind).passage
    settings = TrialSettings(aspect=aspect, passage=passage)
    store = LineTrialStore(Path(config.device.data_dir) / "lines")
    trials = []
    for line in counting_lines(config.lines):
        fresh = LineTrial(line, settings)
        trials.append(LineTrial(line, settings, store.read(fresh.sums)))
    return Learning(trials, store)


def _arm_at_first_boot(config: Config, station: Station, clock: Clock) -> None:
    """Arm set-up mode once in the life of this process, while the device has no owner."""
    if station.has_begun:
        return
    station.has_begun = True
    try:
        own = open_owner(config).read()
    except Fault as fault:
        log.error("set-up stays off: %s", fault)  # noqa: TRY400 - the message says it all
        return
    if own.owner_key is None:
        station.setup_mode.arm(clock.monotonic_ns(), Arming.FIRST_BOOT)


async def _await_end(station: Station, clock: Clock) -> None:
    """Ask for another run once set-up mode is over."""
    # The mode may be armed again meanwhile, which no event tells.
    while (left_s := station.setup_mode.left_s(clock.monotonic_ns())) > 0:  # noqa: ASYNC110
        await asyncio.sleep(left_s)
    station.rerun.ask(Reason.SETUP_ENDED)
    await asyncio.Event().wait()


async def _light(lamp: PanelService, station: Station, clock: Clock, running: Running) -> None:
    """Let the lamp say how the device is, for ever."""
    while True:
        lamp.show(_signal(station, clock, running))
        await asyncio.sleep(LAMP_EVERY_S)


def _signal(station: Station, clock: Clock, running: Running) -> Signal:
    if station.setup_mode.armed(clock.monotonic_ns()):
        return Signal.SETUP
    if not running.looking():
        return Signal.CANNOT_COUNT
    links = ("uplink", "links")
    offline = any(
        each.check.startswith(links) and each.verdict is not Verdict.OK
        for each in running.findings.latest
    )
    return Signal.COUNTING_OFFLINE if offline else Signal.COUNTING


def _append(audit: AuditFile, clock: Clock, kind: AuditKind, facts: Mapping[str, Fact]) -> None:
    now = clock.utc()
    audit.append(kind, facts, now.isoformat(timespec="seconds") if now else None)
