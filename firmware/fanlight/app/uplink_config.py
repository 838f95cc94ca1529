"""The `[[uplinks]]` tables of the configuration: where counted hours go."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

from fanlight.app.section import Name, Section

Url = Annotated[str, msgspec.Meta(min_length=8, max_length=400, pattern=r"^https?://[^\s]+$")]
Seconds = Annotated[float, msgspec.Meta(ge=1, le=50)]
EveryHours = Annotated[int, msgspec.Meta(ge=1, le=24)]

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]", "::1"})


class HttpsUplinkSection(Section, tag="https", tag_field="kind", frozen=True):
    """A collector, or another web address, by HTTPS."""

    name: Name
    url: Url
    acknowledge: Literal["answer", "status"] = "answer"
    ca_file: str = ""
    certificate_file: str = ""
    key_file: str = ""
    token_file: str = ""
    timeout_s: Seconds = 30.0
    every_h: EveryHours = 1


class MqttUplinkSection(Section, tag="mqtt", tag_field="kind", frozen=True):
    """An MQTT 5 broker, such as Home Assistant's."""

    name: Name
    host: Annotated[str, msgspec.Meta(min_length=1, max_length=253, pattern=r"^[^\s/]+$")]
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 8883
    prefix: Annotated[str, msgspec.Meta(min_length=1, max_length=60, pattern=r"^[\w/-]+$")] = (
        "fanlight"
    )
    tls: bool = True
    acknowledge: Literal["broker", "subscriber"] = "broker"
    home_assistant: bool = True
    ca_file: str = ""
    certificate_file: str = ""
    key_file: str = ""
    user: str = ""
    password_file: str = ""
    timeout_s: Seconds = 30.0
    every_h: EveryHours = 1


UPLINK_SECTIONS = (HttpsUplinkSection, MqttUplinkSection)
UplinkSection = HttpsUplinkSection | MqttUplinkSection


def trouble_with_uplinks(uplinks: tuple[UplinkSection, ...]) -> str | None:
    """Return what is wrong with the uplinks together, None when nothing is."""
    names = [uplink.name for uplink in uplinks]
    for name in names:
        if names.count(name) > 1:
            return f"two `uplinks` are named {name!r}; names are unique"
    for uplink in uplinks:
        if isinstance(uplink, HttpsUplinkSection) and not _is_address(uplink.url):
            return f"`uplinks` ({uplink.name}): {uplink.url!r} is no address"
        if _host_in_the_clear(uplink) not in {None, *LOOPBACK_HOSTS}:
            return f"`uplinks` ({uplink.name}): would send counts in the clear; use TLS"
        if uplink.key_file and not uplink.certificate_file:
            return f"`uplinks` ({uplink.name}): key_file goes with a certificate_file"
    return None


def _is_address(url: str) -> bool:
    """Whether an address can be taken apart and has a host."""
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _host_in_the_clear(uplink: UplinkSection) -> str | None:
    """Return the host to which an uplink goes without TLS, None where it has TLS."""
    if isinstance(uplink, MqttUplinkSection):
        return None if uplink.tls else uplink.host
    parts = urlsplit(uplink.url)
    return parts.hostname if parts.scheme == "http" else None
