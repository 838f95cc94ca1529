"""The `[[uplinks]]` tables of the configuration: where counted hours go."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

from fanlight.app.section import Name, Section

Url = Annotated[str, msgspec.Meta(min_length=8, max_length=400, pattern=r"^https?://[^\s]+$")]
Seconds = Annotated[float, msgspec.Meta(ge=1, le=50)]

PLAIN_HTTP_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]", "::1"})


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
    every_h: Annotated[int, msgspec.Meta(ge=1, le=24)] = 1


UPLINK_SECTIONS = (HttpsUplinkSection,)
UplinkSection = HttpsUplinkSection


def trouble_with_uplinks(uplinks: tuple[UplinkSection, ...]) -> str | None:
    """Return what is wrong with the uplinks together, None when nothing is."""
    names = [uplink.name for uplink in uplinks]
    for name in names:
        if names.count(name) > 1:
            return f"two `uplinks` are named {name!r}; names are unique"
    for uplink in uplinks:
        parts = urlsplit(uplink.url)
        if parts.scheme == "http" and parts.hostname not in PLAIN_HTTP_HOSTS:
            return (
                f"`uplinks` ({uplink.name}): {uplink.url} would send counts in the clear; use https"
            )
        if uplink.key_file and not uplink.certificate_file:
            return f"`uplinks` ({uplink.name}): key_file goes with a certificate_file"
    return None
