"""The device's Ed25519 key, made on the device and kept there."""

from __future__ import annotations

import base64
import os
import stat
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fanlight.adapters.card_crypto import CardKey
from fanlight.domain.dispatch import SignedDispatch, canonical_dispatch, device_id_of
from fanlight.ports.errors import Rejected, Transient

if TYPE_CHECKING:
    from pathlib import Path

    from fanlight.domain.dispatch import Dispatch

PART: Final = "identity"
_SEED_BYTES: Final = 32


class FileIdentity:
    """A key in a file of mode 0600, made where there is none; see ports/identity.py.

    Raises:
        Rejected: the file is readable by others or holds no key.
        Transient: the storage cannot take or give it now.
    """

    def __init__(self, path: Path) -> None:
        seed = _seed(path)
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self._card_key = CardKey(seed)
        self._public = self._key.public_key().public_bytes_raw()

    def __repr__(self) -> str:
        return f"<FileIdentity {self.device_id}>"

    @property
    def device_id(self) -> str:
        """The device's id."""
        return device_id_of(self._public)

    @property
    def public_key(self) -> bytes:
        """The 32 bytes of the public key."""
        return self._public

    @property
    def card_key(self) -> CardKey:
        """What opens the secrets of set-up cards that were made for this device."""
        return self._card_key

    def sign(self, dispatch: Dispatch) -> SignedDispatch:
        """Sign a dispatch."""
        signature = self._key.sign(canonical_dispatch(dispatch))
        return SignedDispatch(message=dispatch, signature=base64.b64encode(signature).decode())


def _seed(path: Path) -> bytes:
    try:
        if not path.exists():
            _make(path)
        mode, seed = path.stat().st_mode, path.read_bytes()
    except OSError as error:
        raise Transient(PART, f"{path}: {error.strerror}; check the card and the folder") from error
    if stat.S_IMODE(mode) & 0o077:
        raise Rejected(PART, f"{path}: others may read the device's key; chmod 600 {path}")
    if len(seed) != _SEED_BYTES:
        raise Rejected(
            PART,
            f"{path}: not a key of {_SEED_BYTES} bytes; restore it from a backup, or remove it "
            "for a new one and enrol the device again",
        )
    return seed


def _make(path: Path) -> None:
    """Write a new key so that either all or nothing of it is there after a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".tmp")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, os.urandom(_SEED_BYTES))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
