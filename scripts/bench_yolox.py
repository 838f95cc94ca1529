# ruff: noqa: INP001 - a program's part, not a package
"""YOLOX-nano as a detector for the sealed room, to compare with.

Source: Ge et al., YOLOX: Exceeding YOLO Series in 2021; the network's first step (Focus) is not
part of its 8-bit graph, its boxes are offsets in cells of strides 8, 16 and 32.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from fanlight.domain.tracking import Detections
from fanlight.vision.interpreter import Runtime, open_interpreter
from fanlight.vision.ssd import real_values, suppress

if TYPE_CHECKING:
    from pathlib import Path

    from fanlight.domain.moment import Cause
    from fanlight.domain.window import Window
    from fanlight.vision.frame import Frame

SIDE = 416
STRIDES = (8, 16, 32)
GREY = 114
FLOOR, OVERLAP = 0.25, 0.45
"""The thresholds of the publisher's demo."""
OBJECT, PERSON = 4, 5


class Yolox:
    """Finds people in the window of BGR frames; the room's `Finder`."""

    causes: frozenset[Cause] = frozenset()

    def __init__(self, model: Path, window: Window) -> None:
        self._interpreter = open_interpreter(model, Runtime.LITERT)
        self._window = window
        self._shrink = min(SIDE / window.width, SIDE / window.height)
        self._picture = np.full((SIDE, SIDE, 3), GREY, np.uint8)
        self._real = real_values(self._interpreter.output_specs[0])
        grids = [np.indices((SIDE // stride,) * 2)[::-1].reshape(2, -1).T for stride in STRIDES]
        self._cells = np.concatenate(grids).astype(np.float32)
        counts = [len(grid) for grid in grids]
        self._strides = np.repeat(np.array(STRIDES, np.float32), counts)[:, None]

    def show(self, frame: Frame) -> None:
        """Write the window into the network's input, every second pixel in channels of its own."""
        window = self._window
        rows = slice(window.top, window.top + window.height)
        columns = slice(window.left, window.left + window.width)
        size = round(window.width * self._shrink), round(window.height * self._shrink)
        cv2.resize(frame.pixels[rows, columns], size, dst=self._picture[: size[1], : size[0]])
        given = self._interpreter.input()[0].view(np.uint8)
        for place, (down, across) in enumerate(((0, 0), (1, 0), (0, 1), (1, 1))):
            given[..., 3 * place : 3 * place + 3] = self._picture[down::2, across::2]
        np.bitwise_xor(given, 0x80, out=given)

    def infer(self) -> None:
        """Run the network."""
        self._interpreter.invoke()

    def detections(self) -> Detections:
        """Return the people found, in px of the window."""
        stored = self._interpreter.outputs()[0][0]
        scores = self._real[stored[:, OBJECT].view(np.uint8)]
        scores = scores * self._real[stored[:, PERSON].view(np.uint8)]
        chosen = np.flatnonzero(scores >= FLOOR)
        chosen = chosen[np.argsort(-scores[chosen], kind="stable")]
        codes = self._real[stored[chosen, :4].view(np.uint8)]
        strides = self._strides[chosen]
        centres = (codes[:, :2] + self._cells[chosen]) * strides
        halves = np.exp(codes[:, 2:]) * strides / 2
        boxes = np.concatenate((centres - halves, centres + halves), axis=1) / self._shrink
        window = self._window
        boxes = np.clip(boxes, 0, (window.width, window.height) * 2)
        kept = suppress(boxes, OVERLAP)
        return Detections.of_boxes(boxes[kept], scores[chosen][kept])

    def scrub(self) -> None:
        """Overwrite the picture."""
        self._picture.fill(GREY)
        self._interpreter.scrub()

    def forget(self) -> None:
        """Overwrite feature maps."""
        self._interpreter.forget()

    def rest(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Release the network."""
        self._interpreter.close()
