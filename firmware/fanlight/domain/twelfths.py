"""When within an hour: counts of its twelve stretches of five minutes.

Fine enough to estimate how long visits last, too coarse to follow anybody by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

TWELFTHS: Final = 12
MINUTES_EACH: Final = 5
TWELFTH_NS: Final = MINUTES_EACH * 60 * 1_000_000_000

Twelfths = tuple[int, ...]
"""Twelve counts in the order of time, or none at all where nothing was counted."""


def twelfth_of(utc_ns: int) -> int:
    """Return which twelfth of its hour holds an instant in nanoseconds since 1970, 0-based."""
    return utc_ns // TWELFTH_NS % TWELFTHS


def all_in(twelfth: int, count: int) -> Twelfths:
    """Return a count that lies in a single twelfth of the hour."""
    return tuple(count * (index == twelfth) for index in range(TWELFTHS)) if count else ()


def added(one: Twelfths, other: Twelfths) -> Twelfths:
    """Add the counts stretch by stretch."""
    if not one or not other:
        return one or other
    return tuple(left + right for left, right in zip(one, other, strict=True))


def read_twelfths(values: Iterable[int]) -> Twelfths:
    """Read counts that were written down.

    Raises:
        ValueError: they are neither twelve nor none, or one is negative.
    """
    counts = tuple(int(value) for value in values)
    if len(counts) not in (0, TWELFTHS) or any(count < 0 for count in counts):
        raise ValueError(f"{len(counts)} counts are not the twelfths of an hour")
    return counts
