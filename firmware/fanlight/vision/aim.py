"""The aiming view: edges of what has stood still for a while, made without keeping a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from fanlight.domain.aim import WIDTH, AimView, cells_high
from fanlight.vision.gradient import Gradient
from fanlight.vision.sharpness import sharpness

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fanlight.vision.frame import Frame, Scratch
    from fanlight.vision.gradient import Change

    Mask = NDArray[np.bool_]

LOOK_EVERY_MS: Final = 400
LONGEST_STEP_MS: Final = 1200
"""What happened in a longer pause was not seen, so no more of it counts as stillness."""
STILL_MS: Final = 3000
SETTLING_MS: Final = 10_000
NEWCOMER_MS: Final = 30_000
BOX_MARGIN: Final = 0.25
LEAST_MARGIN: Final = 6
REACH: Final = 6
"""Cells around a motion that are blanked with it."""
GAP: Final = 25
"""Motions as near as that in cells are of one body, so what lies between them is blanked too."""
UPHEAVAL: Final = 0.5
FEWEST_EDGES: Final = 40
LIGHT_STEP: Final = 0.1


class Aim:
    """Shows an installer where the camera looks: edges, once they have stood still for 3 s.

    From one look to the next it keeps no grey value of any cell, only 2 bits (no edge, or into
    which third of the compass brightness rises there), the same 2 bits of what has been shown, and
    counters. A cell whose 2 bits change moves: it, its surroundings and what lies between two
    motions are blanked until 3 s later. So is what lies in a person's box, of which not even the 2
    bits are kept. The mean brightness and the noise are kept for the picture as a whole. When half
    of the edges all over the picture change, or its brightness jumps, everything starts again.

    Limits: who is not detected and does not move by a cell (1/160 of the width) for 30 s appears
    as an outline of cells, within 3 s if the session or the whole picture changed less than 10 s
    ago. So does the inside of an edge longer than 25 cells that moves along itself. Until the next
    look, the 2 bits hold such an outline of somebody undetected who moves.
    """

    def __init__(self, width_px: int, height_px: int) -> None:
        self._size_px = (width_px, height_px)
        shape = cells_high(width_px, height_px), WIDTH
        self._cells = np.tile((WIDTH / width_px, shape[0] / height_px), 2)
        self._gradient = Gradient(shape)
        self._covered = np.zeros(shape, np.bool_)
        self._were_covered = np.zeros(shape, np.bool_)
        self._known = np.zeros(shape, np.uint8)
        self._stood_ms = np.zeros(shape, np.uint16)
        self._blank_ms = np.zeros(shape, np.uint16)
        self._session_ms = 0
        self._light = 0.0
        self._at_ns = 0
        self._looked = False

    def look(
        self, frame: Frame, scratch: Scratch, boxes: NDArray[np.float64], at_ns: int
    ) -> AimView | None:
        """Return the view 400 ms or more after the last one, otherwise None.

        `boxes` (n, 4) are the people found, x1, y1, x2, y2 in px of the frame; call it on every
        frame, so that none of them is missed. The scratch is the caller's to scrub.

        Raises:
            ValueError: the frame is of another size.
        """
        if (frame.width, frame.height) != self._size_px:
            raise ValueError(f"{frame!r} is not of the size {self._size_px} that is aimed at")
        if self._looked and at_ns < self._at_ns:
            self.forget()
        self._cover(boxes)
        elapsed_ms = (at_ns - self._at_ns) // 1_000_000 if self._looked else LOOK_EVERY_MS
        if elapsed_ms < LOOK_EVERY_MS:
            return None
        self._at_ns = at_ns
        change = self._gradient.renew(frame, scratch, self._covered)
        self._age(min(elapsed_ms, LONGEST_STEP_MS), change.cells)
        self._blank(self._covered)
        if self._looked:
            self._judge(change)
        self._light, self._looked = change.light, True
        self._turn_covers()
        blanked = self._blank_ms > 0
        shown = self._settled() & (self._stood_ms >= STILL_MS) & ~blanked
        focus = sharpness(frame, scratch, self._gradient.edges & ~blanked, ~blanked)
        return AimView.of_cells(shown, blanked, change.light, focus)

    def forget(self) -> None:
        """Overwrite everything that was learnt of the picture."""
        self._gradient.forget()
        for cells in (self._covered, self._were_covered, self._known):
            cells.fill(0)
        for counters in (self._stood_ms, self._blank_ms):
            counters.fill(0)
        self._session_ms, self._at_ns = 0, 0
        self._light, self._looked = 0.0, False

    def close(self) -> None:
        """Forget; harmless when repeated."""
        self.forget()

    def _cover(self, boxes: NDArray[np.float64]) -> None:
        """Cover the boxes, each with a margin, until the next look."""
        for x1, y1, x2, y2 in (boxes * self._cells).tolist():
            wide, high = (max(BOX_MARGIN * side, LEAST_MARGIN) for side in (x2 - x1, y2 - y1))
            top, left = max(int(y1 - high), 0), max(int(x1 - wide), 0)
            bottom, right = max(int(y2 + high) + 1, 0), max(int(x2 + wide) + 1, 0)
            self._covered[top:bottom, left:right] = True

    def _turn_covers(self) -> None:
        """Begin to collect the boxes of the next look."""
        np.copyto(self._were_covered, self._covered)
        self._covered.fill(0)

    def _blank(self, cells: Mask) -> None:
        self._stood_ms[cells] = 0
        self._blank_ms[cells] = STILL_MS

    def _age(self, elapsed_ms: int, changed: Mask) -> None:
        """Let the time pass since the last look; an edge that changed begins anew."""
        self._session_ms = min(self._session_ms + elapsed_ms, NEWCOMER_MS)
        np.minimum(self._stood_ms, NEWCOMER_MS, out=self._stood_ms)
        self._stood_ms += np.uint16(elapsed_ms)
        self._stood_ms[changed | ~self._gradient.edges] = 0
        np.maximum(self._blank_ms, elapsed_ms, out=self._blank_ms)
        self._blank_ms -= np.uint16(elapsed_ms)

    def _judge(self, change: Change) -> None:
        """Blank what moves, and settle which edges belong to the place."""
        open_cells = ~(self._covered | self._were_covered)
        changed = change.clear & open_cells
        moving = _around(changed)
        self._blank(moving)
        edges = int((open_cells & (self._gradient.edges | changed)).sum())
        upheaval = edges >= FEWEST_EDGES and changed.sum() > UPHEAVAL * edges
        whole = upheaval and moving.mean() > UPHEAVAL
        if whole or abs(change.light - self._light) > LIGHT_STEP:
            self._known.fill(0)
            self._blank(np.ones_like(moving))
            self._session_ms = 0
        wait_ms = STILL_MS if self._session_ms <= SETTLING_MS else NEWCOMER_MS
        np.copyto(self._known, self._gradient.signs, where=self._stood_ms >= wait_ms)

    def _settled(self) -> Mask:
        """Return the edges that are as they were when they came to belong to the place."""
        settled: Mask = self._gradient.edges & (self._known == self._gradient.signs)
        return settled


def _around(changed: Mask) -> Mask:
    """Return the cells on, near and between changes."""
    body = np.ones((GAP, GAP), np.uint8)
    # The rim keeps closing from depending on how OpenCV looks beyond the picture.
    rimmed = np.pad(changed.view(np.uint8), GAP)
    joined = cv2.morphologyEx(rimmed, cv2.MORPH_CLOSE, body)[GAP:-GAP, GAP:-GAP]
    around = cv2.dilate(joined, np.ones((2 * REACH + 1, 2 * REACH + 1), np.uint8))
    return np.asarray(around, np.bool_)
