"""Tracks -> what happened at the lines and in the zones."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from dataclasses import dataclass, field, replace
from math import hypot
from typing import TYPE_CHECKING

import numpy as np

from fanlight.domain.events import Crossing, Direction, Event, Passing, UTurn, ZoneVisit
from fanlight.domain.geometry import CountingLine, Point, Zone, meeting
from fanlight.domain.passage import (
    IN,
    NOWHERE,
    OUT,
    Look,
    Meeting,
    Passage,
    PassageSettings,
    Verdict,
)
from fanlight.domain.visits import Visits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fanlight.domain.counts import Segment
    from fanlight.domain.moment import Cause
    from fanlight.domain.mount import Mount
    from fanlight.domain.passage import Decided
    from fanlight.domain.sightings import Tracks
    from fanlight.domain.staff import Judge

__all__ = [
    "Crossing",
    "Direction",
    "Doorway",
    "DoorwaySettings",
    "Event",
    "Passing",
    "UTurn",
    "ZoneVisit",
]

REMEMBERED_NS = 10_000_000_000


@dataclass(frozen=True, slots=True)
class DoorwaySettings:
    """When a crossing counts (see `PassageSettings`), and what a visit to a zone is, in seconds."""

    passage: PassageSettings = field(default_factory=PassageSettings)
    visit_gap_s: float = 1.0
    visit_shortest_s: float = 0.5

    @staticmethod
    def for_mount(mount: Mount) -> DoorwaySettings:  # noqa: ARG004 - one setting serves both so far
        """Return settings that suit what bodies look like from there."""
        return DoorwaySettings()


class Doorway:
    """Decides what the tracks of a scene do at its counting lines, passing lines and zones.

    Lines and zones are in scene units; the first of the `judges` that knows says to which class of
    people a crossing belongs. Only what was seen counts: a predicted place is on no
    side of anything. A way between two looks is a straight segment and must meet the line's.
    """

    def __init__(
        self,
        settings: DoorwaySettings,
        lines: Sequence[CountingLine],
        passing_lines: Sequence[CountingLine] = (),
        zones: Sequence[Zone] = (),
        judges: Sequence[Judge] = (),
    ) -> None:
        self._lines = (*lines, *passing_lines)
        passing = replace(settings.passage, u_turn_s=0.0, away=0.0)
        self._rules = (*(settings.passage,) * len(lines), *(passing,) * len(passing_lines))
        self._counting = len(lines)
        self._visits = Visits(zones, settings.visit_gap_s, settings.visit_shortest_s)
        self._zoned = bool(zones)
        self._judges = tuple(judges)
        runs = np.array([[s.end.x - s.start.x, s.end.y - s.start.y] for s in self._lines])
        runs = runs.reshape(-1, 2) / np.array([[s.length] for s in self._lines]).reshape(-1, 1)
        starts = np.array([[s.start.x, s.start.y] for s in self._lines]).reshape(-1, 2)
        self._normals = np.stack([-runs[:, 1], runs[:, 0]])
        self._from_origin = (starts * self._normals.T).sum(axis=1)
        self._frames: deque[tuple[int, int]] = deque()
        self._ids = np.empty(0, dtype=np.int64)
        self._places = np.empty((0, 2))
        self._seen_ns = np.empty(0, dtype=np.int64)
        self._homes = np.empty((0, len(self._lines)), dtype=np.int64)
        self._passages: dict[tuple[int, int], Passage] = {}
        self._holding: tuple[Crossing, ...] = ()

    def step(self, at_ns: int, frame: int, tracks: Tracks) -> list[Event]:
        """Take in one frame's tracks and return what has been decided since the last frame."""
        self._remember(at_ns, frame)
        self._holding = ()
        for judge in self._judges:
            judge.step(tracks)
        events: list[Event] = []
        if tracks.ids is not self._ids and not np.array_equal(tracks.ids, self._ids):
            events += self._line_up(tracks)
        offsets = (tracks.anchors @ self._normals - self._from_origin) / tracks.bodies[:, None]
        homes = np.where(offsets >= 0.0, IN, OUT)
        eventful = (homes != self._homes) & tracks.observed[:, None]
        if self._passages or eventful.any():
            events += self._attend(at_ns, tracks, offsets, eventful)
        np.copyto(self._places, tracks.anchors, where=tracks.observed[:, None])
        self._seen_ns[tracks.observed] = at_ns
        if self._zoned:
            events += self._visits.step(at_ns, frame, tracks)
        return events

    @property
    def holding(self) -> tuple[Crossing, ...]:
        """Who came to hold the far side of a counting line on the last frame, in sight.

        Each will be a crossing, unless they turn back within seconds.
        """
        return self._holding

    @property
    def causes(self) -> frozenset[Cause]:
        """Why the classes of people are worth less than they could be."""
        nothing: frozenset[Cause] = frozenset()
        return nothing.union(*(judge.causes for judge in self._judges))

    def close(self, at_ns: int, frame: int) -> list[Event]:
        """Settle what is pending, at the end of a recording or before shutting down."""
        self._remember(at_ns, frame)
        tracks = sorted({track for track, _ in self._passages})
        events = [event for track in tracks for event in self._end(track)]
        return events + list(self._visits.close())

    def _remember(self, at_ns: int, frame: int) -> None:
        """Keep the frames' times for as long as somebody may be out of sight."""
        self._frames.append((at_ns, frame))
        while self._frames[0][0] < at_ns - REMEMBERED_NS:
            self._frames.popleft()

    def _frame_at(self, at_ns: int) -> int:
        place = min(bisect_left(self._frames, (at_ns, -1)), len(self._frames) - 1)
        return self._frames[place][1]

    def _line_up(self, tracks: Tracks) -> list[Event]:
        """Bring what is known of each track into the order of the tracks; end those gone."""
        rows = {track: row for row, track in enumerate(self._ids.tolist())}
        came = np.array([rows.get(track, -1) for track in tracks.ids.tolist()], dtype=np.int64)
        known = came >= 0
        places, seen_ns = tracks.births.astype(np.float64), tracks.born_ns.copy()
        places[known], seen_ns[known] = self._places[came[known]], self._seen_ns[came[known]]
        offsets = (places @ self._normals - self._from_origin) / tracks.bodies[:, None]
        bands = np.array([rule.band for rule in self._rules])
        homes = np.where(np.abs(offsets) < bands, NOWHERE, np.where(offsets >= 0.0, IN, OUT))
        homes[known] = self._homes[came[known]]
        self._ids, self._places, self._seen_ns, self._homes = tracks.ids, places, seen_ns, homes
        gone = {track for track, _ in self._passages} - set(tracks.ids.tolist())
        return [event for track in sorted(gone) for event in self._end(track)]

    def _attend(
        self,
        at_ns: int,
        tracks: Tracks,
        offsets: NDArray[np.float64],
        eventful: NDArray[np.bool_],
    ) -> list[Event]:
        """Follow the passages that are under way, and those that begin."""
        events: list[Event] = []
        rows = {track: row for row, track in enumerate(self._ids.tolist())}
        busy = [(rows[track], number) for track, number in self._passages]
        begun = zip(*(where.tolist() for where in np.nonzero(eventful)), strict=True)
        for row, number in sorted({*busy, *begun}):
            track = int(self._ids[row])
            home = int(self._homes[row, number])
            passage = self._passages.setdefault((track, number), Passage(self._rules[number], home))
            if tracks.observed[row]:
                look = Look(at_ns, float(offsets[row, number]))
                decided = passage.see(look, self._met(row, number, at_ns, tracks))
            else:
                decided = passage.wait(at_ns)
            events += self._events(track, number, decided)
            if number < self._counting and home != passage.home and _is_over(passage, decided):
                self._holding += (self._held(track, number, passage.home, at_ns),)
            self._homes[row, number] = passage.home
            if passage.is_over:
                del self._passages[track, number]
        return events

    def _held(self, track: int, number: int, side: int, at_ns: int) -> Crossing:
        line, segment = self._lines[number].name, self._segment(track)
        direction = Direction.IN if side == IN else Direction.OUT
        return Crossing(line, direction, at_ns, self._frame_at(at_ns), track, segment=segment)

    def _met(self, row: int, number: int, at_ns: int, tracks: Tracks) -> Meeting | None:
        """When the track met the line on its way from where it was seen last, if it did."""
        line, was, here = self._lines[number], self._places[row], tracks.anchors[row]
        share = meeting(line, Point(*was.tolist()), Point(*here.tolist()))
        if share is None:
            return None
        seen_ns = int(self._seen_ns[row])
        met_ns = seen_ns + round(share * (at_ns - seen_ns))
        x, y = (was + share * (here - was)).tolist()
        along = hypot(x - line.start.x, y - line.start.y) / float(tracks.bodies[row])
        return Meeting(met_ns, self._frame_at(met_ns), along)

    def _end(self, track: int) -> list[Event]:
        events: list[Event] = []
        for number in range(len(self._lines)):
            passage = self._passages.pop((track, number), None)
            if passage is not None:
                events += self._events(track, number, passage.end())
        return events

    def _events(self, track: int, number: int, decided: Decided) -> list[Event]:
        line = self._lines[number].name
        events: list[Event] = []
        for verdict, met in decided:
            if verdict is Verdict.U_TURN:
                events.append(UTurn(line, met.at_ns, met.frame, track))
                continue
            direction = Direction.IN if verdict is Verdict.IN else Direction.OUT
            if number < self._counting:
                crossing = Crossing(line, direction, met.at_ns, met.frame, track, along=met.along)
                events.append(replace(crossing, segment=self._segment(track)))
            else:
                events.append(Passing(line, direction, met.at_ns, met.frame, track))
        return events

    def _segment(self, track: int) -> Segment | None:
        """Return the class of a track by the first judge that knows it."""
        found = (judge.segment(track) for judge in self._judges)
        return next((segment for segment in found if segment is not None), None)


def _is_over(passage: Passage, decided: Decided) -> bool:
    """Whether a body that held another side before has now gone over to the side it holds."""
    settled = Verdict.IN if passage.home == IN else Verdict.OUT
    return passage.gone is not None or any(verdict is settled for verdict, _met in decided)
