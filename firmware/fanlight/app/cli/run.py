"""`fanlight run`: the device."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec.structs import replace
from rich.console import Console

from fanlight.adapters.clip_truth import truth_beside
from fanlight.adapters.hardening import harden
from fanlight.adapters.systemd import notifier_from
from fanlight.app.appliance import run_appliance
from fanlight.app.cli.closing import print_agreement, print_hours
from fanlight.app.cli.lines import headed, line_options, mount_option
from fanlight.app.cli.live import LiveCount
from fanlight.app.cli.settings import with_clip, with_lines, with_mount
from fanlight.app.compose import DEMO, REPOSITORY, model_file
from fanlight.app.config import Config
from fanlight.app.device import run_device
from fanlight.app.factory_reset import finish_reset
from fanlight.app.last_good import load_or_last_good
from fanlight.app.logs import start_logs
from fanlight.app.settings_file import SettingsFile
from fanlight.app.station import Station
from fanlight.domain.crossings import Crossing
from fanlight.ports.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from fanlight.adapters.clip_truth import ClipTruth
    from fanlight.domain.geometry import CountingLine
    from fanlight.domain.moment import Moment
    from fanlight.domain.tally import Tally

log = logging.getLogger(__name__)

PLAYGROUND = REPOSITORY / "var"
HANG_S = 0.5
FILE = click.Path(path_type=Path)


@click.command()
@click.option("--config", "config_path", type=FILE, help="TOML file; the console changes it.")
@click.option("--factory", type=FILE, help="Copied to --config where that is missing.")
@click.option("--demo", is_flag=True, help="Play the clip that ships, and compare with its truth.")
@click.option("--source", type=FILE, help="Play a recorded clip.")
@line_options(required=False)
@mount_option
@click.option("--data-dir", type=FILE, help="Where the ledger lives.")
def run(
    *,
    config_path: Path | None,
    source: Path | None,
    lines: tuple[CountingLine, ...],
    heading: str | None,
    mount: str | None,
    data_dir: Path | None,
    demo: bool,
    factory: Path | None,
) -> None:
    """Run the device: count people at the door until told to stop.

    Ends cleanly on SIGTERM or Ctrl-C; the hours are in the ledger (fanlight report).
    """
    settings = SettingsFile(config_path, factory) if config_path is not None else None
    if settings is not None:
        _finish_reset(settings)
    config = _loaded(settings, data_dir)
    start_logs(config.log.level)
    clip = model_file(DEMO) if demo else source
    truth = truth_beside(clip) if clip is not None and not lines else None
    if truth is not None:
        lines, mount = (truth.counting_line,), mount or truth.mount
    overridden = bool(lines) or mount is not None or clip is not None
    config = with_mount(with_lines(config, headed(lines, heading)), mount)
    if clip is not None:
        config = _played(config, clip, lines)
        data_dir = data_dir or (PLAYGROUND if config_path is None else None)
    config = _kept_in(data_dir, config)
    log.info("hardened", extra=asdict(harden()))
    if settings is None or overridden:
        _count(config, truth, lambda *heard: run_device(config, *heard))
    else:
        station, load = Station(settings), partial(_loaded, settings, data_dir)
        _count(config, truth, lambda *heard: run_appliance(load, station, *heard))


def _finish_reset(settings: SettingsFile) -> None:
    """Finish a factory reset that a power cut has interrupted, before anything else is opened."""
    try:
        finish_reset(settings)
    except Fault as fault:
        log.error("%s", fault)  # noqa: TRY400 - the message says it all


def _loaded(settings: SettingsFile | None, data_dir: Path | None) -> Config:
    """Read the settings, the last good ones where the file is broken; the defaults without one."""
    if settings is None:
        return Config()
    settings.begin()
    config, trouble = load_or_last_good(settings.path)
    if trouble is not None:
        log.error("%s; running on the last good configuration", trouble)
    return _kept_in(data_dir, config)


def _kept_in(data_dir: Path | None, config: Config) -> Config:
    if data_dir is None:
        return config
    return replace(config, device=replace(config.device, data_dir=str(data_dir)))


def _played(config: Config, clip: Path, lines: tuple[CountingLine, ...]) -> Config:
    """Return the configuration of a recording at a desk: this machine's clock is believed."""
    clock = replace(config.clock, trust="always")
    return replace(with_clip(config, clip, lines, None), clock=clock)


def _count(
    config: Config, truth: ClipTruth | None, run_with: Callable[..., Coroutine[Any, Any, Tally]]
) -> None:
    """Run, show the count, and say at the end what was counted."""
    console = Console(highlight=False)
    crossings: list[Crossing] = []
    with LiveCount(config.device.name, console) as live:

        def hear(moment: Moment) -> None:
            live.hear(moment)
            if truth is not None:
                crossings.extend(each for each in moment.events if isinstance(each, Crossing))

        notifier = notifier_from(os.environ)
        try:
            asyncio.run(run_with(notifier, hear, live.show))
        except asyncio.CancelledError:
            log.info("stopped by a signal")
        finally:
            notifier.close()
            _leave_a_hanging_room()
    if truth is not None:
        print_agreement(console, crossings, truth)
    if console.is_terminal or truth is not None:
        print_hours(console, config)


def _leave_a_hanging_room() -> None:
    """End the process at once where a camera call hangs: its thread would be waited for."""
    for thread in threading.enumerate():
        if thread.name.startswith("sealed-room"):
            thread.join(timeout=HANG_S)
            if thread.is_alive():
                log.error("a camera or accelerator call hangs; leaving it behind")
                logging.shutdown()
                os._exit(1)
