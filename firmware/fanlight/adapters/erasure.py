"""Erasing files so that their bytes are gone from the storage, as far as a file system lets one.

A file is overwritten in place and synced before it is removed. That reaches the blocks of ext4 on
a plain block device; an SD card may keep worn-out copies that no host can reach, which is why
secrets are also bound to keys that are erased with them (docs/operating/factory-reset.md).
"""

from __future__ import annotations

import logging
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fanlight.ports.errors import Transient

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

log = logging.getLogger(__name__)

PART: Final = "erasure"
_CHUNK: Final = bytes(64 * 1024)


def overwrite(path: Path) -> None:
    """Write zeros over every byte of a file, and sync it.

    Raises:
        OSError: the file cannot be written.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW)
    try:
        left = os.fstat(descriptor).st_size
        while left > 0:
            left -= os.write(descriptor, _CHUNK[: min(left, len(_CHUNK))])
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def erase(paths: Iterable[Path]) -> int:
    """Erase files and whole folders; return how many files were overwritten.

    What is missing is left out, a link is removed and what it names is left alone. Everything is
    tried before the first failure is told.

    Raises:
        Transient: something could not be erased.
    """
    erased, failures = 0, []
    for path in paths:
        for file in _files_under(path):
            try:
                if not file.is_symlink():
                    overwrite(file)
                    erased += 1
                file.unlink()
            except OSError as error:
                failures.append(f"{file}: {error.strerror}")
        _remove_folders(path)
    if failures:
        raise Transient(PART, "; ".join(failures) + "; reset again, or replace the card")
    return erased


def _files_under(path: Path) -> Iterator[Path]:
    if path.is_symlink() or path.is_file():
        yield path
    elif path.is_dir():
        for folder, _, names in os.walk(path):
            for name in names:
                file = Path(folder) / name
                if file.is_symlink() or stat.S_ISREG(file.stat().st_mode):
                    yield file


def _remove_folders(path: Path) -> None:
    if not path.is_dir() or path.is_symlink():
        return
    for folder, _, _ in os.walk(path, topdown=False):
        try:
            Path(folder).rmdir()
        except OSError as error:
            log.warning("%s stays: %s", folder, error.strerror)
