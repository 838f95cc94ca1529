"""A model package that is not as promised is refused with words that help."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import numpy as np
import pytest

from fanlight.domain.mount import Mount
from fanlight.ports.errors import Rejected
from fanlight.vision.detector import load_detector, load_edgetpu_detector
from fanlight.vision.package import check_package

DETECTORS = Path(__file__).resolve().parents[2] / "models" / "detector"
PACKAGE = DETECTORS / "interim"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the shipped package that a test may damage."""
    manifest = check_package(PACKAGE / "manifest.toml").manifest
    for name in ("manifest.toml", manifest.file, manifest.anchors.file):
        shutil.copy(PACKAGE / name, tmp_path / name)
    return tmp_path / "manifest.toml"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def promise(manifest: Path, name: str, content: bytes) -> None:
    """Replace a file and let the manifest promise the new one."""
    file = manifest.parent / name
    before = hashlib.sha256(file.read_bytes()).hexdigest()
    file.write_bytes(content)
    edit(manifest, before, hashlib.sha256(content).hexdigest())


def refusal(manifest: Path) -> str:
    with pytest.raises(Rejected) as refused:
        load_detector(check_package(manifest), Mount.OBLIQUE)
    return str(refused.value)


def test_the_shipped_package_is_whole() -> None:
    manifest = check_package(PACKAGE / "manifest.toml").manifest
    assert manifest.score_floor(Mount.OVERHEAD) == manifest.threshold.overhead
    assert manifest.score_floor(Mount.OBLIQUE) == manifest.threshold.oblique


def test_a_missing_manifest_or_model_is_named(package: Path) -> None:
    (package.parent / check_package(package).manifest.file).unlink()
    assert ".tflite cannot be read (No such file" in refusal(package)
    package.unlink()
    assert "manifest.toml cannot be read (No such file" in refusal(package)


def test_a_model_with_one_changed_byte_is_not_loaded(package: Path) -> None:
    model = package.parent / check_package(package).manifest.file
    content = bytearray(model.read_bytes())
    content[len(content) // 2] ^= 1
    model.write_bytes(content)
    assert "is not the file that its manifest promises" in refusal(package)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("schema = 1", "schema = 2", "schema"),
        ('kind = "ssd"', 'kind = "magic"', "kind"),
        ("width = 300", 'width = "wide"', "input.width"),
        ("[input]", "[inputs]", "unknown field `inputs`"),
        ("schema = 1", "schema = ", "manifest.toml"),
        ('file = "ssdlite_anchors.npy"', 'file = "../ssdlite_anchors.npy"', "anchors.file"),
    ],
)
def test_a_broken_manifest_names_the_place(package: Path, old: str, new: str, message: str) -> None:
    edit(package, old, new)
    assert message in refusal(package)


def test_a_file_that_is_no_model_is_refused(package: Path) -> None:
    promise(package, check_package(package).manifest.file, b"not a model" * 99)
    assert "cannot be run by litert" in refusal(package)


def test_a_model_of_another_shape_is_refused(package: Path) -> None:
    edit(package, "width = 300", "width = 320")
    assert "takes uint8 (1, 300, 300, 3); its manifest promises an 8-bit" in refusal(package)


def test_anchors_of_another_model_are_refused(package: Path) -> None:
    name = check_package(package).manifest.anchors.file
    other = package.parent / "other.npy"
    np.save(other, np.load(package.parent / name)[:-1])
    promise(package, name, other.read_bytes())
    assert "kind 'ssd' with 1916 anchors needs 8-bit (1, 1916, 4)" in refusal(package)


def test_maps_of_another_model_are_refused(tmp_path: Path) -> None:
    shutil.copytree(DETECTORS / "own", tmp_path / "own")
    manifest = tmp_path / "own" / "manifest.toml"
    edit(manifest, "subcells = 2", "subcells = 1")
    assert "kind 'heatmap' with 1 subcells needs 8-bit maps with 1 and 4 channels" in (
        refusal(manifest)
    )
    edit(manifest, "score_slope", "score_slop")
    assert "unknown field `score_slop`" in refusal(manifest)


def test_a_package_without_an_edge_tpu_model_says_so(package: Path) -> None:
    with pytest.raises(Rejected, match="no model for the Edge TPU"):
        load_edgetpu_detector(check_package(package), Mount.OBLIQUE)
