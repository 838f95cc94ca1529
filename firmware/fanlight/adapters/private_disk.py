"""A disk whose files and folders are for the device's user alone."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from fanlight.adapters.disk import Disk
from fanlight.adapters.erasure import supersede
from fanlight.ports.errors import Transient

if TYPE_CHECKING:
    from pathlib import Path


class PrivateDisk(Disk):
    """As Disk, with files of mode 0600 in folders of mode 0700; what is replaced is overwritten."""

    def make_folder(self, folder: Path) -> None:
        """Create a folder where missing, and close it to others."""
        super().make_folder(folder)
        try:
            folder.chmod(0o700)
        except OSError as error:
            raise Transient(
                self._part, f"{folder}: {error.strerror}; give the folder to the fanlight user"
            ) from error

    def _write_new(self, path: Path, data: bytes) -> None:
        path.unlink(missing_ok=True)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        super()._write_new(path, data)

    def _rename(self, path: Path, new: Path) -> None:
        supersede(path, new)
