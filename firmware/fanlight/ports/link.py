"""A way to the network: the free one that the system keeps, or the metered one that is dialled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from fanlight.domain.reset_ladder import Rung


class Probe(Protocol):
    """Tries the whole way to a receiver over one interface, without sending anything."""

    def reach(self) -> None:
        """Return once the receiver has shown who it is; blocks for a bounded time.

        Raises:
            Transient, Rejected: it is not reached, or somebody else answers.
        """


class MeteredLink(Protocol):
    """A link that is opened when something is to be sent, and costs by the byte. Calls block.

    Raises (every method but close):
        Transient, Gone: it does not come up now; `str()` says why.
        Rejected: a person must act first.
    """

    @property
    def name(self) -> str:
        """What reports call it, such as "lte"."""

    @property
    def rungs(self) -> tuple[Rung, ...]:
        """What can be done to it when it fails."""

    def open(self) -> datetime | None:
        """Come up, and return the network's aware time if it told one."""

    def climb(self, rung: Rung) -> None:
        """Do one rung of the ladder of resets."""

    def carried_bytes(self) -> int | None:
        """Return what its interface has carried since it came up, None while it is down."""

    def close(self) -> None:
        """Go down; harmless when already down."""


class SpendingBook(Protocol):
    """Keeps what metered links have carried, through power cuts.

    Raises (every method):
        Transient: the storage cannot take or give it now.
    """

    def read(self) -> Mapping[str, int]:
        """Return the bytes by month of UTC."""

    def write(self, by_month: Mapping[str, int]) -> None:
        """Keep the bytes by month of UTC; durable when it returns."""
