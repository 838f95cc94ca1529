"""An embedder's package that is not as promised is refused with words that help."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from fanlight.ports.errors import Rejected
from fanlight.vision.embedder import load_embedder
from fanlight.vision.embedder_manifest import read_embedder_manifest
from vision.embedder_kit import copy_of, edit, promise


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return copy_of("appearance", tmp_path)


def refusal(package: Path) -> str:
    with pytest.raises(Rejected) as refused:
        load_embedder(package)
    assert refused.value.part == "embedder"
    return str(refused.value)


def npz(**arrays: np.ndarray) -> bytes:
    file = BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def test_a_whole_package_loads(package: Path) -> None:
    embedder = load_embedder(package)
    assert embedder.projection.matrix.shape == (64, embedder.manifest.dimensions)


def test_missing_files_are_named(package: Path) -> None:
    manifest = read_embedder_manifest(package)
    (package / manifest.projection.file).unlink()
    assert "projection.npz cannot be read (No such file" in refusal(package)
    (package / manifest.file).unlink()
    assert ".tflite cannot be read (No such file" in refusal(package)
    (package / "manifest.toml").unlink()
    assert "manifest.toml cannot be read (No such file" in refusal(package)


def test_another_model_than_promised_is_refused(package: Path) -> None:
    name = read_embedder_manifest(package).file
    content = bytearray((package / name).read_bytes())
    content[len(content) // 2] ^= 1
    (package / name).write_bytes(content)
    told = refusal(package)
    assert name in told
    assert "not the file that its manifest promises" in told
    assert "install" in told


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("schema = 1", "schema = 2", "schema"),
        ("schema = 1", "schema = ", "line 1"),
        ("dimensions = 96", "dimensions = 4", "dimensions"),
        ("[kernel]", "[kernels]", "kernel"),
        ('kind = "appearance"', 'kind = "gait"', "kind"),
        ("lags = [0]", "lags = [9]", "lags"),
        ("lags = [0]", "lags = [0, 0]", "ascending"),
        ("lags = [0]", "lags = [0, 1]", "clothes, which hold for a day"),
        ('file = "projection.npz"', 'file = "../projection.npz"', "file"),
    ],
)
def test_a_broken_manifest_says_where(package: Path, old: str, new: str, told: str) -> None:
    edit(package, old, new)
    message = refusal(package)
    assert "manifest.toml" in message
    assert told in message


def test_a_model_for_faces_needs_somebody_responsible(package: Path) -> None:
    edit(package, 'kind = "appearance"', 'kind = "face"')
    assert "needs `responsible`" in refusal(package)
    edit(package, 'kind = "face"', 'kind = "face"\nresponsible = "Example Shop Ltd, J. Doe"')
    assert load_embedder(package).manifest.responsible == "Example Shop Ltd, J. Doe"


def test_a_file_that_is_no_model_is_refused(package: Path) -> None:
    promise(package, read_embedder_manifest(package).file, b"TFL3" + bytes(4000))
    assert "cannot be run" in refusal(package)


@pytest.mark.parametrize(
    "content",
    [
        b"PK not a zip file",
        npz(mean=np.zeros(96, np.float32)),
        npz(mean=np.zeros(96, np.float32), matrix=np.zeros((64, 95), np.float32)),
        npz(mean=np.zeros(96), matrix=np.zeros((64, 96))),
        npz(mean=np.full(96, np.nan, np.float32), matrix=np.zeros((64, 96), np.float32)),
        npz(mean=np.array([{}]), matrix=np.zeros((64, 96), np.float32)),
    ],
)
def test_a_projection_of_other_shape_is_refused(package: Path, content: bytes) -> None:
    promise(package, "projection.npz", content)
    assert "projection.npz" in refusal(package)


def test_a_model_with_another_input_or_output_is_refused(package: Path) -> None:
    edit(package, "width = 48", "width = 96")
    assert "its manifest promises an 8-bit (1, 48, 96, 3)" in refusal(package)
    edit(package, "width = 96", "width = 48")
    edit(package, "dimensions = 96", "dimensions = 80")
    promise(
        package,
        "projection.npz",
        npz(mean=np.zeros(80, np.float32), matrix=np.zeros((64, 80), np.float32)),
    )
    assert "promises one vector of 80" in refusal(package)
