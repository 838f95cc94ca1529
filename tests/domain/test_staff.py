"""Staff are told by where they are seen, before they cross and as long as their track lives."""

from __future__ import annotations

import numpy as np
import pytest

from fanlight.domain.counts import Segment
from fanlight.domain.crossings import Crossing, Doorway, DoorwaySettings
from fanlight.domain.geometry import CountingLine, Point, Zone
from fanlight.domain.moment import Cause
from fanlight.domain.sightings import Tracks
from fanlight.domain.staff import StaffZones

FRAME_NS = 100_000_000
LINE = CountingLine("door", Point(0, 100), Point(400, 100))
COUNTER = Zone("counter", (Point(0, 150), Point(100, 150), Point(100, 400), Point(0, 400)))


class Children:
    """A judge to whom everybody is a child."""

    causes = frozenset({Cause.BODIES_TOO_SMALL})

    def step(self, tracks: Tracks) -> None:
        """Look at nobody."""

    def segment(self, track: int) -> Segment | None:
        return Segment.CHILD


def at(track: int, x: float, y: float) -> Tracks:
    place = np.array([[x, y]])
    return Tracks(
        ids=np.array([track]),
        anchors=place,
        boxes=np.concatenate([place - 20, place + 20], axis=1),
        observed=np.array([True]),
        bodies=np.array([40.0]),
        births=np.array([[x, y]]),
        born_ns=np.array([0]),
    )


def walked(doorway: Doorway, x: float, ys: range) -> list[Segment | None]:
    """The segments of the crossings of one who walks down or up the picture at x."""
    events = []
    for frame, y in enumerate(ys):
        events += doorway.step(frame * FRAME_NS, frame, at(1, x, y))
    events += doorway.close(len(ys) * FRAME_NS, len(ys))
    return [event.segment for event in events if isinstance(event, Crossing)]


@pytest.mark.parametrize(
    ("x", "ys", "segment"),
    [
        (50, range(300, 0, -10), Segment.STAFF),
        (200, range(300, 0, -10), None),
        (50, range(0, 300, 10), None),
    ],
    ids=["out from behind the counter", "out from elsewhere", "in from the street"],
)
def test_who_was_in_the_staff_zone_before_crossing_is_staff(
    x: float, ys: range, segment: Segment | None
) -> None:
    doorway = Doorway(DoorwaySettings(), [LINE], judges=[StaffZones([COUNTER])])
    assert walked(doorway, x, ys) == [segment]


def test_the_first_judge_that_knows_decides_and_all_may_doubt() -> None:
    for x, segment in ((50, Segment.STAFF), (200, Segment.CHILD)):
        judges = [StaffZones([COUNTER]), Children()]
        doorway = Doorway(DoorwaySettings(), [LINE], judges=judges)
        assert walked(doorway, x, range(300, 0, -10)) == [segment]
    assert doorway.causes == {Cause.BODIES_TOO_SMALL}
    assert Doorway(DoorwaySettings(), [LINE]).causes == frozenset()


def test_one_look_in_passing_makes_nobody_staff_and_ended_tracks_are_forgotten() -> None:
    zones = StaffZones([COUNTER])
    zones.step(at(1, 50, 200))
    assert zones.segment(1) is None
    for _ in range(3):
        zones.step(at(1, 50, 200))
    assert zones.segment(1) is Segment.STAFF
    zones.step(at(2, 300, 300))
    zones.step(at(2, 300, 300))
    assert zones.segment(1) is None
