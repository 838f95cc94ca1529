"""How the camera hangs: the one thing besides the line that an installer tells the counter."""

from __future__ import annotations

from enum import StrEnum


class Mount(StrEnum):
    """OVERHEAD looks straight down; OBLIQUE sees people from the front, back or side."""

    OVERHEAD = "overhead"
    OBLIQUE = "oblique"
