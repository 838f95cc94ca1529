"""Run after run of the device: each begins with the settings that hold by then."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from fanlight.app.device import run_device
from fanlight.app.factory_reset import reset
from fanlight.app.station import Reason
from fanlight.ports.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from fanlight.app.config import Config
    from fanlight.app.station import Station
    from fanlight.domain.moment import Moment
    from fanlight.domain.tally import Tally
    from fanlight.ports.notifier import Notifier

log = logging.getLogger(__name__)


async def run_appliance(
    load: Callable[[], Config],
    station: Station,
    notifier: Notifier,
    on_moment: Callable[[Moment], None] = lambda _: None,
    on_tally: Callable[[Tally], None] = lambda _: None,
) -> Tally:
    """Run the device again for as long as somebody asks for it; return the last run's tally.

    `load` reads the settings before each run, beginning with the factory's where there are none.

    Raises:
        Fault: see `run_device`.
        ConfigError: settings and their last good copy cannot be used.
    """
    while True:
        config = await asyncio.to_thread(load)
        station.rerun.begin()
        tally = await run_device(config, notifier, on_moment, on_tally, station)
        if station.rerun.reason is Reason.FACTORY_RESET:
            await asyncio.to_thread(_reset, config, station)
        if station.rerun.reason is None or station.rerun.stopped:
            return tally


def _reset(config: Config, station: Station) -> None:
    try:
        erased = reset(Path(config.device.data_dir), station.settings)
        log.warning("factory reset: %s files erased", erased)
    except Fault as fault:
        log.error("%s", fault)  # noqa: TRY400 - the message says it all
    station.has_begun = False
    station.news = None
    station.setup_mode.disarm()
