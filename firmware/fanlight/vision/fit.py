"""Frames of any size and layout -> the picture that a network wants, and boxes the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from fanlight.vision.frame import Layout

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fanlight.vision.frame import Frame, Pixels, Scratch
    from fanlight.vision.model import Input

LETTERBOX_GREY = 127

# Pixels stay in the room's one thread; for pictures this small a second one only costs time.
cv2.setNumThreads(0)


class Fit:
    """Brings frames to the input's size, either stretched or with grey bars at right and bottom.

    All pixels go through `Scratch` buffers and the destination; nothing is allocated per frame.
    """

    def __init__(self, wanted: Input) -> None:
        self._wanted = wanted
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
            _shrink(frame.pixels, target)
        elif frame.layout is Layout.BGR:
            small = scratch.buffer("small", (height, width, 3))
            _shrink(frame.pixels, small)
            cv2.cvtColor(small, cv2.COLOR_BGR2RGB, dst=target)
        else:
            small = scratch.buffer("small", (height * 3 // 2, width))
            size = (frame.width, frame.height)
            for wide, narrow in zip(
                _planes(frame.pixels, size), _planes(small, self._size), strict=True
            ):
                _shrink(wide, narrow)
            cv2.cvtColor(small, cv2.COLOR_YUV2RGB_I420, dst=target)

    def to_frame(self, boxes: NDArray[np.float32]) -> NDArray[np.float32]:
        """Turn boxes in fractions of the picture into px of the frame last filled in."""
        return boxes * self._scale

    def _measure(self, frame_width: int, frame_height: int) -> None:
        """Fix where a frame of this size goes, and how a box comes back."""
        wanted = self._wanted
        width, height = wanted.width, wanted.height
        if wanted.fit == "letterbox":
            shrink = min(wanted.width / frame_width, wanted.height / frame_height)
            width, height = (2 * round(size * shrink / 2) for size in (frame_width, frame_height))
        across = wanted.width / width * frame_width
        down = wanted.height / height * frame_height
        self._scale = np.array((across, down, across, down), np.float32)
        self._of, self._size = (frame_width, frame_height), (width, height)


def _shrink(source: Pixels, target: Pixels) -> None:
    height, width = target.shape[:2]
    cv2.resize(source, (width, height), dst=target, interpolation=cv2.INTER_LINEAR)


def _planes(pixels: Pixels, size: tuple[int, int]) -> tuple[Pixels, Pixels, Pixels]:
    """Return views of brightness and both colours of an I420 picture; the colours are halved."""
    width, height = size
    stride = pixels.shape[1]
    half_rows, half_stride = height // 2, stride // 2
    brightness, *colours = np.split(
        pixels.reshape(-1), (height * stride, height * stride + half_rows * half_stride)
    )
    u, v = (each.reshape(half_rows, half_stride)[:, : width // 2] for each in colours)
    return brightness.reshape(height, stride)[:, :width], u, v
