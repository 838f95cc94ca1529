"""The outbox: what each receiver has acknowledged of the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fanlight.domain.dispatch import UnplacedKey
    from fanlight.domain.hours import UtcHour


class Outbox(Protocol):
    """Acknowledged revisions by uplink and hour. Calls block on storage.

    What is lost here is sent again, never lost: receivers keep the higher revision.

    Raises (every method):
        Transient: the storage cannot take or give it now.
        Rejected: a file is of a newer firmware.
    """

    def acknowledged(self, uplink: str, month: str) -> Mapping[UtcHour, int]:
        """Return the acknowledged revisions of a month of UTC, such as "2025-03"."""

    def acknowledge(self, uplink: str, revisions: Mapping[UtcHour, int]) -> None:
        """Note revisions as stored by the receiver; a lower one changes nothing."""

    def unplaced_acknowledged(self, uplink: str) -> frozenset[UnplacedKey]:
        """Return the unplaced hours that the receiver has stored."""

    def acknowledge_unplaced(self, uplink: str, keys: Iterable[UnplacedKey]) -> None:
        """Note unplaced hours as stored by the receiver."""

    def forget(self, months: Iterable[str]) -> None:
        """Forget months that have left the ledger."""
