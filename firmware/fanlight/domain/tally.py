"""What a person at the terminal or the console sees of the running count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fanlight.domain.counts import Counts, RowKey
    from fanlight.domain.hours import Slot


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts since the start of this run, and the hours still open.

    `occupancy` never shows less than nobody: by how much exits exceed entries is
    `unexplained_exits`; both start again when the house is known to be empty. The occupancy may be
    off by `occupancy_doubt` (95 %) for what went on while the device was off. `elapsed_s` runs from
    the first Moment to the last, `seen_s` is the part of it in which the device could see.
    `open_hours` holds the slots that are not committed yet.
    """

    entries: int
    exits: int
    u_turns: int
    passers_by: int
    occupancy: int
    unexplained_exits: int
    frames: int
    elapsed_s: float
    seen_s: float
    places: Mapping[RowKey, Counts]
    open_hours: Mapping[Slot, Mapping[RowKey, Counts]]
    occupancy_doubt: float = 0.0

    @property
    def coverage(self) -> float:
        """The share of the elapsed time that was seen, 0 before the second Moment."""
        return min(1.0, self.seen_s / self.elapsed_s) if self.elapsed_s else 0.0
