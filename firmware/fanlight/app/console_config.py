"""What the configuration says of the device's own page, its lamp and button, and set-up by card."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from fanlight.app.people_config import TimeSpan  # noqa: TC001 - msgspec reads it
from fanlight.app.section import Section
from fanlight.app.till_config import Port  # noqa: TC001 - as above

Pin = Annotated[int, msgspec.Meta(ge=2, le=27)]


class ConsoleSection(Section, frozen=True):
    """The page on the device; without the table nothing is served."""

    bind: str = "0.0.0.0"  # noqa: S104 - whoever is in the shop's network is to reach it
    port: Port = 443
    language: Literal["en", "de"] = "en"
    public_counts: bool = False
    certificate_file: str = ""
    key_file: str = ""


class PanelSection(Section, frozen=True):
    """Lamp and button, by the pins' BCM numbers; `night` dims the lamp."""

    lamp_pin: Pin | None = 18
    button_pin: Pin | None = 17
    night: TimeSpan = "21:00-07:00"


class SetupSection(Section, frozen=True):
    """Set-up by card; the camera's size while it is armed, for cards at arm's length.

    `ca_file` is the authority of receivers that come by card, where it is not a public one.
    """

    width_px: Annotated[int, msgspec.Meta(ge=640, le=4608)] = 2304
    height_px: Annotated[int, msgspec.Meta(ge=480, le=2592)] = 1296
    fps: Annotated[float, msgspec.Meta(ge=1, le=30)] = 8.0
    ca_file: str = ""


CONSOLE_SECTIONS = (ConsoleSection, PanelSection, SetupSection)


def trouble_with_console(console: ConsoleSection | None) -> str | None:
    """Return what is wrong with the table, None when nothing is."""
    if console is not None and bool(console.certificate_file) != bool(console.key_file):
        return "`console.certificate_file` and `console.key_file` go together"
    return None
