"""What every source of frames promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from fanlight.vision.frame import Frame


class FrameSource(Protocol):
    """Leases one frame at a time, newest first; what it skips it scrubs.

    Only one frame is on lease at any time. All calls come from one thread.
    """

    @property
    def width(self) -> int:
        """Width of the picture in px."""

    @property
    def height(self) -> int:
        """Height of the picture in px."""

    @property
    def fps(self) -> float:
        """Nominal frames per second, more than 0."""

    @property
    def live(self) -> bool:
        """Whether a sensor makes the frames just now, so that no two of them are equal."""

    def read(self) -> Frame | None:
        """Block until the newest frame is there and lease it; None once a recording has ended.

        Raises:
            Transient: no usable frame this time.
            Gone: the source must be opened again.
        """

    def close(self) -> None:
        """Scrub and release every buffer; harmless when already closed."""
