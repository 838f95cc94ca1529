"""The composition root: the one file that names real and simulated parts."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from fanlight.adapters.ledger_tinydb import TinyLedger
from fanlight.adapters.system_clock import SystemClock, Trust
from fanlight.app.compose_people import judges, marker, segments, staff_zones
from fanlight.app.compose_retention import open_entrance
from fanlight.app.config import ClipCamera, EdgeTpuAccelerator, PiCamera
from fanlight.domain.counts import watched_places
from fanlight.domain.crossings import Doorway, DoorwaySettings
from fanlight.domain.geometry import CountingLine, Point, Zone
from fanlight.domain.tracking import Tracker, TrackerSettings
from fanlight.domain.window import Window
from fanlight.ports.errors import Rejected
from fanlight.services.health.temperature import hottest_zone_c
from fanlight.vision.aim import Aim
from fanlight.vision.card_reader import CardReader
from fanlight.vision.detector import load_detector, load_edgetpu_detector
from fanlight.vision.governor import Governor, Throttle
from fanlight.vision.interpreter import Runtime
from fanlight.vision.package import check_package, shipped_manifest
from fanlight.vision.room import Room
from fanlight.vision.setup_desk import SetupDesk
from fanlight.vision.sources.clip import ClipSource
from fanlight.vision.sources.repeated import RepeatedSource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fanlight.app.config import Config, Line
    from fanlight.domain.counts import RowKey
    from fanlight.vision.detector import Detector
    from fanlight.vision.model import Input
    from fanlight.vision.package import CheckedPackage
    from fanlight.vision.room import Finder
    from fanlight.vision.sketch import Entrance, LiveSketch
    from fanlight.vision.sources.port import FrameSource

REPOSITORY = Path(__file__).resolve().parents[3]
MODELS = (REPOSITORY / "models", Path("/usr/share/fanlight/models"))
DEMO = Path("render/demo/doorway.mp4")
INDEX = Path("detector/index.toml")


def open_room(
    config: Config, live: LiveSketch | None = None, watched: Callable[[], bool] | None = None
) -> Room:
    """Open camera, model and accelerator, and close the door behind them.

    People who come in are added to the `live` sketch, if there is one. With `watched` (whether
    anybody looks at the aiming view) it is the room of set-up mode.

    Raises:
        Rejected: a file is missing or broken.
        Gone: the camera or the accelerator is not there.
    """
    source = open_source(config) if watched is None else open_setup_source(config)
    try:
        desk = None if watched is None else open_desk(source, watched)
        entrance = None if live is None else open_entrance(config, live)
        return room_around(source, config, open_package(config), entrance, desk=desk)
    except BaseException:
        source.close()
        raise


def room_around(  # noqa: PLR0913 - the parts of the room
    source: FrameSource,
    config: Config,
    package: CheckedPackage,
    entrance: Entrance | None = None,
    make_doorway: Callable[..., Doorway] = Doorway,
    *,
    desk: SetupDesk | None = None,
) -> Room:
    """Close the sealed room around an open source, with that package's detector.

    Raises:
        Rejected: a model file is missing, broken or of another shape.
        Gone: the accelerator is not there.
    """
    window = Window.whole(source.width, source.height)
    if desk is None:
        window = window_of(config, package.manifest.input, source.width, source.height)
    detector = open_detector(config, package, window)
    return room_with(source, config, window, detector, entrance, make_doorway, desk=desk)


def room_with(  # noqa: PLR0913, PLR0917 - the parts of the room
    source: FrameSource,
    config: Config,
    window: Window,
    detector: Finder,
    entrance: Entrance | None = None,
    make_doorway: Callable[..., Doorway] = Doorway,
    *,
    desk: SetupDesk | None = None,
) -> Room:
    """Close the sealed room around an open source and a detector that looks at the window."""
    size = source.width, source.height
    corner = -window.left, -window.top
    mount = config.mount.kind
    return Room(
        source,
        detector,
        Tracker(TrackerSettings.for_mount(mount), window.width, window.height),
        make_doorway(
            DoorwaySettings.for_mount(mount),
            [line.scaled(*size).moved(*corner) for line in counting_lines(config.lines)],
            [line.scaled(*size).moved(*corner) for line in counting_lines(config.passing_lines)],
            [zone.scaled(*size).moved(*corner) for zone in zones(config)],
            judges(config, size, window),
        ),
        pixel_budget_ms=config.privacy.pixel_lifetime_budget_ms,
        window=window,
        throttle=Throttle(Governor(source.fps), hottest_zone_c) if source.live else None,
        entrance=entrance,
        marker=marker(config),
        desk=desk,
    )


def window_of(config: Config, wanted: Input, width_px: int, height_px: int) -> Window:
    """Return the part of a picture of that size that a network looks at."""
    lines = (*counting_lines(config.lines), *counting_lines(config.passing_lines))
    places = [place for line in lines for place in (line.start, line.end)]
    watched = (*zones(config), *staff_zones(config))
    places += [corner for zone in watched for corner in zone.corners]
    return Window.around(places, width_px, height_px, wanted.width / wanted.height)


def open_source(config: Config) -> FrameSource:
    """Open the camera that the configuration names.

    Raises:
        Rejected: a recording cannot be used.
        Gone: the camera is not there.
    """
    camera = config.camera
    if isinstance(camera, ClipCamera):
        open_clip = partial(ClipSource, Path(camera.path), paced=True)
        return RepeatedSource(open_clip) if camera.repeat else open_clip()
    if isinstance(camera, PiCamera):
        from fanlight.vision.sources.picamera2 import PiCameraSource  # noqa: PLC0415 - Pi only

        return PiCameraSource(camera.width_px, camera.height_px, camera.fps)
    from fanlight.vision.sources.v4l2 import V4l2Source  # noqa: PLC0415 - seldom used

    return V4l2Source(camera.device, camera.width_px, camera.height_px, camera.fps)


def open_setup_source(config: Config) -> FrameSource:
    """Open the camera at the size that set-up cards are read at.

    Raises:
        Rejected, Gone: as `open_source`.
    """
    setup = config.setup
    if setup is None or isinstance(config.camera, ClipCamera):
        return open_source(config)
    size = {"width_px": setup.width_px, "height_px": setup.height_px, "fps": setup.fps}
    return open_source(replace(config, camera=replace(config.camera, **size)))


def open_desk(source: FrameSource, watched: Callable[[], bool]) -> SetupDesk:
    """Return what reads cards and draws the aiming view."""
    return SetupDesk(CardReader(), Aim(source.width, source.height), watched)


def open_detector(config: Config, package: CheckedPackage, window: Window) -> Detector:
    """Load a package into the configured accelerator, to look at a window.

    Raises:
        Rejected: a model file is missing, broken or of another shape.
    """
    accelerator = config.accelerator
    if isinstance(accelerator, EdgeTpuAccelerator):
        return load_edgetpu_detector(
            package,
            config.mount.kind,
            window=window,
            library=accelerator.library,
            deadline_ms=accelerator.deadline_ms,
        )
    return load_detector(
        package,
        config.mount.kind,
        window=window,
        runtime=Runtime(accelerator.runtime),
        threads=accelerator.threads,
    )


def open_package(config: Config) -> CheckedPackage:
    """Read and check the configured detector package, or the one that ships for the mount.

    Raises:
        Rejected: a file is missing, broken or another one than promised.
    """
    if config.detector.manifest:
        return check_package(Path(config.detector.manifest))
    return check_package(shipped_manifest(model_file(INDEX), config.mount.kind))


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
    """Read the detector package, checking every hash, and name it.

    Raises:
        Rejected: a file is missing, broken or another one than promised.
    """
    package = open_package(config)
    manifest = package.manifest
    return f"{package}, {manifest.file}, sha256 {manifest.sha256[:12]}, as promised"


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
        segments(config),
    )


def counting_lines(lines: Iterable[Line]) -> tuple[CountingLine, ...]:
    """Turn configured lines into lines of the domain, in fractions of the picture."""
    return tuple(CountingLine(line.name, Point(*line.start), Point(*line.end)) for line in lines)


def zones(config: Config) -> tuple[Zone, ...]:
    """Turn configured zones into zones of the domain, in fractions of the picture."""
    return tuple(
        Zone(zone.name, tuple(Point(*corner) for corner in zone.corners)) for zone in config.zones
    )
