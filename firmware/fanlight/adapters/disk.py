"""The few things that the ledger asks of a file system, each durable when it returns."""

from __future__ import annotations

import errno
import fcntl
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from fanlight.ports.errors import Full, Rejected, Transient

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PART = "ledger"
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
_ADVICE = {
    errno.ENOSPC: "the disk is full; free some space",
    errno.EDQUOT: "the disk quota is used up; free some space",
    errno.EROFS: "the disk is mounted read-only; remount it writable, or replace a worn-out card",
    errno.EACCES: "permission denied; give the fanlight user the right to read and write there",
    errno.EPERM: "permission denied; give the fanlight user the right to read and write there",
    errno.EIO: "the card reports input/output errors; back it up and replace it",
    errno.EFBIG: "a file may not grow any more; raise the file size limit of the process",
}


class Disk:
    """A file system whose writes survive a power cut; `part` is whose faults it reports.

    Raises (every method):
        Transient: the file system refuses; str() names the file, the reason and what to do.
            It is Full where there is no room.
    """

    def __init__(self, part: str = PART) -> None:
        self._part = part

    def make_folder(self, folder: Path) -> None:
        """Create a folder and its parents where missing."""
        with _named(folder, self._part):
            folder.mkdir(parents=True, exist_ok=True)

    def read(self, path: Path) -> bytes | None:
        """Return a file's bytes, None when there is no such file."""
        with _named(path, self._part):
            try:
                return path.read_bytes()
            except FileNotFoundError:
                return None

    def list(self, folder: Path) -> list[Path]:
        """Return the files of a folder, none when there is no such folder."""
        with _named(folder, self._part):
            return sorted(folder.iterdir()) if folder.is_dir() else []

    def written_ns(self, path: Path) -> int:
        """Return when a file was written, by whatever the wall clock said then; 0 if missing."""
        with _named(path, self._part):
            try:
                return path.stat().st_mtime_ns
            except FileNotFoundError:
                return 0

    def replace(self, path: Path, data: bytes) -> None:
        """Put bytes in the place of a file so that either all or none of them are there."""
        temporary = path.with_name(path.name + ".tmp")
        with _named(path, self._part):
            try:
                self._write_new(temporary, data)
                self._rename(temporary, path)
            except OSError:
                with suppress(OSError):
                    self._unlink(temporary)
                raise
            self._sync_folder(path.parent)

    def append(self, path: Path, data: bytes) -> None:
        """Add bytes to the end of an existing file."""
        with _named(path, self._part):
            self._append(path, data)

    def rename(self, path: Path, new: Path) -> None:
        """Give a file another name in the same folder."""
        with _named(path, self._part):
            self._rename(path, new)
            self._sync_folder(path.parent)

    def remove(self, *paths: Path) -> None:
        """Remove files of one folder, those that are missing included."""
        for path in paths:
            with _named(path, self._part), suppress(FileNotFoundError):
                self._unlink(path)
        if paths:
            with _named(paths[0].parent, self._part):
                self._sync_folder(paths[0].parent)

    def _write_new(self, path: Path, data: bytes) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640)
        try:
            _write_all(descriptor, data)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _append(self, path: Path, data: bytes) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)
        try:
            _write_all(descriptor, data)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _rename(self, path: Path, new: Path) -> None:
        path.replace(new)

    def _unlink(self, path: Path) -> None:
        path.unlink()

    def _sync_folder(self, folder: Path) -> None:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class WriterLock:
    """Held by the one process that writes a folder; the system frees it when the process dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        """Whether this process is the writer."""
        return self._descriptor is not None

    def take(self) -> None:
        """Become the writer; harmless when already so.

        Raises:
            Rejected: another process is writing.
            Transient: the lock file cannot be made.
        """
        if self._descriptor is not None:
            return
        with _named(self._path, PART):
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(descriptor)
            raise Rejected(
                PART,
                f"{self._path.parent}: another fanlight is writing there; stop it, or choose "
                "another folder (device.data_dir)",
            ) from error
        self._descriptor = descriptor

    def release(self) -> None:
        """Stop being the writer; harmless when not so."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _write_all(descriptor: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]


@contextmanager
def _named(path: Path, part: str) -> Iterator[None]:
    """Say an operating system's error as a Fault that names the file and what to do."""
    try:
        yield
    except OSError as error:
        reason = _ADVICE.get(error.errno or 0, f"{error.strerror}; check the card and the folder")
        kind = Full if error.errno in _NO_ROOM else Transient
        raise kind(part, f"{path}: {reason}. Nothing stored is lost.") from error
