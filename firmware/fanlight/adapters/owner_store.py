"""Whose device it is, in one guarded file."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any, Final

from fanlight.adapters.guarded_file import GuardedFile
from fanlight.adapters.private_disk import PrivateDisk
from fanlight.domain.setup_card import KEY_BYTES
from fanlight.domain.setup_rules import Ownership
from fanlight.ports.errors import Rejected

if TYPE_CHECKING:
    from pathlib import Path

    from fanlight.adapters.disk import Disk

log = logging.getLogger(__name__)

PART: Final = "owner"


class OwnerFile:
    """The ownership in a folder; see ports/setup.py.

    Both copies damaged is not the same as nobody's: whoever damages files must not become owner.
    """

    def __init__(self, folder: Path, disk: Disk | None = None) -> None:
        self._folder = folder
        self._disk = disk or PrivateDisk(PART)
        self._file = GuardedFile(folder, "owner", self._disk, log.warning, mend=False)

    def read(self) -> Ownership:
        """Return the ownership."""
        data = self._file.read()
        if data is None:
            if any(file.suffix != ".tmp" for file in self._disk.list(self._folder)):
                raise Rejected(
                    PART,
                    f"{self._folder}: both copies are damaged, so no card is taken; restore them "
                    "from a backup, or reset the device by its button",
                )
            return Ownership()
        try:
            return _ownership(json.loads(data))
        except (ValueError, KeyError, TypeError) as error:
            raise Rejected(
                PART, f"{self._folder}: holds no owner; reset the device by its button"
            ) from error

    def write(self, own: Ownership) -> None:
        """Keep the ownership."""
        self._disk.make_folder(self._folder)
        plain = {
            "owner_key": (own.owner_key or b"").hex(),
            "newest_s": own.newest_s,
            "nonces": list(own.nonces),
        }
        self._file.write(json.dumps(plain).encode())


def _ownership(plain: dict[str, Any]) -> Ownership:
    key = bytes.fromhex(plain["owner_key"])
    if len(key) != KEY_BYTES:
        raise ValueError("no key")
    return Ownership(key, int(plain["newest_s"]), tuple(int(each) for each in plain["nonces"]))
