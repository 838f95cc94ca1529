"""What can happen at the lines and in the zones."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fanlight.domain.counts import Segment


class Direction(StrEnum):
    """Which way somebody went over a counting line."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Crossing:
    """Somebody went over a counting line and stayed on the other side.

    `at_ns` and `frame` are of the instant when the line was met; the event itself is known a
    little later, when the far side has been held. `along` is where the line was met, in body
    widths from its start; `segment` is adult, child or staff, None where that is not known.
    """

    line: str
    direction: Direction
    at_ns: int
    frame: int
    track: int
    along: float = field(default=0.0, compare=False)
    segment: Segment | None = None


@dataclass(frozen=True, slots=True)
class UTurn:
    """Somebody went over a counting line and came back within seconds: neither in nor out."""

    line: str
    at_ns: int
    frame: int
    track: int


@dataclass(frozen=True, slots=True)
class Passing:
    """Somebody went over a passers-by line, in either direction."""

    line: str
    direction: Direction
    at_ns: int
    frame: int
    track: int


@dataclass(frozen=True, slots=True)
class ZoneVisit:
    """Somebody was in a zone and has left it; `at_ns` is of leaving."""

    zone: str
    dwell_ms: int
    at_ns: int
    frame: int
    track: int


Event = Crossing | UTurn | Passing | ZoneVisit
