"""What the configuration says of people: how they are seen, when they come, which classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from fanlight.app.section import Name, Place, Section
from fanlight.domain.mount import Mount
from fanlight.domain.week import Span, Week

if TYPE_CHECKING:
    from datetime import tzinfo

TimeSpan = Annotated[str, msgspec.Meta(pattern=r"^\d\d:\d\d-\d\d:\d\d$")]
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class MountSection(Section, frozen=True):
    """How the camera hangs: the kind of view, and the facts that give the floor in metres."""

    kind: Mount = Mount.OBLIQUE
    height_m: Annotated[float, msgspec.Meta(ge=1.5, le=12)] | None = None
    tilt_deg: Annotated[float, msgspec.Meta(ge=0, le=85)] | None = None
    field_deg: Annotated[float, msgspec.Meta(ge=20, le=150)] | None = None
    barrel: Annotated[float, msgspec.Meta(ge=0, le=0.5)] = 0.0

    @property
    def is_measured(self) -> bool:
        """Whether height, tilt and field are all given."""
        return None not in (self.height_m, self.tilt_deg, self.field_deg)


class WeekSection(Section, frozen=True):
    """Times of each day of the week, in the device's time zone."""

    mon: tuple[TimeSpan, ...] = ()
    tue: tuple[TimeSpan, ...] = ()
    wed: tuple[TimeSpan, ...] = ()
    thu: tuple[TimeSpan, ...] = ()
    fri: tuple[TimeSpan, ...] = ()
    sat: tuple[TimeSpan, ...] = ()
    sun: tuple[TimeSpan, ...] = ()

    def week(self, zone: tzinfo) -> Week:
        """Return the week in a time zone.

        Raises:
            ValueError: a span is none.
        """
        days = (getattr(self, day) for day in DAYS)
        return Week(tuple(tuple(Span.parse(text) for text in day) for day in days), zone)


class ClassesSection(Section, frozen=True):
    """Adults and children by their height, and the smallest number that is published."""

    by_height: bool = False
    adult_cm: Annotated[int, msgspec.Meta(ge=90, le=180)] = 140
    minimum_count: Annotated[int, msgspec.Meta(ge=3, le=100)] = 5


class StaffZone(Section, frozen=True):
    """A polygon in which only staff are."""

    name: Name
    corners: Annotated[tuple[Place, ...], msgspec.Meta(min_length=3, max_length=24)]


class Marker(Section, frozen=True):
    """What staff wear: a colour that clothes seldom have, or a reflector lit by the camera."""

    kind: Literal["colour", "reflective"] = "colour"
    hue_deg: Annotated[float, msgspec.Meta(ge=0, lt=360)] = 68.0
    hue_width_deg: Annotated[float, msgspec.Meta(gt=0, le=120)] = 24.0
    least_share: Annotated[float, msgspec.Meta(gt=0, lt=1)] = 0.06


class StaffSection(Section, frozen=True):
    """Who is staff: by place, by time, by what they wear; never by who they are."""

    zones: Annotated[tuple[StaffZone, ...], msgspec.Meta(max_length=8)] = ()
    hours: WeekSection = WeekSection()
    marker: Marker | None = None


PEOPLE_SECTIONS = (MountSection, WeekSection, ClassesSection, StaffZone, Marker, StaffSection)


def trouble_with_people(
    mount: MountSection, weeks: dict[str, WeekSection], *, by_height: bool
) -> str | None:
    """Return what breaks a rule that no single type can express, or None."""
    facts = {"height_m": mount.height_m, "tilt_deg": mount.tilt_deg, "field_deg": mount.field_deg}
    missing = [f"`mount.{name}`" for name, value in facts.items() if value is None]
    if 0 < len(missing) < len(facts):
        return f"{' and '.join(missing)} must be given with the other facts of the mounting"
    if by_height and missing:
        return "`classes.by_height` needs `mount.height_m`, `mount.tilt_deg` and `mount.field_deg`"
    for name, week in weeks.items():
        for day in DAYS:
            for index, text in enumerate(getattr(week, day)):
                try:
                    Span.parse(text)
                except ValueError as error:
                    return f"`{name}.{day}[{index}]`: {error}"
    return None
