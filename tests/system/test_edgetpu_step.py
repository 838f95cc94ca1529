"""The step to the Edge TPU, with a stand-in that writes the compiler's documented files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fanlight.app.compose import open_detector, open_package
from fanlight.app.config import Config, Detector, EdgeTpuAccelerator
from fanlight.domain.moment import Cause
from fanlight.domain.window import Window
from fanlight.vision.package import check_package

REPO = Path(__file__).resolve().parents[2]
PACKAGE = REPO / "models" / "detector" / "own"

STAND_IN = """\
#!/bin/sh
# edgetpu_compiler --show_operations --out_dir DIR MODEL
name=$(basename "$4" .tflite)_edgetpu
cp "$4" "$3/$name.tflite"
cat > "$3/$name.log" <<END
Edge TPU Compiler version 16.0.384591198
Input: $4
Output: $name.tflite

Operator                       Count      Status

ADD                            7          Mapped to Edge TPU
CONV_2D                        30         Mapped to Edge TPU
{row}
END
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return shutil.copytree(PACKAGE, tmp_path / "own")


def compile_with(package: Path, row: str | None) -> subprocess.CompletedProcess[str]:
    """Run the step with a compiler whose log ends in that row, or without a compiler."""
    programs = package.parent / "programs"
    programs.mkdir(exist_ok=True)
    if row is not None:
        stand_in = programs / "edgetpu_compiler"
        stand_in.write_text(STAND_IN.format(row=row))
        stand_in.chmod(0o755)
    return subprocess.run(
        [sys.executable, "-m", "models.compile_edgetpu", str(package)],
        cwd=REPO,
        env={**os.environ, "PATH": f"{programs}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


ALL_MAPPED = "RESIZE_NEAREST_NEIGHBOR        2          Mapped to Edge TPU"


def test_a_compiled_network_joins_its_package(package: Path) -> None:
    for _again in range(2):
        result = compile_with(package, ALL_MAPPED)
        assert result.returncode == 0, result.stderr
        assert str(check_package(PACKAGE / "manifest.toml")) in result.stdout
        assert "39 operations, all on the Edge TPU" in result.stdout
    manifest = check_package(package / "manifest.toml").manifest
    assert manifest.edgetpu is not None
    assert manifest.edgetpu.file == manifest.file.replace(".tflite", "_edgetpu.tflite")
    assert (package / "manifest.toml").read_text().count("[edgetpu]") == 1
    other = check_package(PACKAGE / "manifest.toml").manifest
    assert (manifest.maps, manifest.threshold) == (other.maps, other.threshold)


def test_the_device_uses_it_where_the_configuration_says_so(package: Path) -> None:
    """There is no Edge TPU here, so it starts on the processor and says that."""
    assert compile_with(package, ALL_MAPPED).returncode == 0
    config = Config(
        detector=Detector(manifest=str(package / "manifest.toml")),
        accelerator=EdgeTpuAccelerator(library="libedgetpu-of-nobody.so.1"),
    )
    detector = open_detector(config, open_package(config), Window.whole(64, 48))
    assert detector.causes == {Cause.ACCELERATOR_FALLBACK}
    detector.close()


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (
            "CONV_2D                        1          More than one subgraph is not supported",
            "1 CONV_2D: More than one subgraph is not supported",
        ),
        (None, "sudo apt-get install edgetpu-compiler"),
    ],
)
def test_a_package_stays_as_it_is_when_the_step_cannot_be_done(
    package: Path, row: str | None, words: str
) -> None:
    before = {path.name: path.read_bytes() for path in package.iterdir()}
    result = compile_with(package, row)
    assert result.returncode == 1
    assert words in result.stderr
    assert before == {path.name: path.read_bytes() for path in package.iterdir()}
