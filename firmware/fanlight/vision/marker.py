"""Whether somebody who crosses wears the staff's marker: a colour or a reflector, nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from fanlight.domain.counts import Segment
from fanlight.domain.events import Crossing
from fanlight.domain.window import Window
from fanlight.vision.fit import Fit
from fanlight.vision.frame import Scratch
from fanlight.vision.model import Input

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fanlight.domain.events import Direction, Event
    from fanlight.domain.sightings import Tracks
    from fanlight.vision.frame import Frame, Pixels

WIDTH_PX, HEIGHT_PX = 32, 64
_SMALL: Final = Input(WIDTH_PX, HEIGHT_PX)
LEAST_BOX_PX = 8
_HUES: Final = 180
"""OpenCV writes a hue of 0 to 360 degrees in half degrees."""


class MarkerKind(StrEnum):
    """COLOUR: a hue, strong and not dark. REFLECTIVE: as bright as the sensor can tell."""

    COLOUR = "colour"
    REFLECTIVE = "reflective"


@dataclass(frozen=True, slots=True)
class MarkerSettings:
    """What staff wear, and how much of a body's box it covers at least.

    The hue lies within half of `hue_width_deg` of `hue_deg`; saturation and brightness are shares
    of the most there is. Of a reflector only `least_glare` counts. The defaults fit fluorescent
    yellow, which lies towards green of the yellow that other clothes have.
    """

    kind: MarkerKind = MarkerKind.COLOUR
    hue_deg: float = 68.0
    hue_width_deg: float = 24.0
    least_saturation: float = 0.6
    least_brightness: float = 0.35
    least_glare: float = 0.97
    least_share: float = 0.06


class Marker:
    """Looks at the boxes of those who cross, on the frame on which they hold the far side.

    When a crossing is settled, most have left the picture; so who wears the marker is remembered
    until then, by track and no longer than the track. All that it reads of a picture goes through
    a scratch buffer that `scrub` overwrites.
    """

    def __init__(self, settings: MarkerSettings) -> None:
        self._settings = settings
        self._scratch = Scratch()
        self._staff: set[tuple[int, str, Direction]] = set()

    def look(
        self,
        frame: Frame,
        holding: tuple[Crossing, ...],
        tracks: Tracks,
        corner_px: tuple[int, int],
    ) -> tuple[Crossing, ...]:
        """Return those who hold a far side as of this frame, who wears the marker being staff.

        `corner_px` is where on the frame the tracks' pixels begin. Call it on every frame that
        somebody holds a side on, before `settled`.
        """
        for each in holding:
            (row,) = np.flatnonzero(tracks.ids == each.track)
            x1, y1, x2, y2 = (tracks.boxes[row] + np.tile(corner_px, 2)).tolist()
            worn = self.share(frame, (x1, y1, x2, y2)) >= self._settings.least_share
            (self._staff.add if worn else self._staff.discard)(_passage(each))
        return tuple(self._told(each) for each in holding)

    def settled(self, events: tuple[Event, ...], live: Sequence[int]) -> tuple[Event, ...]:
        """Return the events, crossings of who wore the marker being those of staff.

        Of tracks other than the `live` ones nothing is remembered afterwards.
        """
        told = tuple(
            self._told(event) if isinstance(event, Crossing) else event for event in events
        )
        if self._staff:
            held = frozenset(live)
            self._staff = {passage for passage in self._staff if passage[0] in held}
        return told

    def share(self, frame: Frame, box: tuple[float, float, float, float]) -> float:
        """Return how much of a box, x1, y1, x2, y2 px of the frame, shows the marker: 0 to 1.

        A box of which less than 8 px lie on the frame shows nothing.
        """
        left, top = (2 * (max(0, round(value)) // 2) for value in box[:2])
        right, bottom = min(frame.width, round(box[2])), min(frame.height, round(box[3]))
        width, height = (2 * (length // 2) for length in (right - left, bottom - top))
        if min(width, height) < LEAST_BOX_PX:
            return 0.0
        picture = self._scratch.buffer("picture", (HEIGHT_PX, WIDTH_PX, 3))
        fit = Fit(_SMALL, Window(left, top, width, height))
        fit.fill(picture, frame, self._scratch)
        hsv = self._scratch.buffer("hsv", picture.shape)
        cv2.cvtColor(picture, cv2.COLOR_RGB2HSV, dst=hsv)
        return self._marked(hsv) / (WIDTH_PX * HEIGHT_PX)

    def scrub(self) -> None:
        """Overwrite every pixel that it holds."""
        self._scratch.scrub()

    def _told(self, crossing: Crossing) -> Crossing:
        if _passage(crossing) not in self._staff:
            return crossing
        return replace(crossing, segment=Segment.STAFF)

    def _marked(self, hsv: Pixels) -> int:
        """Count the pixels of the marker."""
        wanted = self._settings
        if wanted.kind is MarkerKind.REFLECTIVE:
            return self._count(hsv, (0, 0, 255 * wanted.least_glare), (_HUES, 255, 255))
        floor = 255 * wanted.least_saturation, 255 * wanted.least_brightness
        low = (wanted.hue_deg - wanted.hue_width_deg / 2.0) / 2.0
        high = (wanted.hue_deg + wanted.hue_width_deg / 2.0) / 2.0
        spans = [(max(low, 0.0), min(high, _HUES))]
        spans += [(low + _HUES, _HUES)] if low < 0.0 else []
        spans += [(0.0, high - _HUES)] if high > _HUES else []
        return sum(self._count(hsv, (start, *floor), (end, 255, 255)) for start, end in spans)

    def _count(
        self,
        hsv: Pixels,
        low: tuple[float, float, float],
        high: tuple[float, float, float],
    ) -> int:
        mask = self._scratch.buffer("mask", hsv.shape[:2])
        cv2.inRange(hsv, np.array(low, float), np.array(high, float), dst=mask)
        return int(cv2.countNonZero(mask))


def _passage(crossing: Crossing) -> tuple[int, str, Direction]:
    return crossing.track, crossing.line, crossing.direction
