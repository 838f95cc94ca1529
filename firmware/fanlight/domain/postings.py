"""What an event adds to which rows of the books."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fanlight.domain.counts import Counts, PlaceKind, RowKey, Segment
from fanlight.domain.events import Crossing, Direction, Event, Passing, UTurn, ZoneVisit

if TYPE_CHECKING:
    from collections.abc import Iterator


def postings(event: Event, *, staff_hours: bool = False) -> Iterator[tuple[RowKey, Counts]]:
    """Say an event as counts: first at its place for everybody, then for its class.

    In `staff_hours` whoever crosses is staff.
    """
    key, counts = posting(event)
    yield key, counts
    if isinstance(event, Crossing):
        segment = Segment.STAFF if staff_hours else event.segment
        if segment is not None:
            yield RowKey(key.kind, key.name, segment), counts


def posting(event: Event) -> tuple[RowKey, Counts]:
    """Say an event as counts at its place, whoever it was."""
    match event:
        case Crossing(line=line, direction=Direction.IN):
            return RowKey(PlaceKind.LINE, line), Counts(entries=1)
        case Crossing(line=line):
            return RowKey(PlaceKind.LINE, line), Counts(exits=1)
        case UTurn(line=line):
            return RowKey(PlaceKind.LINE, line), Counts(u_turns=1)
        case Passing(line=line, direction=Direction.IN):
            return RowKey(PlaceKind.PASSING_LINE, line), Counts(passed_in=1)
        case Passing(line=line):
            return RowKey(PlaceKind.PASSING_LINE, line), Counts(passed_out=1)
        case ZoneVisit(zone=zone, dwell_ms=dwell_ms):
            return RowKey(PlaceKind.ZONE, zone), Counts(visits=1, dwell_ms=dwell_ms)
