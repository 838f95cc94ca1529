"""An uplink: one way home for the counted hours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from fanlight.ports.errors import Transient

if TYPE_CHECKING:
    from fanlight.domain.dispatch import Acknowledgement, SignedDispatch


PART = "uplink"


class TooLarge(Transient):
    """The receiver takes smaller dispatches only."""


class Later(Transient):
    """The receiver asks to be left alone for `wait_s` seconds."""

    def __init__(self, part: str, message: str, wait_s: float) -> None:
        super().__init__(part, message)
        self.wait_s = wait_s


class Uplink(Protocol):
    """Carries dispatches to one receiver. Calls block: make them from a thread, with a time-out.

    Sending the same again is harmless. A call ends within the time-out it was built with, however
    slowly the other side answers.

    Raises (send):
        Transient: the link or the receiver fails now; nothing of it counts as arrived.
        TooLarge, Later: the same, and what to do about it.
        Rejected: the receiver will never take this: a wrong certificate, token or address.
    """

    @property
    def name(self) -> str:
        """What the configuration calls it; its cursor is kept under this name."""

    def send(self, dispatch: SignedDispatch) -> Acknowledgement:
        """Deliver, and return what the receiver said it has stored."""

    def close(self) -> None:
        """Let connections go; harmless when already closed."""
