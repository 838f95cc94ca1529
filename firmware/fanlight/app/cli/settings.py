"""The `--config` option, and what other options change in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from msgspec.structs import replace

from fanlight.app.config import ClipCamera, Config, Line, load_config
from fanlight.domain.mount import Mount

if TYPE_CHECKING:
    from collections.abc import Callable

    from fanlight.domain.geometry import CountingLine

Command = TypeVar("Command", bound="Callable[..., Any]")


def config_option(command: Command) -> Command:
    """Add `--config` to a command, as a read `Config`; every default where none is named."""

    def read(_context: click.Context, _option: click.Parameter, path: Path | None) -> Config:
        return Config() if path is None else load_config(path)

    return click.option(
        "--config",
        type=click.Path(path_type=Path),
        callback=read,
        help="The device's configuration (TOML); see docs/operating/configuration.md.",
    )(command)


def with_clip(
    config: Config, clip: Path, lines: tuple[CountingLine, ...], mount: str | None
) -> Config:
    """Return a configuration that counts a recorded clip at these lines, and nothing else."""
    config = with_lines(config, lines)
    if lines:
        config = replace(config, passing_lines=(), zones=())
    return with_mount(replace(config, camera=ClipCamera(path=str(clip))), mount)


def with_lines(config: Config, lines: tuple[CountingLine, ...]) -> Config:
    """Return a configuration with these counting lines, or its own if there are none."""
    if not lines:
        return config
    named = tuple(
        Line(
            name=line.name,
            start=(line.start.x, line.start.y),
            end=(line.end.x, line.end.y),
        )
        for line in lines
    )
    return replace(config, lines=named)


def with_mount(config: Config, mount: str | None) -> Config:
    """Return a configuration with that mount, or its own if there is none."""
    if mount is None:
        return config
    return replace(config, mount=replace(config.mount, kind=Mount(mount)))
