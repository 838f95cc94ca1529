"""A file that is only there to be thrown out: removing things takes a little room as well."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from fanlight.ports.errors import Full

if TYPE_CHECKING:
    from pathlib import Path

    from fanlight.adapters.disk import Disk

SIZE_BYTES = 64_000
ROOM_BYTES = 4 * SIZE_BYTES
"""How much must be free for the ballast to be taken: what is freed is for counts first."""


class Ballast:
    """Room set aside on a disk; `drop` gives it back when nothing else can be written.

    Raises (every method):
        Transient: the storage cannot take or give it now, for another reason than room.
    """

    def __init__(self, path: Path, disk: Disk) -> None:
        self._path = path
        self._disk = disk

    def take(self) -> None:
        """Set the room aside where that is not done; a disk without room is left as it is."""
        if self._path.exists() or shutil.disk_usage(self._path.parent).free < ROOM_BYTES:
            return
        try:
            # Random bytes: file systems that compress would keep no room for zeros.
            self._disk.replace(self._path, os.urandom(SIZE_BYTES))
        except Full:
            return

    def drop(self) -> None:
        """Give the room back."""
        self._disk.remove(self._path)
