"""The `[links]` table of the configuration: over what counted hours go home."""

from __future__ import annotations

from typing import Annotated

import msgspec

from fanlight.app.section import Section

Interface = Annotated[str, msgspec.Meta(min_length=1, max_length=15, pattern=r"^[\w.-]+$")]
Port = Annotated[str, msgspec.Meta(pattern=r"^/dev/[\w./:-]+$", max_length=200)]
Pin = Annotated[int, msgspec.Meta(ge=2, le=27)]


class LteSection(Section, frozen=True):
    """An LTE modem at a serial port, and what its SIM card may cost."""

    apn: Annotated[str, msgspec.Meta(max_length=100, pattern=r"^[\w.-]*$")]
    at_port: Port = "/dev/ttyUSB2"
    data_port: Port = "/dev/ttyUSB3"
    monthly_bytes: Annotated[int, msgspec.Meta(ge=100_000, le=1_000_000_000_000)] = 1_000_000
    roaming: bool = False
    pin_file: str = ""
    user: Annotated[str, msgspec.Meta(max_length=64)] = ""
    password_file: str = ""
    power_pin: Pin | None = None


class LinksSection(Section, frozen=True):
    """The free link, and the metered one that is dialled where that does not get through."""

    interface: Interface = "wlan0"
    lte: LteSection | None = None


LINK_SECTIONS = (LteSection, LinksSection)


def trouble_with_links(links: LinksSection, *, has_uplinks: bool) -> str | None:
    """Return what is wrong with the links, None when nothing is."""
    if links.lte is None:
        return None
    if not has_uplinks:
        return "`links.lte` is there, but no `uplinks` to send anything to"
    if links.lte.at_port == links.lte.data_port:
        return "`links.lte`: at_port and data_port are two ports of the modem"
    return None
