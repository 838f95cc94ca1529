"""TinyDB on guarded files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tinydb.storages import Storage

from fanlight.adapters.disk import PART
from fanlight.ports.errors import Rejected

if TYPE_CHECKING:
    from fanlight.adapters.guarded_file import GuardedFile

Tables = dict[str, dict[str, Any]]


class GuardedStorage(Storage):
    """A TinyDB storage that reads once and writes once, at `flush`, whole and checksummed.

    Raises:
        Transient: the storage cannot be read or written now.
        Rejected: the file is whole, yet not a TinyDB.
    """

    def __init__(self, file: GuardedFile) -> None:
        self._file = file
        self._tables: Tables | None = None
        self._changed = False

    def read(self) -> Tables | None:
        """Return all tables, changes included; None for a file not written yet."""
        if self._tables is None and (data := self._file.read()) is not None:
            tables = json.loads(data)
            if not isinstance(tables, dict):
                raise Rejected(PART, f"{self._file.path}: holds no tables; move the file away")
            self._tables = tables
        return self._tables

    def write(self, data: Tables) -> None:
        """Take all tables, to be stored by `flush`."""
        self._tables = data
        self._changed = True

    def flush(self) -> None:
        """Store what has changed in one atomic write."""
        if self._changed and self._tables is not None:
            self._file.write(json.dumps(self._tables, separators=(",", ":")).encode())
            self._changed = False
