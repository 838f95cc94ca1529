"""The one schema of the device's configuration: a TOML file, checked to the last key.

Unknown keys are refused, bounds live in the types, and every key is described in
docs/operating/configuration.md (a test holds the two together).
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Literal
from zoneinfo import available_timezones

import msgspec

from fanlight.app.console_config import (
    CONSOLE_SECTIONS,
    ConsoleSection,
    PanelSection,
    SetupSection,
    trouble_with_console,
)
from fanlight.app.link_config import LINK_SECTIONS, LinksSection, trouble_with_links
from fanlight.app.metrics_config import MetricsSection
from fanlight.app.people_config import (
    PEOPLE_SECTIONS,
    ClassesSection,
    MountSection,
    StaffSection,
    WeekSection,
    trouble_with_people,
)
from fanlight.app.retention_config import RetentionSection
from fanlight.app.section import Name, Place, Section
from fanlight.app.till_config import TillSection
from fanlight.app.uplink_config import UPLINK_SECTIONS, UplinkSection, trouble_with_uplinks
from fanlight.ports.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


class ClipCamera(Section, tag="clip", tag_field="kind", frozen=True):
    """A recorded file in place of a camera, played in real time."""

    path: str
    repeat: bool = False


class V4l2Camera(Section, tag="v4l2", tag_field="kind", frozen=True):
    """A USB or other V4L2 camera."""

    device: str = "/dev/video0"
    width_px: Annotated[int, msgspec.Meta(ge=160, le=4096)] = 640
    height_px: Annotated[int, msgspec.Meta(ge=120, le=4096)] = 480
    fps: Annotated[float, msgspec.Meta(ge=1, le=60)] = 15.0


class PiCamera(Section, tag="picamera2", tag_field="kind", frozen=True):
    """A camera on the Raspberry Pi's CSI port."""

    width_px: Annotated[int, msgspec.Meta(ge=160, le=1920)] = 640
    height_px: Annotated[int, msgspec.Meta(ge=120, le=1080)] = 480
    fps: Annotated[float, msgspec.Meta(ge=1, le=60)] = 15.0


class CpuAccelerator(Section, tag="cpu", tag_field="kind", frozen=True):
    """Inference on the processor, by one of two interpreters."""

    runtime: Literal["litert", "tflite"] = "litert"
    threads: Annotated[int, msgspec.Meta(ge=1, le=4)] = 1


class EdgeTpuAccelerator(Section, tag="edgetpu", tag_field="kind", frozen=True):
    """Inference on a Coral Edge TPU, with the processor to fall back on."""

    library: str = "libedgetpu.so.1"
    deadline_ms: Annotated[float, msgspec.Meta(gt=0, le=1000)] = 100.0


class Device(Section, frozen=True):
    """Who this device is, and where it keeps its books."""

    name: Name = "door"
    timezone: str = "UTC"
    data_dir: str = "/var/lib/fanlight"


class Detector(Section, frozen=True):
    """Which model looks for people."""

    manifest: str = ""


class Line(Section, frozen=True):
    """A counting line: *in* goes to the right-hand side of a walk from start to end."""

    name: Name
    start: Place
    end: Place


class ZoneSection(Section, frozen=True):
    """A polygon in which visits and their length are measured."""

    name: Name
    corners: Annotated[tuple[Place, ...], msgspec.Meta(min_length=3, max_length=24)]


class Privacy(Section, frozen=True):
    """What the sealed room promises."""

    pixel_lifetime_budget_ms: Annotated[float, msgspec.Meta(gt=0, le=1000)] = 100.0


class Ladder(Section, frozen=True):
    """When a blind device climbs to the next rung of recovery."""

    look_deadline_s: Annotated[float, msgspec.Meta(gt=0, le=60)] = 2.0
    tries_before_reopen: Annotated[int, msgspec.Meta(ge=1, le=100)] = 3
    give_up_after_s: Annotated[float, msgspec.Meta(gt=0, le=3600)] = 120.0


class Books(Section, frozen=True):
    """How the ledger is kept."""

    checkpoint_s: Annotated[float, msgspec.Meta(ge=0.5, le=5)] = 5.0
    keep_days: Annotated[int, msgspec.Meta(ge=31, le=4000)] = 400


class ClockSection(Section, frozen=True):
    """What makes the wall clock trustworthy."""

    trust: Literal["synchronised", "rtc", "always"] = "synchronised"


class Log(Section, frozen=True):
    """How much the device tells its journal."""

    level: Literal["debug", "info", "warning", "error"] = "info"


