"""What a doorway heard: anonymous tracks frame by frame, from which a count can be repeated.

There is no picture in it, and nothing by which a track could be told from another one on another
day: ids, places and sizes in the scene's own units.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fanlight.domain.crossings import Doorway, DoorwaySettings
from fanlight.domain.sightings import Tracks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from fanlight.domain.events import Event
    from fanlight.domain.geometry import CountingLine
    from fanlight.domain.mount import Mount


@dataclass(frozen=True, slots=True)
class HeardFrame:
    """The tracks of one frame, as a doorway takes them in; `at_ns` since the clip's start."""

    at_ns: int
    frame: int
    tracks: Tracks


class ListeningDoorway(Doorway):
    """A doorway that tells a listener of every frame it takes in, and decides as any other."""

    listener: Callable[[HeardFrame], None] | None = None

    def step(self, at_ns: int, frame: int, tracks: Tracks) -> list[Event]:
        """Take in one frame's tracks; see `Doorway.step`."""
        if self.listener is not None:
            self.listener(HeardFrame(at_ns, frame, tracks))
        return super().step(at_ns, frame, tracks)


def count_again(
    frames: Iterable[HeardFrame], lines: Sequence[CountingLine], mount: Mount
) -> list[Event]:
    """Repeat the count of what was heard, at lines in the scene's units."""
    doorway = Doorway(DoorwaySettings.for_mount(mount), lines)
    events: list[Event] = []
    last: HeardFrame | None = None
    for last in frames:
        events += doorway.step(last.at_ns, last.frame, last.tracks)
    if last is not None:
        events += doorway.close(last.at_ns, last.frame)
    return events


Track = tuple[int, float, float, bool, float, float, float, int]
"""One track as plain values: id, place, whether seen, body length, birthplace, time of birth."""


def tracks_to_plain(tracks: Tracks) -> list[Track]:
    """Say tracks as plain values, exactly."""
    return [
        (ident, *place, seen, body, *birth, born_ns)
        for ident, place, seen, body, birth, born_ns in zip(
            tracks.ids.tolist(),
            tracks.anchors.tolist(),
            tracks.observed.tolist(),
            tracks.bodies.tolist(),
            tracks.births.tolist(),
            tracks.born_ns.tolist(),
            strict=True,
        )
    ]


def tracks_from_plain(plain: Sequence[Track]) -> Tracks:
    """Read tracks back; their boxes are squares of the bodies' length around the places."""
    numbers = np.array([[*each[1:3], each[4], *each[5:7]] for each in plain], dtype=np.float64)
    numbers = numbers.reshape(-1, 5)
    places, bodies = numbers[:, :2], numbers[:, 2]
    half = bodies[:, None] / 2
    return Tracks(
        ids=np.array([each[0] for each in plain], dtype=np.int64),
        anchors=places,
        boxes=np.concatenate([places - half, places + half], axis=1),
        observed=np.array([each[3] for each in plain], dtype=np.bool_),
        bodies=bodies,
        births=numbers[:, 3:5],
        born_ns=np.array([each[7] for each in plain], dtype=np.int64),
    )
