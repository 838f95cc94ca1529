"""A desk with nothing behind it but words and numbers: for the console without a device."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any, TypeVar

from fanlight.console.desk import About, Desk

T = TypeVar("T")
Plain = dict[str, Any]


class SimulatedFigures:
    """One line, ten people an hour."""

    def live(self) -> Plain:
        return {
            **dict.fromkeys(("in", "out", "inside", "inside_doubt", "hour_in", "hour_out"), 3),
            "coverage_percent": "99 %",
            "coverage": 0.99,
            "looking": True,
        }

    def today(self) -> date:
        return date(2026, 11, 27)


async def _now(call: Callable[[], T]) -> T:
    return call()


def in_thread(call: Callable[[], T]) -> Awaitable[T]:
    return _now(call)


def a_desk(**parts: Any) -> Desk:  # noqa: ANN401 - parts of several kinds
    """Return a desk; what is not given is not there."""
    about = About(
        name="Front door",
        firmware="0.1.0",
        device_id="fl-test",
        language="en",
        timezone="Europe/Berlin",
        public_counts=False,
        fingerprint="0" * 64,
    )
    given = {"figures": SimulatedFigures(), "upkeep": None, "installing": None, "gate": None}
    return Desk(about=about, in_thread=in_thread, **(given | parts))
