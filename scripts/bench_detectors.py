# ruff: noqa: INP001, T201 - a program that prints, not a package
"""The detectors that are compared, by name, each as the sealed room's finder.

`shipped` is what models/detector/index.toml chooses for the mount; `own` and `interim` are those
packages whatever the index says, and any other path is that of a `manifest.toml`. `ssdlite` and
`yolox` are the public networks in ../shared/data/models.
"""

from __future__ import annotations

import argparse
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench_yolox import SIDE, Yolox

from fanlight.app.cli.settings import with_mount
from fanlight.app.compose import open_package, room_with, window_of
from fanlight.app.config import Config
from fanlight.domain.mount import Mount
from fanlight.vision.detector import load_detector
from fanlight.vision.model import Anchors, Input, SsdManifest, Threshold
from fanlight.vision.package import CheckedPackage, check_package

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fanlight.domain.window import Window
    from fanlight.vision.room import Finder, Room
    from fanlight.vision.sources.port import FrameSource

REPO = Path(__file__).resolve().parent.parent
PACKAGES = REPO / "models" / "detector"
PUBLIC = REPO.parent / "shared" / "data" / "models"
NAMES = ("shipped", "ssdlite", "yolox")
FLOOR = 0.25
"""What the public detectors' thresholds are, as our packages' are."""


def finder(name: str, config: Config, window: Window) -> Finder:
    """Return a detector that looks at the window, on one thread."""
    if name == "yolox":
        return Yolox(PUBLIC / "yolox_nano_416_int8.tflite", window)
    return load_detector(_package(name, config.mount.kind), config.mount.kind, window=window)


def room(name: str, source: FrameSource, config: Config) -> Room:
    """Close the room around a source, with the window that suits the detector's input."""
    wanted = _input(name, config.mount.kind)
    window = window_of(config, wanted, source.width, source.height)
    return room_with(source, config, window, finder(name, config, window))


def describe(names: Sequence[str]) -> list[dict[str, Any]]:
    """Return what each name stands for under each mount, one row a name."""
    return [{"detector": name} | {mount: _label(name, mount) for mount in Mount} for name in names]


def _label(name: str, mount: Mount) -> str:
    return "yolox_nano" if name == "yolox" else str(_package(name, mount))


def _input(name: str, mount: Mount) -> Input:
    if name == "yolox":
        return Input(width=SIDE, height=SIDE, fit="letterbox")
    return _package(name, mount).manifest.input


@cache
def _package(name: str, mount: Mount) -> CheckedPackage:
    if name == "shipped":
        return open_package(with_mount(Config(), mount))
    if name == "ssdlite":
        return CheckedPackage(_ssdlite(), PUBLIC)
    if (PACKAGES / name).is_dir():
        return check_package(PACKAGES / name / "manifest.toml")
    return check_package(Path(name))


def _ssdlite() -> SsdManifest:
    """Describe the public files; they carry no promise of a hash."""
    unknown = "0" * 64
    return SsdManifest(
        schema=1,
        name="ssdlite",
        version="0.2.0",
        licence="MIT",
        file="ssdlite_mnv2_person_300_int8.tflite",
        sha256=unknown,
        input=Input(width=300, height=300),
        threshold=Threshold(overhead=FLOOR, oblique=FLOOR),
        anchors=Anchors(file="ssdlite_anchors.npy", sha256=unknown),
    )


def main() -> None:
    """Print what each name stands for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--detectors", default=",".join(NAMES), help="separated by commas")
    parser.add_argument("--json", action="store_true", help="for programs")
    given = parser.parse_args()
    rows = describe(given.detectors.split(","))
    print(json.dumps(rows) if given.json else "\n".join(map(str, rows)))


if __name__ == "__main__":
    main()
