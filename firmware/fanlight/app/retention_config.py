"""The `[retention]` table of the configuration: without it no embedding is ever made."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

TimeOfDay = Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")]
Lag = Literal[0, 1, 2, 3, 7]


class RetentionSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The anonymous re-visit sketch: which embedder, how much privacy, and when the shop is open.

    `lags` are days between two visits; empty means all that the embedder's card allows.
    """

    embedder: str
    opens: TimeOfDay
    closes: TimeOfDay
    epsilon: Literal[1, 2, 4] = 2
    lags: tuple[Lag, ...] = ()
