"""An embedder's package: `manifest.toml` names every file and its hash, and what it may serve."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
import numpy as np
from msgspec import Meta

from fanlight.ports.errors import Rejected
from fanlight.vision.model import FileName, Input, Sha256  # noqa: TC001 - msgspec reads them

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

MANIFEST = "manifest.toml"
MOST_DIMENSIONS = 1024
Mean = Annotated[float, Meta(ge=-1, le=1)]
Lag = Annotated[int, Meta(ge=0, le=7)]


class KernelMeans(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Means of the re-visit sketch's kernel over pairs of pictures, with 95 % intervals.

    `same` is of two pictures of one person on different visits, `different` of two people.
    """

    same: Mean
    same_interval: tuple[Mean, Mean]
    different: Mean
    different_interval: tuple[Mean, Mean]


class ProjectionFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The .npz file of the public mean and principal axes; see `Projection`."""

    file: FileName
    sha256: Sha256
    dimensions: Annotated[int, Meta(ge=2, le=MOST_DIMENSIONS)] = 64


class EmbedderManifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an embedder's package promises.

    `lags` are the days between two visits for which it may serve. `responsible` names who answers
    for the use of a model that can tell faces; nothing of that kind ships with the product.
    """

    schema: Literal[1]
    name: Annotated[str, Meta(min_length=1, max_length=100)]
    version: Annotated[str, Meta(min_length=1, max_length=40)]
    kind: Literal["appearance", "build", "face"]
    licence: Annotated[str, Meta(min_length=1)]
    file: FileName
    sha256: Sha256
    input: Input
    margin: Annotated[float, Meta(ge=0, le=1)] = 0.0
    """Room on each side of a box, as a share of its width or height."""
    dimensions: Annotated[int, Meta(ge=8, le=MOST_DIMENSIONS)]
    lags: tuple[Lag, ...]
    kernel: KernelMeans
    projection: ProjectionFile
    responsible: str = ""


@dataclass(frozen=True, slots=True)
class Projection:
    """The public part of the sketch's first step, z = unit(matrix (x - mean)).

    `mean` (d,) and `matrix` (dimensions, d) float32: principal axes, each scaled by its
    eigenvalue^-1/4.
    """

    mean: NDArray[np.float32]
    matrix: NDArray[np.float32]


def read_embedder_manifest(folder: Path) -> EmbedderManifest:
    """Read a package's manifest and check what its fields promise together.

    Raises:
        Rejected: it is missing or broken, or claims lags that its kind cannot serve.
    """
    path = folder / MANIFEST
    try:
        manifest = msgspec.toml.decode(_content(path), type=EmbedderManifest)
    except msgspec.MsgspecError as err:
        raise Rejected("embedder", f"{path}: {err}; install the embedder's package again") from err
    _check_lags(path, manifest)
    if manifest.kind == "face" and not manifest.responsible.strip():
        raise Rejected(
            "embedder",
            f"{path}: a model that can tell faces needs `responsible`, the name of who answers "
            "for its use under the law; nothing of that kind ships with this product",
        )
    return manifest


def read_verified(folder: Path, name: str, promised: str) -> bytes:
    """Return the content of a package's file, read once and hashed.

    Raises:
        Rejected: it is missing or not the file that the manifest promises.
    """
    content = _content(folder / name)
    found = hashlib.sha256(content).hexdigest()
    if found != promised:
        raise Rejected(
            "embedder",
            f"{folder / name} is not the file that its manifest promises (sha256 {found[:12]}... "
            f"instead of {promised[:12]}...); install the embedder's package again",
        )
    return content


def read_projection(folder: Path, manifest: EmbedderManifest) -> Projection:
    """Read the public mean and principal axes.

    Raises:
        Rejected: the file is missing, another one than promised, or of other shape.
    """
    promised = manifest.projection
    content = read_verified(folder, promised.file, promised.sha256)
    try:
        with np.load(BytesIO(content), allow_pickle=False) as arrays:
            projection = Projection(arrays["mean"], arrays["matrix"])
    except (ValueError, KeyError, OSError) as err:
        raise Rejected(
            "embedder", f"{folder / promised.file} cannot be read: {err}; install it again"
        ) from err
    shapes = (projection.mean.shape, projection.matrix.shape)
    wanted = ((manifest.dimensions,), (promised.dimensions, manifest.dimensions))
    types = {projection.mean.dtype, projection.matrix.dtype}
    if shapes != wanted or types != {np.dtype(np.float32)} or not _finite(projection):
        raise Rejected(
            "embedder",
            f"{folder / promised.file} holds {shapes} of {sorted(map(str, types))}; its manifest "
            f"promises finite float32 {wanted}: use the files of one package",
        )
    return projection


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as err:
        raise Rejected(
            "embedder",
            f"{path} cannot be read ({err.strerror}); install the embedder's package again",
        ) from err


def _check_lags(path: Path, manifest: EmbedderManifest) -> None:
    """Refuse days that clothes cannot bridge: they are changed overnight."""
    lags = manifest.lags
    if sorted(set(lags)) != list(lags):
        raise Rejected("embedder", f"{path}: lags {list(lags)} must be ascending, each once")
    if manifest.kind == "appearance" and any(lags):
        raise Rejected(
            "embedder",
            f"{path}: lags {list(lags)}: appearance means clothes, which hold for a day; "
            "only lag 0 is possible",
        )


def _finite(projection: Projection) -> bool:
    return bool(np.isfinite(projection.mean).all() and np.isfinite(projection.matrix).all())
