"""Who the device is to those it reports to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from fanlight.domain.dispatch import Dispatch, SignedDispatch


class Identity(Protocol):
    """A key that never leaves the device; calls are quick."""

    @property
    def device_id(self) -> str:
        """The device's id: `fl-` and 26 letters and digits, made from the public key."""

    @property
    def public_key(self) -> bytes:
        """The 32 bytes of the Ed25519 public key."""

    def sign(self, dispatch: Dispatch) -> SignedDispatch:
        """Sign a dispatch over its canonical JSON."""
