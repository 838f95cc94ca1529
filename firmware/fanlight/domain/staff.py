"""Who is staff, told by where they are seen and by nothing of who they are."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Protocol

from fanlight.domain.counts import Segment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fanlight.domain.geometry import Zone
    from fanlight.domain.moment import Cause
    from fanlight.domain.sightings import Tracks


class Judge(Protocol):
    """Says which class of people a track belongs to."""

    def step(self, tracks: Tracks) -> None:
        """Take in one frame's tracks, before they are asked for."""

    def segment(self, track: int) -> Segment | None:
        """Return the class of a track that is live or has ended on this frame, None if unknown."""

    @property
    def causes(self) -> frozenset[Cause]:
        """Why its judgement is worth less than it could be."""


class StaffZones:
    """Takes for staff whoever is seen `least_looks` times in a zone that is for staff only.

    What is known of a track is forgotten one step after it ended.
    """

    def __init__(self, zones: Sequence[Zone], least_looks: int = 3) -> None:
        self._zones = zones
        self._least_looks = least_looks
        self._looks: Counter[int] = Counter()
        self._ended: set[int] = set()

    def step(self, tracks: Tracks) -> None:
        """Look where everybody is."""
        for track in self._ended:
            del self._looks[track]
        self._ended = self._looks.keys() - set(tracks.ids.tolist())
        for zone in self._zones:
            inside = zone.contains(tracks.anchors) & tracks.observed
            self._looks.update(tracks.ids[inside].tolist())

    def segment(self, track: int) -> Segment | None:
        """Return staff, or None."""
        return Segment.STAFF if self._looks[track] >= self._least_looks else None

    @property
    def causes(self) -> frozenset[Cause]:
        """Nothing: a place is a place."""
        return frozenset()
