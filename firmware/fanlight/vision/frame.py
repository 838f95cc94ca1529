"""A leased picture, and the work buffers beside it: overwritten in place, never copied."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NoReturn, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]


class Layout(StrEnum):
    """How the bytes of a picture are ordered in memory."""

    BGR = "bgr"
    """H x W x 3, blue first: what OpenCV decodes to."""
    RGB = "rgb"
    """H x W x 3, red first."""
    I420 = "i420"
    """(H * 3 / 2) x stride, planar YUV 4:2:0: what the Pi's scaler writes."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """When and where in the source a frame is from.

    `at_ns` is the scene's time, `exposed_ns` the instant on the monotonic clock when the pixels
    came to exist, `index` the 0-based place in the source, `skipped` how many frames were
    dropped just before this one.
    """

    at_ns: int
    exposed_ns: int
    index: int
    skipped: int = 0


class Frame:
    """One picture on lease: read it inside `with`, and it is overwritten on the way out.

    `pixels` is uint8 in `layout`; `width` and `height` are of the visible picture in px (the
    buffer may be padded to the right). `give_back` is called once, after the scrub, to return
    the buffer to its owner.
    """

    __slots__ = ("_give_back", "_pixels", "_scrubbed", "height", "layout", "stamp", "width")

    def __init__(
        self,
        pixels: Pixels,
        layout: Layout,
        size: tuple[int, int],
        stamp: Stamp,
        give_back: Callable[[], None] | None = None,
    ) -> None:
        self._pixels = pixels
        self._scrubbed = False
        self._give_back = give_back
        self.layout = layout
        self.width, self.height = size
        self.stamp = stamp

    @property
    def pixels(self) -> Pixels:
        """The leased buffer itself, never a copy.

        Raises:
            ValueError: the frame has been scrubbed.
        """
        if self._scrubbed:
            raise ValueError(f"frame {self.stamp.index} has been scrubbed: its lease is over")
        return self._pixels

    @property
    def scrubbed(self) -> bool:
        """Whether the pixels have been overwritten."""
        return self._scrubbed

    def scrub(self) -> None:
        """Overwrite the pixels in place and give the buffer back; harmless when repeated."""
        if self._scrubbed:
            return
        self._scrubbed = True
        self._pixels.fill(0)
        if self._give_back is not None:
            self._give_back()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.scrub()

    def __repr__(self) -> str:
        state = "scrubbed" if self._scrubbed else "leased"
        return f"<Frame {self.stamp.index}, {self.width}x{self.height} {self.layout}, {state}>"

    def _refuse(self, *_args: object, **_kwargs: object) -> NoReturn:
        raise TypeError("a Frame may not be copied, pickled or turned into another array")

    __copy__ = _refuse
    __deepcopy__ = _refuse
    __reduce__ = _refuse
    __reduce_ex__ = _refuse
    __getstate__ = _refuse
    __array__ = _refuse


@dataclass(slots=True, repr=False)
class Scratch:
    """Work buffers that hold pixels for part of one look: made once by size, scrubbed each time."""

    _buffers: dict[tuple[str, tuple[int, ...]], Pixels] = field(default_factory=dict)

    def buffer(self, name: str, shape: tuple[int, ...]) -> Pixels:
        """Return the uint8 buffer of that name and shape; its content is undefined."""
        key = (name, shape)
        if key not in self._buffers:
            self._buffers[key] = np.zeros(shape, np.uint8)
        return self._buffers[key]

    def scrub(self) -> None:
        """Overwrite every buffer in place."""
        for pixels in self._buffers.values():
            pixels.fill(0)

    def __repr__(self) -> str:
        return f"<Scratch of {len(self._buffers)} buffers>"
