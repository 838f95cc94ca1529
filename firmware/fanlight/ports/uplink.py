"""An uplink: one way home for the counted hours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from fanlight.domain.dispatch import Acknowledgement, SignedDispatch


class Uplink(Protocol):
    """Carries dispatches to one receiver. Calls block: make them from a thread, with a time-out.

    Sending the same again is harmless. A call ends within the time-out it was built with, however
    slowly the other side answers.

    Raises (send):
        Transient: the link or the receiver fails now; nothing of it counts as arrived.
        Rejected: the receiver will never take this: a wrong certificate, token or address.
    """

    @property
    def name(self) -> str:
        """What the configuration calls it; its cursor is kept under this name."""

    def send(self, dispatch: SignedDispatch) -> Acknowledgement:
        """Deliver, and return what the receiver said it has stored."""

    def close(self) -> None:
        """Let connections go; harmless when already closed."""
