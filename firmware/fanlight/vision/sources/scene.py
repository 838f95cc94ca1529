"""A drawn scene: frames without a camera or a clip."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from fanlight.ports.errors import Gone
from fanlight.vision.frame import Frame, Layout, Stamp

if TYPE_CHECKING:
    from collections.abc import Callable

    from fanlight.vision.frame import Pixels


class SceneSource:
    """Frames that `draw` makes: it is given the buffer (height x width x 3, BGR) and the index.

    Frames are `1 / fps` apart in scene time and come as fast as they are read; after `frames`
    of them the scene ends, without a number it goes on.
    """

    live = False

    def __init__(
        self,
        draw: Callable[[Pixels, int], None],
        size: tuple[int, int] = (320, 240),
        fps: float = 25.0,
        frames: int | None = None,
    ) -> None:
        self.width, self.height = size
        self.fps = fps
        self._draw = draw
        self._frames = frames
        self._pixels = np.zeros((self.height, self.width, 3), np.uint8)
        self._index = 0
        self._closed = False

    def read(self) -> Frame | None:
        """Draw and lease the next frame; None after the last.

        Raises:
            Gone: the scene has been closed.
        """
        if self._closed:
            raise Gone("scene", "it has been closed")
        if self._index == self._frames:
            return None
        index = self._index
        self._index += 1
        stamp = Stamp(round(index * 1e9 / self.fps), time.monotonic_ns(), index)
        frame = Frame(self._pixels, Layout.BGR, (self.width, self.height), stamp)
        self._draw(self._pixels, index)
        return frame

    def close(self) -> None:
        """Scrub the buffer; nothing can be read any more."""
        self._closed = True
        self._pixels.fill(0)
