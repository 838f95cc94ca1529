"""The `[till]` table of the configuration: without it no totals are taken by the running device."""

from __future__ import annotations

from typing import Annotated

import msgspec

Port = Annotated[int, msgspec.Meta(ge=1024, le=65535)]


class TillSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How hourly totals of transactions come in: a folder always, HTTP only with a token file."""

    token_file: str = ""
    bind: str = "127.0.0.1"
    port: Port = 8087
