"""A small file that notices when its bytes have changed, and keeps a second copy of them."""

from __future__ import annotations

import gzip
import hashlib
import json
import logging
import zlib
from typing import TYPE_CHECKING

from fanlight.adapters.disk import PART
from fanlight.ports.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fanlight.adapters.disk import Disk

log = logging.getLogger(__name__)

FORMAT = 1
ENDING = ".json.gz"
COPY_ENDING = ".copy.json.gz"
MAX_KEPT_ASIDE = 3


class Damaged(Exception):
    """The bytes are not those that were written; str() says how that shows."""


class GuardedFile:
    """Compressed, checksummed bytes under `folder/name.json.gz`, with a copy beside it.

    Both copies hold the same bytes; they are replaced one after the other, each atomically, so at
    any instant one of them is whole. A damaged file is kept aside as `*.damaged-N`; the readers
    of another process (`mend=False`) leave it where it is.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        disk: Disk,
        say: Callable[[str], None],
        *,
        mend: bool,
    ) -> None:
        self._main = folder / (name + ENDING)
        self._copy = folder / (name + COPY_ENDING)
        self._disk = disk
        self._say = say
        self._mend = mend

    @property
    def path(self) -> Path:
        """The main file."""
        return self._main

    def read(self) -> bytes | None:
        """Return the bytes last written, None when nothing was.

        Raises:
            Transient: the storage cannot be read.
            Rejected: the file is of a newer firmware.
        """
        found = [self._whole(path) for path in (self._main, self._copy)]
        whole = [data for data in found if isinstance(data, bytes)]
        for path, data in zip((self._main, self._copy), found, strict=True):
            if isinstance(data, Damaged):
                self._tell(path, data, rescued=bool(whole))
        return whole[0] if whole else None

    def write(self, data: bytes) -> None:
        """Store bytes in both copies.

        Raises:
            Transient: the storage cannot take them; at least one whole copy of old or new is left.
        """
        packed = _packed(data)
        self._disk.replace(self._main, packed)
        self._disk.replace(self._copy, packed)

    def remove(self) -> None:
        """Remove both copies."""
        self._disk.remove(self._main, self._copy)

    def _whole(self, path: Path) -> bytes | Damaged | None:
        packed = self._disk.read(path)
        if packed is None:
            return None
        try:
            return _unpacked(packed, path)
        except Damaged as damage:
            return damage

    def _tell(self, path: Path, damage: Damaged, *, rescued: bool) -> None:
        outcome = (
            "the other copy is whole and used"
            if rescued
            else "the other copy does not help, so its hours show as no data"
        )
        if self._mend:
            aside = self._free_name(path)
            self._disk.rename(path, aside)
            self._say(f"{path.name}: {damage}; {outcome}. Kept aside as {aside.name}.")
        else:
            self._say(f"{path.name}: {damage}; {outcome}.")

    def _free_name(self, path: Path) -> Path:
        names = [path.with_name(f"{path.name}.damaged-{n}") for n in range(1, MAX_KEPT_ASIDE + 1)]
        return next((name for name in names if self._disk.read(name) is None), names[-1])


def _packed(data: bytes) -> bytes:
    head = {"fanlight": "ledger", "format": FORMAT, "sha256": hashlib.sha256(data).hexdigest()}
    return gzip.compress(json.dumps(head).encode() + b"\n" + data, compresslevel=6, mtime=0)


def _unpacked(packed: bytes, path: Path) -> bytes:
    try:
        head_line, data = gzip.decompress(packed).split(b"\n", 1)
        head = json.loads(head_line)
        file_format, digest = head["format"], head["sha256"]
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError) as error:
        raise Damaged(f"damaged ({error})") from error
    if file_format != FORMAT:
        raise Rejected(
            PART,
            f"{path}: written in format {file_format!r}, this firmware knows {FORMAT}; update "
            "the firmware, or move the file away",
        )
    if hashlib.sha256(data).hexdigest() != digest:
        raise Damaged("damaged (its checksum does not match)")
    return data
