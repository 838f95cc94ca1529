"""Which way brightness rises in the cells of a coarse picture: 2 bits, unmoved by noise."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import cv2
import numpy as np

from fanlight.vision.frame import Layout

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fanlight.vision.frame import Frame, Pixels, Scratch

    Mask = NDArray[np.bool_]
    Reals = NDArray[np.float32]

CENTRES_DEG: Final = (75.0, 195.0, 315.0)
"""The middles of the thirds of the compass, placed so that no upright edge lies between two."""
STEADY: Final = math.cos(math.radians(85.0))
"""A direction has changed when it lies more than 85 degrees from the middle of its old third."""
APPEARS: Final = 9.0
VANISHES: Final = 0.4
"""An edge appears at 9 times the noise and vanishes at 0.4 of that, so that noise toggles none."""
FAINTEST: Final = 20.0
"""A step of about 5 of 255 grey levels between cells: weaker edges are no use to an installer."""
CLEARLY: Final = 1.5
"""What appears with less than 1.5 times the strength needed may have been there all along."""
CALM_SHARE: Final = 0.25
NEW_SHARE: Final = 0.2
_SATURATED: Final = 255.0


class Change(NamedTuple):
    """Cells whose sign is another than before, those that noise does not explain, and the light.

    `light` is the picture's mean brightness, 0 to 1.
    """

    cells: Mask
    clear: Mask
    light: float


class Gradient:
    """Edges of a picture of that many cells (rows, columns), and where they changed.

    `signs` are 0 without an edge, or 1 to 3 for the third of the compass. What the gradient is
    computed from goes through scratch buffers; only masks of one bit a cell do not.
    """

    def __init__(self, shape: tuple[int, int]) -> None:
        self.signs = np.zeros(shape, np.uint8)
        self._noise = 0.0

    @property
    def edges(self) -> Mask:
        """The cells that show an edge."""
        return self.signs > 0

    def renew(self, frame: Frame, scratch: Scratch, covered: Mask) -> Change:
        """Take the picture's signs over, none for `covered` cells, and return what changed."""
        grey = _shrink(frame, scratch, self.signs.shape)
        across, down, strength = _slopes(grey, scratch)
        thirds = [_reals(f"third {centre:g}", grey, scratch) for centre in CENTRES_DEG]
        for third, centre in zip(thirds, CENTRES_DEG, strict=True):
            _project(across, down, centre, third)
        seen, clear = self._thresholded(strength, scratch)
        edges = seen & ~covered
        signs = np.zeros_like(self.signs)
        best = np.maximum(np.maximum(thirds[0], thirds[1], out=across), thirds[2], out=across)
        for sign, third in enumerate(thirds, 1):
            signs[edges & (third >= best)] = sign
        np.multiply(strength, STEADY, out=down)
        for sign, third in enumerate(thirds, 1):
            signs[edges & (self.signs == sign) & (third >= down)] = sign
        changed = signs != self.signs
        clear = changed & (clear | self.edges)
        np.copyto(self.signs, signs)
        return Change(changed, clear, float(cv2.mean(grey)[0]) / 255.0)

    def forget(self) -> None:
        """Overwrite the signs."""
        self.signs.fill(0)
        self._noise = 0.0

    def _thresholded(self, strength: Reals, scratch: Scratch) -> tuple[Mask, Mask]:
        """Return where an edge appears or has not vanished yet, and where there clearly is one."""
        capped = _reals("capped", strength, scratch)
        np.minimum(strength, _SATURATED, out=capped)
        levels = scratch.buffer("levels", strength.shape)
        np.copyto(levels, capped, casting="unsafe")
        calm = np.cumsum(cv2.calcHist([levels], [0], None, [256], [0, 256]).reshape(-1))
        noise = float(np.searchsorted(calm, CALM_SHARE * strength.size)) + 0.5
        self._noise += (noise - self._noise) * (NEW_SHARE if self._noise else 1.0)
        appears = min(max(APPEARS * self._noise, FAINTEST), 0.6 * _SATURATED)
        seen = (levels > appears) | (self.edges & (levels > VANISHES * appears))
        return seen, levels > CLEARLY * appears


def _shrink(frame: Frame, scratch: Scratch, shape: tuple[int, ...]) -> Pixels:
    """Return the picture's brightness by cells."""
    rows, columns = shape
    grey = scratch.buffer("aim grey", shape)
    pixels = frame.pixels[: frame.height, : frame.width]
    if frame.layout is Layout.I420:
        cv2.resize(pixels, (columns, rows), dst=grey, interpolation=cv2.INTER_AREA)
        return grey
    small = scratch.buffer("aim small", (rows, columns, 3))
    cv2.resize(pixels, (columns, rows), dst=small, interpolation=cv2.INTER_AREA)
    is_bgr = frame.layout is Layout.BGR
    cv2.cvtColor(small, cv2.COLOR_BGR2GRAY if is_bgr else cv2.COLOR_RGB2GRAY, dst=grey)
    return grey


def _reals(name: str, like: NDArray[np.generic], scratch: Scratch) -> Reals:
    """Return a float32 buffer of that shape; its content is undefined."""
    rows, columns = like.shape
    return scratch.buffer(f"aim {name}", (rows, columns * 4)).view(np.float32)


def _slopes(grey: Pixels, scratch: Scratch) -> tuple[Reals, Reals, Reals]:
    """Return how brightness rises to the right, downward and in all, by Sobel's kernel.

    Written out in place: OpenCV's filters would leave rows of the picture in freed memory.
    """
    level, smooth, across, down, strength = (
        _reals(name, grey, scratch) for name in ("level", "smooth", "across", "down", "strength")
    )
    np.copyto(level, grey)
    across.fill(0.0)
    down.fill(0.0)
    for rise, source, smoothed in ((across, level, smooth), (down.T, level.T, smooth.T)):
        np.add(source[:-2], source[2:], out=smoothed[1:-1])
        np.add(smoothed[1:-1], source[1:-1], out=smoothed[1:-1])
        np.add(smoothed[1:-1], source[1:-1], out=smoothed[1:-1])
        inner = smoothed[1:-1]
        np.subtract(inner[:, 2:], inner[:, :-2], out=rise[1:-1, 1:-1])
    np.hypot(across, down, out=strength)
    return across, down, strength


def _project(across: Reals, down: Reals, towards_deg: float, rise: Reals) -> None:
    """Write into `rise` how brightness rises in one direction."""
    x, y = math.cos(math.radians(towards_deg)), math.sin(math.radians(towards_deg))
    np.multiply(across, x / y, out=rise)
    np.add(rise, down, out=rise)
    np.multiply(rise, y, out=rise)
