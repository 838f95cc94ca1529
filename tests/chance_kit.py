"""Chance that comes again: seeded draws for tests of noise."""

from __future__ import annotations

from collections.abc import Callable
from random import Random


def dice(seed: int) -> Callable[[int], int]:
    """Return what draws whole numbers below its argument, the same for the same seed."""
    return Random(seed).randrange  # noqa: S311 - to be repeated, and to guard nothing
