"""The open page of the books: one slot of time while it is being counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fanlight.domain.counts import Counts, RowKey
from fanlight.domain.parts import Part

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fanlight.domain.hours import Slot
    from fanlight.domain.moment import Cause

_EMPTY = Counts()


class Sheet:
    """Counts of one slot, changed in place; `part()` gives the frozen copy that is written down."""

    def __init__(self, slot: Slot, run: str, part_id: str, places: Iterable[RowKey]) -> None:
        self.slot = slot
        self._run = run
        self.part_id = part_id
        self._rows = dict.fromkeys(places, _EMPTY)
        self._seen_ms = self._frames = self._skipped = self._breaches = 0
        self._peak: int | None = None
        self._degraded_ms: dict[Cause, int] = {}
        self._revision = 0
        self._last_event_revision = 0
        self._saved_revision = 0
        self.saved_at_ns: int | None = None

    @property
    def revision(self) -> int:
        """How many changes the sheet has taken."""
        return self._revision

    @property
    def has_unsaved_events(self) -> bool:
        """Whether an event came after the last part that was saved."""
        return self._last_event_revision > self._saved_revision

    @property
    def has_unsaved_changes(self) -> bool:
        """Whether anything, coverage included, came after the last part that was saved."""
        return self._revision > self._saved_revision

    def frame(self, skipped: int, occupancy: int, *, breach: bool) -> None:
        """Note one frame looked at."""
        self._revision += 1
        self._frames += 1
        self._skipped += skipped
        self._breaches += breach
        self._peak = occupancy if self._peak is None else max(self._peak, occupancy)

    def cover(self, ms: int, causes: Iterable[Cause], *, seen: bool) -> None:
        """Note a stretch of time, seen or not, and what it suffered from."""
        self._revision += 1
        if seen:
            self._seen_ms += ms
        for cause in causes:
            self._degraded_ms[cause] = self._degraded_ms.get(cause, 0) + ms

    def event(self, key: RowKey, counts: Counts, occupancy: int) -> None:
        """Note what happened at a place, with the occupancy after it."""
        self._revision += 1
        self._last_event_revision = self._revision
        self._rows[key] = self._rows.get(key, _EMPTY).merged(counts)
        self._peak = occupancy if self._peak is None else max(self._peak, occupancy)

    def saved(self, revision: int, at_ns: int) -> None:
        """Note that the part of a revision is safe."""
        self._saved_revision = max(self._saved_revision, revision)
        self.saved_at_ns = at_ns

    def part(self, *, closed: bool) -> Part:
        """Return the sheet as it stands."""
        looked = Counts(
            seen_ms=self._seen_ms,
            frames=self._frames,
            skipped=self._skipped,
            breaches=self._breaches,
            peak_occupancy=self._peak,
            degraded_ms=dict(self._degraded_ms),
        )
        return Part(
            self.slot,
            self._run,
            self.part_id,
            self._revision,
            looked,
            dict(self._rows),
            closed,
        )
