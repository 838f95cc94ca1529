"""The open hours' journal: small records at the end of one file, each with its own checksum."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from fanlight.adapters.disk import Disk

Record = dict[str, Any]


class Journal:
    """Append-only records; what a power cut left half written is skipped when read.

    Raises:
        Transient: the storage refuses.
    """

    def __init__(self, path: Path, disk: Disk) -> None:
        self._path = path
        self._disk = disk
        self._grown_bytes = 0
        self._sound = False

    @property
    def grown_bytes(self) -> int:
        """How much was appended since the last rewrite."""
        return self._grown_bytes

    @property
    def sound(self) -> bool:
        """Whether the next record may be appended; if not, `rewrite` first."""
        return self._sound

    def read(self) -> tuple[list[Record], int]:
        """Return the whole records, oldest first, and how many broken lines stand among them.

        A broken last line is what a power cut leaves, and is not counted.
        """
        lines = (self._disk.read(self._path) or b"").split(b"\n")
        records = [_record_of(line) for line in lines]
        broken = sum(record is None for record in records[:-1])
        return [record for record in records if record is not None], broken

    def append(self, records: Iterable[Record]) -> None:
        """Add records; they are safe when this returns."""
        data = b"".join(map(_line_of, records))
        self._sound = False
        self._disk.append(self._path, data)
        self._grown_bytes += len(data)
        self._sound = True

    def rewrite(self, records: Iterable[Record]) -> None:
        """Replace the whole journal at once."""
        data = b"".join(map(_line_of, records))
        self._disk.replace(self._path, data)
        self._grown_bytes = 0
        self._sound = True


def _line_of(record: Record) -> bytes:
    body = json.dumps(record, separators=(",", ":")).encode()
    return f"{zlib.crc32(body):08x} ".encode() + body + b"\n"


def _record_of(line: bytes) -> Record | None:
    checksum, _, body = line.partition(b" ")
    if checksum != f"{zlib.crc32(body):08x}".encode():
        return None
    record = json.loads(body)
    return record if isinstance(record, dict) else None
