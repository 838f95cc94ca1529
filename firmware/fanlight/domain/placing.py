"""Placing monotonic times in the calendar, by an anchor that a jumping wall clock cannot drag."""

from __future__ import annotations

from dataclasses import dataclass

from fanlight.domain.hours import HOUR_NS, MINUTE_NS, BootMinute, Slot, UtcHour

TOLERANCE_NS = 2_000_000_000
CONFIRM_NS = 60_000_000_000


@dataclass(frozen=True, slots=True)
class Anchored:
    """The wall clock has been believed: UTC = monotonic + offset.

    `moved_ns` is how far an earlier anchor was off, None for the first anchor of the boot.
    """

    offset_ns: int
    moved_ns: int | None


class Placing:
    """Maps monotonic times of one boot to slots.

    The first trusted reading anchors; later ones only confirm. A wall clock that differs by more
    than `tolerance_ns` is followed once it has held the same difference for `confirm_ns`, so that
    a clock that jumps and returns moves no count. Lost trust changes nothing.
    """

    def __init__(
        self, boot_id: str, tolerance_ns: int = TOLERANCE_NS, confirm_ns: int = CONFIRM_NS
    ) -> None:
        self._boot_id = boot_id
        self._tolerance_ns = tolerance_ns
        self._confirm_ns = confirm_ns
        self._offset_ns: int | None = None
        self._suspect: tuple[int, int] | None = None

    @property
    def boot_id(self) -> str:
        """The boot whose monotonic times are mapped."""
        return self._boot_id

    @property
    def offset_ns(self) -> int | None:
        """UTC minus monotonic time, None before the first trusted reading."""
        return self._offset_ns

    def observe(self, monotonic_ns: int, utc_ns: int | None) -> Anchored | None:
        """Take one reading of both clocks, `utc_ns` None while untrusted; tell a new anchor."""
        if utc_ns is None:
            self._suspect = None
            return None
        offset_ns = utc_ns - monotonic_ns
        if self._offset_ns is None:
            self._offset_ns = offset_ns
            return Anchored(offset_ns, None)
        return self._doubt(monotonic_ns, offset_ns, self._offset_ns)

    def _doubt(self, monotonic_ns: int, offset_ns: int, anchor_ns: int) -> Anchored | None:
        if abs(offset_ns - anchor_ns) <= self._tolerance_ns:
            self._suspect = None
            return None
        if self._suspect is None or abs(offset_ns - self._suspect[0]) > self._tolerance_ns:
            self._suspect = (offset_ns, monotonic_ns)
        if monotonic_ns - self._suspect[1] < self._confirm_ns:
            return None
        self._offset_ns = offset_ns
        self._suspect = None
        return Anchored(offset_ns, offset_ns - anchor_ns)

    def slot_at(self, monotonic_ns: int) -> Slot:
        """Return the slot that holds a monotonic time, as far as is known now."""
        if self._offset_ns is None:
            return BootMinute(self._boot_id, monotonic_ns // MINUTE_NS)
        return UtcHour.of_ns(monotonic_ns + self._offset_ns)

    def end_ns(self, slot: Slot) -> int:
        """Return the monotonic time at which a slot ends.

        Raises:
            ValueError: an hour of UTC was asked for before the first trusted reading.
        """
        if isinstance(slot, BootMinute):
            return (slot.minute + 1) * MINUTE_NS
        if self._offset_ns is None:
            raise ValueError(f"{slot} cannot be placed on a clock that is not trusted")
        return slot.start_ns + HOUR_NS - self._offset_ns
