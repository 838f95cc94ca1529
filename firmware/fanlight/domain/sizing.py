"""How large a person should look where, and what of a mounting speaks against counting there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from fanlight.domain.geometry import Point

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from fanlight.domain.geometry import CountingLine
    from fanlight.domain.ground_plane import GroundPlane

STATURE_M: Final = 1.70
SHOULDERS_M: Final = 0.45
_DEPTH: Final = 0.6
"""A body from front to back, as a share of its shoulders' width."""
_RINGS: Final = ((0.0, 0.6), (0.45, 0.9), (0.82, 1.0), (0.9, 0.45), (1.0, 0.35))
"""Heights as shares of the stature, and widths there as shares of the shoulders' width."""
_POINTS: Final = 16
FARTHEST_M: Final = 50.0
NETWORK_PX: Final = 320.0
LEAST_PERSON_PX: Final = 24.0
LEAST_ROOM_M: Final = 0.40
MOST_CUT: Final = 0.1
HEIGHTS_M: Final = (2.2, 6.0)
STEEPEST_DEG: Final = 60.0
_ALONG: Final = (0.25, 0.5, 0.75)
_ROOM_STEPS: Final = 8


@dataclass(frozen=True, slots=True)
class PersonOutline:
    """An upright body in a picture: a convex polygon around it, and where its feet are.

    Places are fractions of the picture's width and height; they may lie outside 0 to 1.
    """

    corners: tuple[Point, ...]
    feet: Point

    @property
    def width(self) -> float:
        """How wide the outline is, as a share of the picture's width."""
        xs = [corner.x for corner in self.corners]
        return max(xs) - min(xs)

    @property
    def cut(self) -> float:
        """How much of it lies beyond one border of the picture, as a share of its length there."""
        beyond: list[float] = []
        for places in zip(*((corner.x, corner.y) for corner in self.corners), strict=True):
            low, high = min(places), max(places)
            beyond.append(min(max(-low, high - 1.0, 0.0) / (high - low), 1.0))
        return max(beyond)


class AdviceCode(StrEnum):
    """What an installer should look at again."""

    PERSON_TOO_SMALL = "person_too_small"
    LINE_NEAR_BORDER = "line_near_border"
    BODY_CUT = "body_cut"
    HEIGHT_UNUSUAL = "height_unusual"
    TILT_UNUSUAL = "tilt_unusual"
    LINE_OFF_FLOOR = "line_off_floor"


class Advice(NamedTuple):
    """One thing to look at again, with the numbers that say why."""

    code: AdviceCode
    facts: Mapping[str, float | str]


def person_outline(
    plane: GroundPlane,
    feet: Point,
    *,
    stature_m: float = STATURE_M,
    shoulders_m: float = SHOULDERS_M,
) -> PersonOutline | None:
    """Return how a person looks who stands at `feet`, a place in fractions of the picture.

    The body faces the camera. `plane` is of the whole picture, as `GroundPlane.of_picture` makes
    it. None where no floor is: above the horizon or more than 50 m away.
    """
    size = _size(plane)
    ((x_m, y_m),) = plane.places(np.array([[feet.x, feet.y]]) * size)
    away_m = float(np.hypot(x_m, y_m))
    if not away_m <= FARTHEST_M:
        return None
    ahead = np.array([x_m, y_m]) / away_m if away_m > 0.0 else np.array([0.0, 1.0])
    aside = np.array([ahead[1], -ahead[0]])
    turns = np.linspace(0.0, 2.0 * np.pi, _POINTS, endpoint=False)
    ring = np.outer(np.cos(turns), aside) + _DEPTH * np.outer(np.sin(turns), ahead)
    body = [
        np.column_stack(
            [ring * (width * shoulders_m / 2.0) + (x_m, y_m), np.full(_POINTS, height * stature_m)]
        )
        for height, width in _RINGS
    ]
    seen = plane.pixels(np.concatenate(body)) / size
    corners = _hull(seen[np.isfinite(seen).all(axis=1)])
    return PersonOutline(corners, feet) if len(corners) >= 3 else None


