"""A disk that writes down what it is asked, so that a power cut can be played at any instant."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any

from fanlight.adapters import disk as disk_module
from fanlight.adapters.disk import Disk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

Op = tuple[Any, ...]


class RecordingOs:
    """The `os` that the disk module sees: real, but every call is noted and nothing is synced."""

    def __init__(self, ops: list[Op]) -> None:
        self._ops = ops
        self._names: dict[int, str] = {}

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - stands for a whole module
        return getattr(os, name)

    def open(self, path: Path, flags: int, mode: int = 0o777) -> int:
        descriptor = os.open(path, flags, mode)
        self._names[descriptor] = "." if flags & os.O_DIRECTORY else path.name
        if flags & os.O_TRUNC:
            self._ops.append(("create", path.name))
        return descriptor

    def write(self, descriptor: int, data: bytes) -> int:
        self._ops.append(("write", self._names[descriptor], bytes(data)))
        return os.write(descriptor, data)

    def fsync(self, descriptor: int) -> None:
        self._ops.append(("fsync", self._names[descriptor]))


class RecordingDisk(Disk):
    """A real disk whose steps end up in `ops`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        self.ops: list[Op] = []
        monkeypatch.setattr(disk_module, "os", RecordingOs(self.ops))

    def _rename(self, path: Path, new: Path) -> None:
        self.ops.append(("rename", path.name, new.name))
        super()._rename(path, new)

    def _unlink(self, path: Path) -> None:
        if path.exists():
            self.ops.append(("unlink", path.name))
        super()._unlink(path)


@dataclass
class Inode:
    """The bytes of a file: those the programs see, and those the card holds for certain."""

    seen: bytes = b""
    durable: bytes = b""


@dataclass
class Volume:
    """One folder on a card, as POSIX lets a power cut leave it."""

    names: dict[str, Inode] = field(default_factory=dict)
    durable_names: dict[str, Inode] = field(default_factory=dict)

    @classmethod
    def holding(cls, files: dict[str, bytes]) -> Volume:
        names = {name: Inode(data, data) for name, data in files.items()}
        return cls(names, dict(names))

    def apply(self, op: Op) -> None:
        match op:
            case ("create", name):
                self.names.setdefault(name, Inode()).seen = b""
            case ("write", name, data):
                self.names[name].seen += data
            case ("fsync", "."):
                self.durable_names = dict(self.names)
            case ("fsync", name):
                self.names[name].durable = self.names[name].seen
            case ("rename", old, new):
                self.names[new] = self.names.pop(old)
            case ("unlink", name):
                del self.names[name]

    def after_power_cut(self) -> Iterator[dict[str, bytes]]:
        """Yield the folders that may be found: with names and bytes synced or not, torn, zeroed."""
        for names, left in product((self.durable_names, self.names), (_kept, _all, _torn, _zeroed)):
            yield {name: left(inode) for name, inode in names.items()}


def _kept(inode: Inode) -> bytes:
    return inode.durable


def _all(inode: Inode) -> bytes:
    return inode.seen


def _torn(inode: Inode) -> bytes:
    if not inode.seen.startswith(inode.durable):
        return inode.seen[: len(inode.seen) // 2]
    return inode.seen[: (len(inode.durable) + len(inode.seen)) // 2]


def _zeroed(inode: Inode) -> bytes:
    if not inode.seen.startswith(inode.durable):
        return bytes(len(inode.seen))
    return inode.durable + bytes(len(inode.seen) - len(inode.durable))
