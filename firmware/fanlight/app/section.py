"""What the tables of the configuration are made of."""

from __future__ import annotations

from typing import Annotated

import msgspec

Fraction = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=r"^[\w .:-]+$")]
Place = tuple[Fraction, Fraction]


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the configuration file; a key that it does not know is an error."""