def mounting_advice(
    plane: GroundPlane, lines: Sequence[CountingLine], *, network_px: float = NETWORK_PX
) -> list[Advice]:
    """Return what speaks against a mounting and its lines, each line's worst place counting.

    `lines` are in fractions of the picture; the middle of a body's box meets them, so they are
    taken as lines at half its height. `plane` is of the whole picture, and `network_px` is how many
    px of the network's input show the picture's width.
    """
    advice: list[Advice] = []
    lowest_m, highest_m = HEIGHTS_M
    if not lowest_m <= plane.height_m <= highest_m:
        advice.append(
            Advice(
                AdviceCode.HEIGHT_UNUSUAL,
                {"height_m": plane.height_m, "least_m": lowest_m, "most_m": highest_m},
            )
        )
    if plane.tilt_deg > STEEPEST_DEG:
        advice.append(
            Advice(AdviceCode.TILT_UNUSUAL, {"tilt_deg": plane.tilt_deg, "most_deg": STEEPEST_DEG})
        )
    for line in lines:
        advice += _line_advice(plane, line, network_px)
    return advice


def _line_advice(plane: GroundPlane, line: CountingLine, network_px: float) -> list[Advice]:
    """Return what speaks against one line, looking at its middle and both its quarters."""
    size = _size(plane)
    middles = plane.places(_places(line) * size, STATURE_M / 2.0)
    feet = plane.pixels(np.column_stack([middles, np.zeros(len(middles))])) / size
    people = [person_outline(plane, Point(x, y)) for x, y in feet.tolist()]
    whole = [person for person in people if person is not None]
    if len(whole) < len(people):
        return [Advice(AdviceCode.LINE_OFF_FLOOR, {"line": line.name})]
    advice: list[Advice] = []
    person_px = min(person.width for person in whole) * network_px
    if person_px < LEAST_PERSON_PX:
        advice.append(
            Advice(
                AdviceCode.PERSON_TOO_SMALL,
                {"line": line.name, "person_px": person_px, "least_px": LEAST_PERSON_PX},
            )
        )
    room_m = _room_m(plane, line)
    if room_m < LEAST_ROOM_M:
        advice.append(
            Advice(
                AdviceCode.LINE_NEAR_BORDER,
                {"line": line.name, "room_m": room_m, "least_m": LEAST_ROOM_M},
            )
        )
    cut = max(person.cut for person in whole)
    if cut > MOST_CUT:
        advice.append(
            Advice(AdviceCode.BODY_CUT, {"line": line.name, "cut": cut, "most": MOST_CUT})
        )
    return advice


def _room_m(plane: GroundPlane, line: CountingLine) -> float:
    """Return how far one can walk straight on or back from the line and stay in the picture.

    0.40 m is the most that is looked for; the ends of a line may touch the border, as in a door as
    wide as the picture.
    """
    size = _size(plane)
    middles = plane.places(_places(line) * size, STATURE_M / 2.0)
    run = middles[-1] - middles[0]
    across = np.array([run[1], -run[0]]) / np.hypot(*run)
    for step in range(1, _ROOM_STEPS + 1):
        away_m = step * LEAST_ROOM_M / _ROOM_STEPS
        walked = np.concatenate([middles + across * away_m, middles - across * away_m])
        seen = plane.pixels(np.column_stack([walked, np.full(len(walked), STATURE_M / 2.0)])) / size
        if not ((seen >= 0.0) & (seen <= 1.0)).all():
            return away_m - LEAST_ROOM_M / _ROOM_STEPS
    return LEAST_ROOM_M


def _places(line: CountingLine) -> NDArray[np.float64]:
    """Return the middle of a line and both its quarters (3, 2)."""
    start, end = (np.array([place.x, place.y]) for place in (line.start, line.end))
    shares = np.array(_ALONG)[:, None]
    places: NDArray[np.float64] = start + shares * (end - start)
    return places


def _size(plane: GroundPlane) -> NDArray[np.float64]:
    """Return the picture's width and height in the plane's px."""
    return 2.0 * np.array(plane.middle)


def _hull(places: NDArray[np.float64]) -> tuple[Point, ...]:
    """Return the corners of the convex hull, by Andrew's monotone chain (1979)."""
    ordered: list[tuple[float, float]] = sorted({(x, y) for x, y in places.tolist()})
    return tuple(Point(x, y) for x, y in _chain(ordered)[:-1] + _chain(ordered[::-1])[:-1])


def _chain(ordered: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return one side of the hull."""
    side: list[tuple[float, float]] = []
    for place in ordered:
        while len(side) >= 2 and _turn(side[-2], side[-1], place) <= 0.0:
            side.pop()
        side.append(place)
    return side


def _turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
