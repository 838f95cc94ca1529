"""What metered links have carried, in one guarded file."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

from fanlight.adapters.disk import Disk
from fanlight.adapters.guarded_file import GuardedFile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

log = logging.getLogger(__name__)

PART = "links"


class SpendingStore:
    """The spending book in a folder; see ports/link.py. A damaged file counts as nothing spent."""

    def __init__(self, folder: Path, disk: Disk | None = None) -> None:
        self._folder = folder
        self._disk = disk or Disk(PART)
        self._file = GuardedFile(folder, "spent", self._disk, log.warning, mend=True)

    def read(self) -> Mapping[str, int]:
        """Return the bytes by month of UTC."""
        data = self._file.read()
        try:
            plain = json.loads(data) if data else {}
            return {str(month): max(0, int(spent)) for month, spent in plain.items()}
        except (AttributeError, TypeError, ValueError):
            return {}

    def write(self, by_month: Mapping[str, int]) -> None:
        """Keep the bytes by month of UTC."""
        self._disk.make_folder(self._folder)
        self._file.write(json.dumps(dict(by_month)).encode())
