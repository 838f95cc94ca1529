"""A recorded clip that begins again at its end: a camera for demonstrations and trials."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from fanlight.vision.frame import Frame
    from fanlight.vision.sources.port import FrameSource


class RepeatedSource:
    """Frames of the sources that `open_source` opens, one after the other, in one time."""

    live = False

    def __init__(self, open_source: Callable[[], FrameSource]) -> None:
        self._open_source = open_source
        self._source = open_source()
        self.width, self.height = self._source.width, self._source.height
        self.fps = self._source.fps
        self._begun_ns = 0
        self._begun_index = 0
        self._last_ns = 0
        self._last_index = -1

    def read(self) -> Frame | None:
        """Lease the next frame, that of a new round after the last.

        Raises:
            Gone, Transient, Rejected: as the source does.
        """
        frame = self._source.read()
        if frame is None:
            self._begin_again()
            frame = self._source.read()
        if frame is not None:
            self._last_ns = self._begun_ns + frame.stamp.at_ns
            self._last_index = self._begun_index + frame.stamp.index
            frame.stamp = replace(frame.stamp, at_ns=self._last_ns, index=self._last_index)
        return frame

    def close(self) -> None:
        """Scrub and release the source."""
        self._source.close()

    def _begin_again(self) -> None:
        self._source.close()
        self._source = self._open_source()
        self._begun_ns = self._last_ns + int(1e9 / self.fps)
        self._begun_index = self._last_index + 1
