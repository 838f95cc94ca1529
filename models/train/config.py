"""One training run, read from a TOML file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Shape:
    """The network's widths: strides 2 (`stem`), 4 (`low`), then 8, 16, 32 (`channels`)."""

    stem: int
    low: int
    low_blocks: int
    low_expansion: int
    channels: tuple[int, int, int]
    blocks: tuple[int, int, int]
    expansions: tuple[int, int, int]
    pyramid: int
    head: int


@dataclass(frozen=True, slots=True)
class Stage:
    """A share of the run's time with pictures of `width` x `height` px, multiples of 32."""

    share: float
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Run:
    """How long and how fast to learn: `minutes` of training, without pauses between resumes."""

    minutes: float
    batch: int
    rate: float
    decay: float
    warmup_steps: int
    average: float
    """Share of the old weights that the moving average keeps at each step, at most."""
    steps: int = 0
    """The most steps, if not 0."""


@dataclass(frozen=True, slots=True)
class Input:
    """The pictures that the finished network looks at, in px, multiples of 32."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Config:
    """All of a run; `name` names its folder under `runs/`."""

    name: str
    input: Input
    shape: Shape
    stages: tuple[Stage, ...]
    run: Run


def read_config(path: Path) -> Config:
    """Read a run's file.

    Raises:
        ValueError: a key is missing, unknown or has a value that cannot be.
    """
    try:
        table = tomllib.loads(path.read_text())
        shape = {key: _frozen(value) for key, value in table.pop("shape").items()}
        stages = tuple(Stage(**stage) for stage in table.pop("stages"))
        parts = {"run": Run(**table.pop("run")), "input": Input(**table.pop("input"))}
        config = Config(**table | parts | {"shape": Shape(**shape), "stages": stages})
    except (KeyError, TypeError, tomllib.TOMLDecodeError) as err:
        raise ValueError(f"{path}: {err}; compare it with small.toml") from err
    for size in (config.input, *config.stages):
        if size.width % 32 or size.height % 32:
            raise ValueError(f"{path}: {size.width} x {size.height} px: use multiples of 32")
    if abs(sum(stage.share for stage in config.stages) - 1) > 1e-6:
        raise ValueError(f"{path}: the shares of the stages must add up to 1")
    return config


def _frozen(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value
