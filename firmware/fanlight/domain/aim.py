"""What an installer sees while aiming the camera: edges that stand still, and never a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

WIDTH: Final = 160
TALLEST: Final = 320
"""A picture twice as high as wide; nothing larger leaves the room."""


@dataclass(frozen=True, slots=True)
class AimView:
    """One look at what does not move, `width` x `height` cells, one bit a cell.

    `bits` are the cells that show an edge, `blanked` those that show nothing because something
    moves or a person is there, each row by row, the most significant bit leftmost. `light` is
    the mean brightness, `focus` how sharp the still part is (only good to be compared with itself
    while somebody turns the lens), `still_share` the share of cells that are not blanked; each
    from 0 to 1.

    Raises:
        ValueError: the view is of another size, a share is outside 0 to 1, or a blanked cell shows
            an edge.
    """

    width: int
    height: int
    bits: bytes
    blanked: bytes
    light: float
    focus: float
    still_share: float

    def __post_init__(self) -> None:
        if self.width != WIDTH or self.height != cells_high(self.width, self.height):
            raise ValueError(f"an aiming view cannot be {self.width} x {self.height} cells")
        wanted = self.width * self.height // 8
        if not len(self.bits) == len(self.blanked) == wanted:
            raise ValueError(
                f"an aiming view of {self.width} x {self.height} cells has {wanted} bytes, not "
                f"{len(self.bits)} and {len(self.blanked)}"
            )
        if not all(0.0 <= share <= 1.0 for share in (self.light, self.focus, self.still_share)):
            raise ValueError("light, focus and still_share lie between 0 and 1")
        if int.from_bytes(self.bits, "big") & int.from_bytes(self.blanked, "big"):
            raise ValueError("a blanked cell shows an edge")

    @staticmethod
    def of_cells(
        shown: NDArray[np.bool_], blanked: NDArray[np.bool_], light: float, focus: float
    ) -> AimView:
        """Return the view of two masks of the same shape (height, width)."""
        height, width = shown.shape
        still_share = 1.0 - float(blanked.mean())
        bits, hidden = (np.packbits(mask).tobytes() for mask in (shown, blanked))
        return AimView(width, height, bits, hidden, light, focus, still_share)


def cells_high(width_px: int, height_px: int) -> int:
    """Return how many cells high the view of a picture is: even, at least 2, bounded."""
    return min(max(2 * round(WIDTH * height_px / width_px / 2), 2), TALLEST)
