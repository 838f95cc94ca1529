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
    from collections.abc import Callable, Iterable, Iterator

log = logging.getLogger(__name__)

PART: Final = "erasure"
FORMER: Final = ".old"
"""What the name of a file ends with that has been superseded and is not overwritten yet."""
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


def supersede(temporary: Path, path: Path) -> None:
    """Put a file in the place of another, which is overwritten once that is certain.

    Raises:
        OSError: the storage refuses; one of the two is whole under the name.
    """
    former = path.with_name(path.name + FORMER)
    clear(former, unless=path)
    if path.exists():
        former.hardlink_to(path)
    temporary.replace(path)
    sync_folder(path.parent)  # before the last one is overwritten, the new one is certain
    clear(former)


def clear(path: Path, unless: Path | None = None) -> None:
    """Overwrite and remove what a power cut has left; only remove another name of `unless`.

    Raises:
        OSError: the storage refuses.
    """
    if not path.exists():
        return
    if unless is None or not unless.exists() or not path.samefile(unless):
        overwrite(path)
    path.unlink()


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable.

    Raises:
        OSError: the storage refuses.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
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
    erased = 0
    failures: list[str] = []

    def fail(error: OSError) -> None:
        failures.append(f"{error.filename}: {error.strerror}")

    for path in paths:
        for file in sorted(_files_under(path, fail)):
            try:
                if stat.S_ISREG(file.lstat().st_mode):
                    overwrite(file)
                    erased += 1
                file.unlink()
            except OSError as error:
                failures.append(f"{file}: {error.strerror}")
        _remove_folders(path)
    if failures:
        raise Transient(PART, "; ".join(failures) + "; reset again, or replace the card")
    return erased


def _files_under(path: Path, fail: Callable[[OSError], None]) -> Iterator[Path]:
    """Yield everything that is no folder, links to folders included."""
    if path.is_symlink() or not path.is_dir():
        if os.path.lexists(path):
            yield path
        return
    for folder, folders, names in os.walk(path, onerror=fail):
        yield from (Path(folder) / name for name in names)
        yield from (link for name in folders if (link := Path(folder) / name).is_symlink())


def _remove_folders(path: Path) -> None:
    if not path.is_dir() or path.is_symlink():
        return
    for folder, _, _ in os.walk(path, topdown=False):
        try:
            Path(folder).rmdir()
        except OSError as error:
            log.warning("%s stays: %s", folder, error.strerror)
