"""A detector's package, read and checked once; and the index of those that ship."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from fanlight.domain.mount import Mount  # noqa: TC001 - msgspec reads the annotation
from fanlight.ports.errors import Rejected
from fanlight.vision.model import FileName, Manifest

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST = "manifest.toml"
_AGAIN = "install the model package again"


@dataclass(frozen=True, slots=True)
class CheckedPackage:
    """A package whose files are those that its manifest promises; `check_package` makes it."""

    manifest: Manifest
    folder: Path

    def __str__(self) -> str:
        return f"{self.manifest.name} {self.manifest.version}"

    def identity(self) -> dict[str, str]:
        """Return name, version and the network's hash, for reports."""
        manifest = self.manifest
        return {"name": manifest.name, "version": manifest.version, "sha256": manifest.sha256}


class Index(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which package looks at each mount: a folder beside the index."""

    schema: Literal[1]
    mounts: dict[Mount, FileName]


def check_package(manifest_path: Path) -> CheckedPackage:
    """Read a manifest, and every file that it names against its hash.

    Raises:
        Rejected: the manifest or a file is missing, broken or another one than promised.
    """
    manifest: Manifest = _read_toml(manifest_path, Manifest)
    for part in (manifest, *manifest.parts):
        _check_hash(manifest_path.parent / part.file, part.sha256)
    return CheckedPackage(manifest, manifest_path.parent)


def shipped_manifest(index_path: Path, mount: Mount) -> Path:
    """Return the manifest of the package that the index names for a mount.

    Raises:
        Rejected: the index is missing or broken, or names none.
    """
    index: Index = _read_toml(index_path, Index)
    if mount not in index.mounts:
        raise Rejected("detector", f"{index_path} names no package for mount '{mount}'; {_AGAIN}")
    return index_path.parent / index.mounts[mount] / MANIFEST


def _read_toml(path: Path, kind: Any) -> Any:  # noqa: ANN401 - a union is no `type` to mypy
    try:
        return msgspec.toml.decode(path.read_bytes(), type=kind)
    except OSError as err:
        raise Rejected("detector", f"{path} cannot be read ({err.strerror}); {_AGAIN}") from err
    except msgspec.MsgspecError as err:
        raise Rejected("detector", f"{path}: {err}; {_AGAIN}") from err


def _check_hash(path: Path, promised: str) -> None:
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as err:
        raise Rejected("detector", f"{path} cannot be read ({err.strerror}); {_AGAIN}") from err
    if found != promised:
        raise Rejected(
            "detector",
            f"{path} is not the file that its manifest promises (sha256 {found[:12]}... instead "
            f"of {promised[:12]}...); {_AGAIN}",
        )
