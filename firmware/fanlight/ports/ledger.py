"""The ledger: where counted hours stay, whatever happens to the power."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fanlight.domain.hours import UtcHour
    from fanlight.domain.parts import HourJourneys, HourRow, Part, UnplacedRow
    from fanlight.domain.totals import Totals


class Ledger(Protocol):
    """Durable hours. Calls block on storage: make them from one thread, never from the loop.

    Writing a part again is harmless: of two versions the higher revision holds. Reading needs no
    `recover()` and works beside a running writer.

    Raises (all but close):
        Transient: the storage cannot take or give it now (full, read-only, not permitted);
            nothing that was stored is lost, the same call may be made again later.
        Rejected: a file is of a newer firmware, or another process is writing.
    """

    def recover(self) -> None:
        """Become the only writer and fold in, exactly once, what an earlier run left behind."""

    def checkpoint(self, parts: Iterable[Part]) -> None:
        """Make open parts survive a power cut; cheap enough for every few seconds."""

    def commit(self, parts: Iterable[Part]) -> None:
        """Store parts for good: hours of UTC in the calendar, boot minutes in quarantine."""

    def place(self, boot_id: str, offset_ns: int, now: UtcHour) -> None:
        """Move a boot's quarantine into the calendar, where UTC = monotonic + offset.

        Hours before `now` are closed by it.
        """

    def read(self, first: UtcHour, last: UtcHour) -> list[HourRow]:
        """Return the rows of all hours from first to last, both included, sorted by hour, place."""

    def read_journeys(self, first: UtcHour, last: UtcHour) -> list[HourJourneys]:
        """Return the journeys of those hours from first to last that have any, in order."""

    def hours_kept(self) -> tuple[UtcHour, UtcHour] | None:
        """Return the oldest and newest hours that have rows, None when there are none."""

    def unplaced(self) -> list[UnplacedRow]:
        """Return what is still in quarantine, by boot, hour of boot and place."""

    def forget(self, before: UtcHour) -> list[str]:
        """Remove the months that ended before an hour and return their names."""

    def carried(self) -> Totals:
        """Return the totals of the months that were removed."""

    def notices(self) -> list[str]:
        """Return what a person should know: damage found, copies used, files kept aside."""

    def close(self) -> None:
        """Let go of the storage; harmless when already closed."""
