"""Writes frames as an H.264 film that players and OpenCV read everywhere."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Self

import av

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    import numpy as np


class Film:
    """An MP4 file under way; a context manager that finishes it.

    One encoder thread and no time stamp of the day: the same frames give the same bytes.
    """

    def __init__(self, path: Path, width_px: int, height_px: int, fps: int, quality: int) -> None:
        self._file = av.open(str(path), "w", options={"movflags": "+faststart"})
        self._stream = self._file.add_stream("libx264", rate=Fraction(fps))
        self._stream.width, self._stream.height = width_px, height_px
        self._stream.pix_fmt = "yuv420p"
        self._stream.thread_count = 1
        self._stream.options = {"crf": str(quality), "preset": "slow", "threads": "1"}

    def __enter__(self) -> Self:
        return self

    def add(self, picture: np.ndarray) -> None:
        """Append a frame, (height, width, 3) uint8 RGB."""
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
        self._file.mux(self._stream.encode(frame))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self._file.mux(self._stream.encode(None))
        self._file.close()
