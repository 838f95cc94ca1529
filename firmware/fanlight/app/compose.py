"""The composition root: the one file that names real and simulated parts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fanlight.adapters.ledger_tinydb import TinyLedger
from fanlight.adapters.system_clock import SystemClock, Trust
from fanlight.app.config import ClipCamera, EdgeTpuAccelerator, PiCamera
from fanlight.domain.counts import watched_places
from fanlight.domain.crossings import Doorway, DoorwaySettings
from fanlight.domain.geometry import CountingLine, Point, Zone
from fanlight.domain.tracking import Tracker, TrackerSettings
from fanlight.domain.window import Window
from fanlight.ports.errors import Rejected
from fanlight.services.health.temperature import hottest_zone_c
from fanlight.vision.detector import load_detector, load_edgetpu_detector
from fanlight.vision.governor import Governor, Throttle
from fanlight.vision.interpreter import Runtime
from fanlight.vision.model import read_manifest
from fanlight.vision.room import Room
from fanlight.vision.sources.clip import ClipSource

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fanlight.app.config import Config, Line
    from fanlight.domain.counts import RowKey
    from fanlight.vision.detector import Detector
    from fanlight.vision.sources.port import FrameSource

REPOSITORY = Path(__file__).resolve().parents[3]
MODELS = (REPOSITORY / "models", Path("/usr/share/fanlight/models"))
DEMO = Path("render/demo/doorway.mp4")


def open_room(config: Config) -> Room:
    """Open camera, model and accelerator, and close the door behind them.

    Raises:
        Rejected: a file is missing or broken.
        Gone: the camera or the accelerator is not there.
    """
    source = open_source(config)
    try:
        return room_around(source, config)
    except BaseException:
        source.close()
        raise


def room_around(source: FrameSource, config: Config) -> Room:
    """Close the sealed room around an open source.

    Raises:
        Rejected: a model file is missing, broken or of another shape.
        Gone: the accelerator is not there.
    """
    size = source.width, source.height
    window = window_of(config, *size)
    corner = -window.left, -window.top
    mount = config.mount.kind
    return Room(
        source,
        open_detector(config, window),
        Tracker(TrackerSettings.for_mount(mount), window.width, window.height),
        Doorway(
            DoorwaySettings.for_mount(mount),
            [line.scaled(*size).moved(*corner) for line in counting_lines(config.lines)],
            [line.scaled(*size).moved(*corner) for line in counting_lines(config.passing_lines)],
            [zone.scaled(*size).moved(*corner) for zone in zones(config)],
        ),
        pixel_budget_ms=config.privacy.pixel_lifetime_budget_ms,
        window=window,
        throttle=Throttle(Governor(source.fps), hottest_zone_c) if source.live else None,
    )


def window_of(config: Config, width_px: int, height_px: int) -> Window:
    """Return the part of a picture of that size that the detector looks at.

    Raises:
        Rejected: the model package is missing or broken.
    """
    wanted = read_manifest(manifest_path(config)).input
    lines = (*counting_lines(config.lines), *counting_lines(config.passing_lines))
    places = [place for line in lines for place in (line.start, line.end)]
    places += [corner for zone in zones(config) for corner in zone.corners]
    return Window.around(places, width_px, height_px, wanted.width / wanted.height)


def open_source(config: Config) -> FrameSource:
    """Open the camera that the configuration names.

    Raises:
        Rejected: a recording cannot be used.
        Gone: the camera is not there.
    """
    camera = config.camera
    if isinstance(camera, ClipCamera):
        return ClipSource(Path(camera.path), paced=True)
    if isinstance(camera, PiCamera):
        from fanlight.vision.sources.picamera2 import PiCameraSource  # noqa: PLC0415 - Pi only

        return PiCameraSource(camera.width_px, camera.height_px, camera.fps)
    from fanlight.vision.sources.v4l2 import V4l2Source  # noqa: PLC0415 - seldom used

    return V4l2Source(camera.device, camera.width_px, camera.height_px, camera.fps)


def open_detector(config: Config, window: Window) -> Detector:
    """Load the configured model into the configured accelerator, to look at a window.

    Raises:
        Rejected: a model file is missing, broken or of another shape.
    """
    manifest = manifest_path(config)
    accelerator = config.accelerator
    if isinstance(accelerator, EdgeTpuAccelerator):
        return load_edgetpu_detector(
            manifest,
            config.mount.kind,
            window=window,
            library=accelerator.library,
            deadline_ms=accelerator.deadline_ms,
        )
    return load_detector(
        manifest,
        config.mount.kind,
        window=window,
        runtime=Runtime(accelerator.runtime),
        threads=accelerator.threads,
    )


def manifest_path(config: Config) -> Path:
    """Return the configured model package, or the one that ships.

    Raises:
        Rejected: no model is installed.
    """
    return Path(config.detector.manifest or model_file(Path("detector/manifest.toml")))


def model_file(name: Path) -> Path:
    """Find a file of models/, in the checkout or where the image installs it.

    Raises:
        Rejected: it is in neither.
    """
    for folder in MODELS:
        if (folder / name).is_file():
            return folder / name
    looked = ", ".join(str(folder) for folder in MODELS)
    raise Rejected("detector", f"{name} is in none of {looked}; set detector.manifest")


def describe_model(config: Config) -> str:
    """Read the configured model package, checking every hash, and name it.

    Raises:
        Rejected: a file is missing, broken or another one than promised.
    """
    path = manifest_path(config)
    manifest = read_manifest(path)
    return f"{manifest.file}, sha256 {manifest.sha256[:12]}, as promised"


def open_clock(config: Config) -> SystemClock:
    """Return the device's clock, trusting what the configuration trusts."""
    return SystemClock(Trust(config.clock.trust))


def open_ledger(config: Config) -> TinyLedger:
    """Return the device's ledger, not yet read."""
    return TinyLedger(Path(config.device.data_dir) / "ledger")


def places(config: Config) -> tuple[RowKey, ...]:
    """Name the rows that the configuration's lines and zones lead to."""
    return watched_places(
        (line.name for line in config.lines),
        (line.name for line in config.passing_lines),
        (zone.name for zone in config.zones),
    )


def counting_lines(lines: Iterable[Line]) -> tuple[CountingLine, ...]:
    """Turn configured lines into lines of the domain, in fractions of the picture."""
    return tuple(CountingLine(line.name, Point(*line.start), Point(*line.end)) for line in lines)


def zones(config: Config) -> tuple[Zone, ...]:
    """Turn configured zones into zones of the domain, in fractions of the picture."""
    return tuple(
        Zone(zone.name, tuple(Point(*corner) for corner in zone.corners)) for zone in config.zones
    )
