"""Frames of any size and layout -> the picture that a network wants, and boxes the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from fanlight.domain.window import Window
from fanlight.vision.frame import Layout

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fanlight.vision.frame import Frame, Pixels, Scratch
    from fanlight.vision.model import Input

LETTERBOX_GREY = 127

# Pixels stay in the room's one thread; for pictures this small a second one only costs time.
cv2.setNumThreads(0)


class Fit:
    """Brings the window of a frame to the input's size, stretched or with grey bars.

    The bars are at right and bottom. Without a window the whole frame is shown. All pixels go
    through `Scratch` buffers and the destination; nothing is allocated per frame.
    """

    def __init__(self, wanted: Input, window: Window | None = None) -> None:
        self._wanted = wanted
        self._window = window or Window(0, 0, 0, 0)
        self._whole = window is None
        self._of = (0, 0)
        self._size = (0, 0)
        self._scale = np.ones(4, np.float32)

    def fill(self, picture: Pixels, frame: Frame, scratch: Scratch) -> None:
        """Write the frame into `picture`, uint8 height x width x 3, red first."""
        if self._of != (frame.width, frame.height):
            self._measure(frame.width, frame.height)
        width, height = self._size
        target = picture[:height, :width]
        if target.shape != picture.shape:
            picture[height:].fill(LETTERBOX_GREY)
            picture[:, width:].fill(LETTERBOX_GREY)
        if frame.layout is Layout.RGB:
            _shrink(_cut(frame.pixels, self._window), target)
        elif frame.layout is Layout.BGR:
            small = scratch.buffer("small", (height, width, 3))
            _shrink(_cut(frame.pixels, self._window), small)
            cv2.cvtColor(small, cv2.COLOR_BGR2RGB, dst=target)
        else:
            small = scratch.buffer("small", (height * 3 // 2, width))
            wide = _planes(frame.pixels, self._window, frame.height)
            narrow = _planes(small, Window.whole(width, height), height)
            for source, plane in zip(wide, narrow, strict=True):
                _shrink(source, plane)
            cv2.cvtColor(small, cv2.COLOR_YUV2RGB_I420, dst=target)

    def to_window(self, boxes: NDArray[np.float32]) -> NDArray[np.float32]:
        """Turn boxes in fractions of the picture into px of the window last filled in."""
        return boxes * self._scale

    def _measure(self, frame_width: int, frame_height: int) -> None:
        """Fix where the window of such a frame goes, and how a box comes back."""
        if self._whole:
            self._window = Window.whole(frame_width, frame_height)
        shown_width, shown_height = self._window.width, self._window.height
        wanted = self._wanted
        width, height = wanted.width, wanted.height
        if wanted.fit == "letterbox":
            shrink = min(wanted.width / shown_width, wanted.height / shown_height)
            width, height = (2 * round(size * shrink / 2) for size in (shown_width, shown_height))
        across = wanted.width / width * shown_width
        down = wanted.height / height * shown_height
        self._scale = np.array((across, down, across, down), np.float32)
        self._of, self._size = (frame_width, frame_height), (width, height)


def _shrink(source: Pixels, target: Pixels) -> None:
    height, width = target.shape[:2]
    cv2.resize(source, (width, height), dst=target, interpolation=cv2.INTER_LINEAR)


def _cut(pixels: Pixels, window: Window) -> Pixels:
    """Return a view of the window."""
    return pixels[window.top : window.top + window.height, window.left :][:, : window.width]


def _planes(pixels: Pixels, window: Window, height: int) -> tuple[Pixels, Pixels, Pixels]:
    """Return views of brightness and both colours in an I420 picture; the colours are halved."""
    stride = pixels.shape[1]
    half = Window(window.left // 2, window.top // 2, window.width // 2, window.height // 2)
    half_rows, half_stride = height // 2, stride // 2
    brightness, *colours = np.split(
        pixels.reshape(-1), (height * stride, height * stride + half_rows * half_stride)
    )
    u, v = (_cut(each.reshape(half_rows, half_stride), half) for each in colours)
    return _cut(brightness.reshape(height, stride), window), u, v
