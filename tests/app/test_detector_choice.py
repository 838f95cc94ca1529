"""One line of models/detector/index.toml says which package looks under which mount."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from fanlight.app import compose
from fanlight.app.cli.settings import with_mount
from fanlight.app.compose import describe_model, open_package, room_around
from fanlight.app.config import Config, Detector
from fanlight.domain.mount import Mount
from fanlight.ports.errors import Rejected
from fanlight.vision import package as packages
from fanlight.vision.package import check_package, shipped_manifest
from fanlight.vision.sources.scene import SceneSource
from vision.simulated import SIZE, noise

DETECTORS = Path(__file__).resolve().parents[2] / "models" / "detector"
BOTH = ("interim", "own")


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An index of its own beside copies of both packages, found where the image installs them."""
    for name in BOTH:
        shutil.copytree(DETECTORS / name, tmp_path / "detector" / name)
    monkeypatch.setattr(compose, "MODELS", (tmp_path,))
    return Path(shutil.copy(DETECTORS / "index.toml", tmp_path / "detector"))


def choose(index: Path, overhead: str, oblique: str) -> None:
    """Edit the one line that an integrator edits."""
    lines = index.read_text().splitlines()
    (place,) = [place for place, line in enumerate(lines) if line.startswith("mounts =")]
    lines[place] = f'mounts = {{ overhead = "{overhead}", oblique = "{oblique}" }}'
    index.write_text("\n".join(lines))


def config_for(mount: Mount) -> Config:
    return with_mount(Config(), mount.value)


def test_the_shipped_index_names_a_whole_package_for_every_mount() -> None:
    for mount in Mount:
        package = check_package(shipped_manifest(DETECTORS / "index.toml", mount))
        assert (package.folder / "CARD.md").is_file()
        assert describe_model(config_for(mount)).startswith(str(package))


@pytest.mark.parametrize("overhead", BOTH)
@pytest.mark.parametrize("oblique", BOTH)
def test_the_switch_works_in_every_position(index: Path, overhead: str, oblique: str) -> None:
    choose(index, overhead, oblique)
    for mount, name in ((Mount.OVERHEAD, overhead), (Mount.OBLIQUE, oblique)):
        package = open_package(config_for(mount))
        assert package.folder == index.parent / name
        room = room_around(SceneSource(noise, SIZE, 10.0), config_for(mount), package)
        moment = room.look()
        room.close()
        assert moment is not None
        assert moment.sighted


def test_the_configuration_names_an_operators_own_package(index: Path) -> None:
    choose(index, "interim", "interim")
    other = Detector(manifest=str(DETECTORS / "own" / "manifest.toml"))
    assert open_package(Config(detector=other)).folder == DETECTORS / "own"


def test_every_file_is_hashed_once_however_much_is_opened(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed = []
    check = packages._check_hash
    monkeypatch.setattr(
        packages, "_check_hash", lambda path, promised: (hashed.append(path), check(path, promised))
    )
    config = config_for(Mount.OBLIQUE)
    package = open_package(config)
    room_around(SceneSource(noise, SIZE, 10.0), config, package).close()
    parts = (package.manifest, *package.manifest.parts)
    assert hashed == [package.folder / part.file for part in parts]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("oblique =", "sideways =", "sideways"),
        ("schema = 1", "schema = 7", "schema"),
        ('"interim" }', '"../interim" }', "mounts"),
        (', oblique = "interim"', "", "names no package for mount 'oblique'"),
        ('"interim" }', '"nowhere" }', "nowhere/manifest.toml cannot be read"),
    ],
)
def test_a_broken_index_names_the_place(index: Path, old: str, new: str, message: str) -> None:
    choose(index, "interim", "interim")
    text = index.read_text()
    assert old in text
    index.write_text(text.replace(old, new))
    with pytest.raises(Rejected) as refused:
        open_package(config_for(Mount.OBLIQUE))
    assert message in str(refused.value)


def test_a_missing_index_is_named(index: Path) -> None:
    index.unlink()
    with pytest.raises(Rejected, match=r"detector/index\.toml is in none of"):
        open_package(Config())
