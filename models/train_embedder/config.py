"""One embedder's run, read from a TOML file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Shape:
    """The network's widths at strides 2, 4, 8 and 16, and the bottlenecks at each."""

    channels: tuple[int, int, int, int]
    blocks: tuple[int, int, int, int]
    expansions: tuple[int, int, int, int]
    wide: int
    """Channels whose mean over the picture is turned into the vector."""
    dimensions: int


@dataclass(frozen=True, slots=True)
class Input:
    """The network's picture, as the package's manifest says it."""

    side: int
    fit: Literal["stretch", "letterbox"]
    margin: float


@dataclass(frozen=True, slots=True)
class Run:
    """How long and how fast to learn; a batch has `lineups` x 8 people x `crops` pictures."""

    minutes: float
    lineups: int
    crops: int
    rate: float
    decay: float
    warmup_steps: int
    average: float
    temperature: float
    steps: int = 0
    """The most steps, if not 0."""


@dataclass(frozen=True, slots=True)
class Config:
    """All of a run; `kind` decides which pictures count as the same."""

    name: str
    version: str
    kind: Literal["appearance", "build"]
    shape: Shape
    input: Input
    run: Run


def read_config(path: Path) -> Config:
    """Read a run's file.

    Raises:
        ValueError: a key is missing or unknown.
    """
    try:
        table = tomllib.loads(path.read_text())
        shape = {
            key: tuple(value) if isinstance(value, list) else value
            for key, value in table.pop("shape").items()
        }
        parts = {
            "shape": Shape(**shape),
            "input": Input(**table.pop("input")),
            "run": Run(**table.pop("run")),
        }
        return Config(**table | parts)
    except (KeyError, TypeError, tomllib.TOMLDecodeError) as err:
        raise ValueError(f"{path}: {err}; compare it with configs/appearance.toml") from err
