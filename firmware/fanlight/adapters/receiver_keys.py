"""The public keys with which receivers sign their time, learnt at enrolment."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Final

from fanlight.adapters.disk import Disk

if TYPE_CHECKING:
    from pathlib import Path

PART: Final = "uplink"
_KEY_BYTES: Final = 32


class ReceiverKeyFile:
    """One receiver's key. A file that holds none counts as missing: its time is not believed.

    Raises (every method):
        Transient: the storage cannot take or give it now.
    """

    def __init__(self, path: Path, disk: Disk | None = None) -> None:
        self._path = path
        self._disk = disk or Disk(PART)

    def read(self) -> bytes | None:
        """Return the 32 bytes, None while the device is not enrolled there."""
        try:
            key = base64.b64decode(self._disk.read(self._path) or b"")
        except binascii.Error:
            return None
        return key if len(key) == _KEY_BYTES else None

    def write(self, key: bytes) -> None:
        """Keep a key in place of the last one."""
        self._disk.make_folder(self._path.parent)
        self._disk.replace(self._path, base64.b64encode(key))
