"""The part of the picture that is worth looking at: where the lines and zones are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fanlight.domain.geometry import Point

MARGIN = 0.25
"""Room on each side of lines and zones, as a share of the picture's shorter side."""


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle of a picture, in whole, even px from its top left corner."""

    left: int
    top: int
    width: int
    height: int

    @staticmethod
    def whole(width: int, height: int) -> Window:
        """Return the window that shows the whole picture."""
        return Window(0, 0, width, height)

    @staticmethod
    def around(places: Iterable[Point], width: int, height: int, aspect: float) -> Window:
        """Return the largest window of a network's proportions that has the places in its middle.

        `places` are fractions of a picture of `width` by `height` px, `aspect` is the width of
        the network's input over its height. The window is as high or as wide as the picture.
        Where places and margin do not fit into those proportions it is widened, in the extreme
        to the whole picture: people are then seen out of proportion, but nobody is missed.
        """
        xs, ys = zip(*((place.x * width, place.y * height) for place in places), strict=True)
        margin = MARGIN * min(width, height)
        wanted_width = max(height * aspect, max(xs) - min(xs) + 2 * margin)
        wanted_height = max(width / aspect, max(ys) - min(ys) + 2 * margin)
        left, shown_width = _centred((min(xs) + max(xs)) / 2, wanted_width, width)
        top, shown_height = _centred((min(ys) + max(ys)) / 2, wanted_height, height)
        return Window(left, top, shown_width, shown_height)


def _centred(centre: float, wanted: float, available: int) -> tuple[int, int]:
    """Return start and length, even, of what is wanted around a centre or all there is."""
    length = available if wanted >= available - 1 else 2 * round(wanted / 2)
    start = 2 * round(min(max(centre - length / 2, 0), available - length) / 2)
    return min(start, available - length), length
