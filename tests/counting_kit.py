"""Moments and parts for tests of counting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fanlight.domain.counts import Counts, watched_places
from fanlight.domain.crossings import Crossing, Direction, Event
from fanlight.domain.journeys import Journeys, Spell
from fanlight.domain.moment import Cause, Moment, StageTimes
from fanlight.domain.parts import Part

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fanlight.domain.hours import Slot

S = 1_000_000_000
PLACES = watched_places(["door"], ["street"], ["till"])
DOOR, STREET, TILL = PLACES
STAGES = StageTimes(0.2, 3.0, 0.1, 0.1, 0.1, 0.1)


def moment(
    at_s: float,
    *events: Event,
    sighted: bool = True,
    causes: Iterable[Cause] = (),
    skipped: int = 0,
) -> Moment:
    at_ns = round(at_s * S)
    frame = int(at_s * 10)
    return Moment(at_ns, frame, events, (), 4.0, STAGES, skipped, sighted, frozenset(causes))


def enter(at_s: float, line: str = "door") -> Crossing:
    return Crossing(line, Direction.IN, round(at_s * S), int(at_s * 10), 1)


def leave(at_s: float, line: str = "door") -> Crossing:
    return Crossing(line, Direction.OUT, round(at_s * S), int(at_s * 10), 1)


def part(
    slot: Slot, entries: int, *, part_id: str = "run-0", seen_s: int = 0, **more: object
) -> Part:
    """A part with entries at the door; its revision is that count unless told otherwise."""
    fields: dict[str, object] = {"revision": entries + 1, "closed": False, **more}
    return Part(
        slot,
        part_id.split("-", maxsplit=1)[0],
        part_id,
        looked=Counts(seen_ms=seen_s * 1000, frames=seen_s),
        rows={DOOR: Counts(entries=entries)},
        **fields,  # type: ignore[arg-type]
    )


def walked(slot: Slot, tracks: int, *, part_id: str = "run-j0", revision: int = 1) -> Part:
    """A part with the journeys of so many tracks through one cell and from zone a to zone b."""
    cells = {(-3, 2): Spell(tracks, 1000 * tracks)}
    journeys = Journeys({("a", "b"): tracks}, cells, watched_ms=10_000)
    run = part_id.split("-", maxsplit=1)[0]
    return Part(slot, run, part_id, revision, journeys=journeys)