class Config(Section, frozen=True):
    """Everything that can be set."""

    device: Device = Device()
    camera: ClipCamera | V4l2Camera | PiCamera = PiCamera()
    accelerator: CpuAccelerator | EdgeTpuAccelerator = CpuAccelerator()
    detector: Detector = Detector()
    mount: MountSection = MountSection()
    lines: Annotated[tuple[Line, ...], msgspec.Meta(max_length=8)] = (
        Line(name="door", start=(0.0, 0.5), end=(1.0, 0.5)),
    )
    passing_lines: Annotated[tuple[Line, ...], msgspec.Meta(max_length=8)] = ()
    zones: Annotated[tuple[ZoneSection, ...], msgspec.Meta(max_length=16)] = ()
    opening: WeekSection = WeekSection()
    classes: ClassesSection = ClassesSection()
    staff: StaffSection = StaffSection()
    privacy: Privacy = Privacy()
    ladder: Ladder = Ladder()
    books: Books = Books()
    clock: ClockSection = ClockSection()
    log: Log = Log()
    retention: RetentionSection | None = None
    till: TillSection | None = None
    uplinks: Annotated[tuple[UplinkSection, ...], msgspec.Meta(max_length=4)] = ()
    links: LinksSection = LinksSection()
    metrics: MetricsSection | None = None
    console: ConsoleSection | None = None
    panel: PanelSection | None = None
    setup: SetupSection | None = None


SECTIONS = (
    *(ClipCamera, V4l2Camera, PiCamera, CpuAccelerator, EdgeTpuAccelerator),
    *(Device, Detector, Line, ZoneSection, *PEOPLE_SECTIONS),
    *(Privacy, Ladder, Books, ClockSection, Log, RetentionSection, TillSection),
    *(*UPLINK_SECTIONS, *LINK_SECTIONS, MetricsSection, *CONSOLE_SECTIONS, Config),
)
_ALL_KEYS = sorted({key for section in SECTIONS for key in section.__struct_fields__})


def parse_config(text: bytes, origin: str) -> Config:
    """Read a configuration from TOML.

    Raises:
        ConfigError: names origin, path, value's trouble and the rule.
    """
    try:
        config = msgspec.toml.decode(text, type=Config)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{origin}: {_in_toml_words(str(error))}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{origin}: not valid TOML: {error}") from error
    _check_together(config, origin)
    return config


def load_config(path: Path) -> Config:
    """Read a configuration file.

    Raises:
        ConfigError: the file is missing, unreadable or breaks a rule.
    """
    return parse_config(read_config(path), str(path))


def read_config(path: Path) -> bytes:
    """Return a configuration file's bytes.

    Raises:
        ConfigError: the file is missing or unreadable.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be read ({error.strerror}); name another with --config"
        ) from error


def _in_toml_words(message: str) -> str:
    """Say a schema error as its writer would: TOML's words, and the key that was meant."""
    message = message.replace("`$.", "`").replace("Object", "Table").replace("`$`", "the file")
    unknown = re.search(r"unknown field `(\w+)`", message)
    meant = get_close_matches(unknown[1], _ALL_KEYS, n=1) if unknown else []
    return f"{message}; did you mean `{meant[0]}`?" if meant else message


def _check_together(config: Config, origin: str) -> None:
    """Hold the rules that no single type can express."""
    if config.device.timezone not in available_timezones():
        raise ConfigError(
            f"{origin}: `device.timezone` is {config.device.timezone!r}, which is no IANA time "
            "zone; write one such as 'Europe/Stockholm'"
        )
    weeks = {"opening": config.opening, "staff.hours": config.staff.hours}
    troubles = (
        trouble_with_people(config.mount, weeks, by_height=config.classes.by_height),
        trouble_with_uplinks(config.uplinks),
        trouble_with_links(config.links, has_uplinks=bool(config.uplinks)),
        trouble_with_console(config.console),
        _trouble_with_places(config),
    )
    for trouble in filter(None, troubles):
        raise ConfigError(f"{origin}: {trouble}")


def _trouble_with_places(config: Config) -> str | None:
    """Return what is wrong with the lines and zones together, None when nothing is."""
    names = [line.name for line in (*config.lines, *config.passing_lines)]
    names += [zone.name for zone in config.zones]
    names += [zone.name for zone in config.staff.zones]
    for name in names:
        if names.count(name) > 1:
            return f"two lines or zones are named {name!r}; names are unique"
    if not names:
        return "nothing to count: give at least one of `lines`, `zones`"
    for group, lines in (("lines", config.lines), ("passing_lines", config.passing_lines)):
        for index, line in enumerate(lines):
            if line.start == line.end:
                return (
                    f"`{group}[{index}]` ({line.name}) starts and ends at {line.start}; "
                    "a line needs a length"
                )
    return None
