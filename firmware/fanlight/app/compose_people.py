"""Composes what is known of people and places: the floor, the classes, the hours of business."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from fanlight.app.config import ClipCamera
from fanlight.domain.books import BooksSettings
from fanlight.domain.classes import ClassSettings, StatureClasses
from fanlight.domain.counts import Segment
from fanlight.domain.geometry import Point, Zone
from fanlight.domain.ground_plane import GroundPlane, Lens
from fanlight.domain.roaming import Floor
from fanlight.domain.staff import StaffZones
from fanlight.domain.stature import StatureScale
from fanlight.domain.week import BusinessDay
from fanlight.vision.marker import Marker, MarkerKind, MarkerSettings
from fanlight.vision.sources.clip import ClipSource

if TYPE_CHECKING:
    from fanlight.app.config import Config
    from fanlight.domain.staff import Judge
    from fanlight.domain.window import Window


def ground_plane(config: Config, width: float, height: float) -> GroundPlane | None:
    """Return the floor in a picture of that size, None where the mounting was not measured."""
    mount = config.mount
    if mount.height_m is None or mount.tilt_deg is None or mount.field_deg is None:
        return None
    lens = Lens(mount.field_deg, mount.barrel)
    return GroundPlane.of_picture(mount.height_m, mount.tilt_deg, lens, width, height)


def judges(config: Config, size_px: tuple[int, int], window: Window) -> tuple[Judge, ...]:
    """Return who says which class a track belongs to, the surest first, in px of the window."""
    found: list[Judge] = []
    if zones := staff_zones(config):
        corner = -window.left, -window.top
        found.append(StaffZones([zone.scaled(*size_px).moved(*corner) for zone in zones]))
    plane = ground_plane(config, *size_px)
    if config.classes.by_height and plane is not None:
        moved = plane.moved(-window.left, -window.top)
        scale = StatureScale(moved, window.width, window.height)
        found.append(StatureClasses(scale, ClassSettings(config.classes.adult_cm / 100)))
    return tuple(found)


def staff_zones(config: Config) -> tuple[Zone, ...]:
    """Return the zones that are for staff only, in fractions of the picture."""
    return tuple(
        Zone(zone.name, tuple(Point(*corner) for corner in zone.corners))
        for zone in config.staff.zones
    )


def marker(config: Config) -> Marker | None:
    """Return what staff wear, None where they wear nothing of the kind."""
    worn = config.staff.marker
    if worn is None:
        return None
    return Marker(
        MarkerSettings(
            MarkerKind(worn.kind), worn.hue_deg, worn.hue_width_deg, least_share=worn.least_share
        )
    )


def segments(config: Config) -> tuple[Segment, ...]:
    """Return the classes of people that this configuration can tell."""
    staff = config.staff
    told = (Segment.ADULT, Segment.CHILD) if config.classes.by_height else ()
    hours = any(getattr(staff.hours, day) for day in staff.hours.__struct_fields__)
    return (*told, Segment.STAFF) if staff.zones or staff.marker or hours else told


def books_settings(config: Config) -> BooksSettings:
    """Return how the books treat the hours of business, staff and the floor.

    Raises:
        Rejected: the recording that stands for a camera cannot be read.
    """
    zone = ZoneInfo(config.device.timezone)
    staff = config.staff.hours.week(zone)
    return BooksSettings(
        day=BusinessDay(config.opening.week(zone)), staff=staff or None, floor=_floor(config)
    )


def _floor(config: Config) -> Floor | None:
    """Return the floor in a picture of width 1."""
    if not config.mount.is_measured:
        return None
    width, height = _picture_size(config)
    plane = ground_plane(config, 1.0, height / width)
    return None if plane is None else Floor(plane, height / width)


def _picture_size(config: Config) -> tuple[int, int]:
    camera = config.camera
    if not isinstance(camera, ClipCamera):
        return camera.width_px, camera.height_px
    with closing(ClipSource(Path(camera.path), paced=False)) as clip:
        return clip.width, clip.height
