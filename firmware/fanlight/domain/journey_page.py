"""The open page of the journeys: one slot of time while it is being summed up."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from fanlight.domain.journeys import Journeys, Spell
from fanlight.domain.parts import Part

if TYPE_CHECKING:
    from fanlight.domain.hours import Slot
    from fanlight.domain.journeys import Cell, Way


class JourneyPage:
    """Journeys of one slot, changed in place; a part of its own beside that of the counts.

    A map of the floor is much larger than the counts, so it is saved more seldom, and a power cut
    may cost some minutes of it.
    """

    def __init__(self, slot: Slot, run: str, part_id: str) -> None:
        self.slot = slot
        self.part_id = part_id
        self.saved_at_ns: int | None = None
        self._run = run
        self._ways: Counter[Way] = Counter()
        self._tracks: Counter[Cell] = Counter()
        self._person_ms: Counter[Cell] = Counter()
        self._watched_ms = 0
        self._saved_revision = 0
        self._revision = 0

    @property
    def revision(self) -> int:
        """How many changes the page has taken."""
        return self._revision

    @property
    def has_unsaved_events(self) -> bool:
        """Never: journeys can wait."""
        return False

    @property
    def has_unsaved_changes(self) -> bool:
        """Whether anything came after the last part that was saved."""
        return self._revision > self._saved_revision

    def way(self, way: Way) -> None:
        """Note that a track went from a zone to another."""
        self._revision += 1
        self._ways[way] += 1

    def floor(self, journeys: Journeys) -> None:
        """Note who was where."""
        self._revision += 1
        self._watched_ms += journeys.watched_ms
        for cell, spell in journeys.cells.items():
            self._tracks[cell] += spell.tracks
            self._person_ms[cell] += spell.person_ms

    def saved(self, revision: int, at_ns: int) -> None:
        """Note that the part of a revision is safe."""
        self._saved_revision = max(self._saved_revision, revision)
        self.saved_at_ns = at_ns

    def part(self, *, closed: bool) -> Part:
        """Return the page as it stands."""
        cells = {cell: Spell(self._tracks[cell], ms) for cell, ms in self._person_ms.items()}
        journeys = Journeys(dict(self._ways), cells, self._watched_ms)
        return Part(
            self.slot,
            self._run,
            self.part_id,
            self._revision,
            closed=closed,
            journeys=journeys,
        )
