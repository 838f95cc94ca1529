"""Reads QR codes from a frame on lease: what set-up cards come by.

zxing-cpp works on copies of its own, in black and white, and frees them as they are; OpenCV does so
with rows of what it filters. Meanwhile glibc is told to overwrite what is freed (mallopt(3),
M_PERTURB), so that nothing of a picture stays in the heap; where the C library has no mallopt, that
is not so.
"""

from __future__ import annotations

import ctypes
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Final

import cv2
import zxingcpp

from fanlight.ports.errors import Transient
from fanlight.vision.frame import Layout, Scratch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fanlight.vision.frame import Frame, Pixels

    Pass = Callable[[Pixels, Scratch], tuple[str, ...]]

PART: Final = "card reader"
MOST_PIXELS_TO_DOUBLE: Final = 1_000_000
SOFT_PX: Final = 1.5
_M_PERTURB: Final = -6
_GREY_OF: Final = {Layout.BGR: cv2.COLOR_BGR2GRAY, Layout.RGB: cv2.COLOR_RGB2GRAY}
_QR: Final = zxingcpp.barcode_formats_from_str("QRCode")
_LIBC: Final = ctypes.CDLL(None)


class CardReader:
    """Looks for QR codes in several ways, one on each frame in turn, so that a look stays short."""

    def __init__(self) -> None:
        self._turns = count()

    def read(self, frame: Frame, scratch: Scratch) -> tuple[str, ...]:
        """Return the texts of the codes found in a frame; every copy is in the scratch.

        Raises:
            Transient: the picture cannot be looked at.
        """
        grey = grey_of(frame, scratch)
        passes = passes_for(grey)
        return _found(passes[next(self._turns) % len(passes)], grey, scratch)

    @staticmethod
    def texts(grey: Pixels) -> tuple[str, ...]:
        """Return the texts of the codes in a grey picture (H, W), by the first way that finds any.

        Raises:
            Transient: the picture cannot be looked at.
        """
        scratch = Scratch()
        try:
            found = (_found(look, grey, scratch) for look in passes_for(grey))
            return next(filter(None, found), ())
        finally:
            scratch.scrub()


def grey_of(frame: Frame, scratch: Scratch) -> Pixels:
    """Return the frame in grey, in a buffer of the scratch.

    Raises:
        Transient: the buffer holds another picture than the frame says.
    """
    size = frame.height, frame.width
    planar = frame.layout is Layout.I420
    # OpenCV would quietly write a picture of another size elsewhere, where no scrub finds it.
    pixels = frame.pixels
    if pixels.ndim > 1:
        pixels = pixels[: frame.height, : frame.width]
    if min(size) < 1 or pixels.shape != (size if planar else (*size, 3)):
        raise Transient(PART, f"{frame.pixels.shape} bytes are no picture of {size}")
    grey = scratch.buffer("card grey", size)
    if planar:
        grey[:] = pixels
    else:
        cv2.cvtColor(pixels, _GREY_OF[frame.layout], dst=grey)
    return grey


def passes_for(grey: Pixels) -> tuple[Pass, ...]:
    """Return the ways to look at a picture of that size, the likeliest first."""
    if grey.size <= MOST_PIXELS_TO_DOUBLE:
        return _as_it_is, _doubled
    return _sharpened, _enlarged, _halved


def _as_it_is(grey: Pixels, scratch: Scratch) -> tuple[str, ...]:
    del scratch
    return _codes(grey, zxingcpp.Binarizer.LocalAverage)


def _doubled(grey: Pixels, scratch: Scratch) -> tuple[str, ...]:
    large = _resized(grey, scratch, 2.0, cv2.INTER_CUBIC)
    return _codes(large, zxingcpp.Binarizer.GlobalHistogram)


def _sharpened(grey: Pixels, scratch: Scratch) -> tuple[str, ...]:
    soft, sharp = (scratch.buffer(f"card {name}", grey.shape) for name in ("soft", "sharp"))
    cv2.GaussianBlur(grey, (0, 0), SOFT_PX, dst=soft)
    cv2.addWeighted(grey, 2.0, soft, -1.0, 0.0, dst=sharp)
    return _codes(sharp, zxingcpp.Binarizer.LocalAverage)


def _enlarged(grey: Pixels, scratch: Scratch) -> tuple[str, ...]:
    large = _resized(grey, scratch, 1.5, cv2.INTER_CUBIC)
    return _codes(large, zxingcpp.Binarizer.LocalAverage)


def _halved(grey: Pixels, scratch: Scratch) -> tuple[str, ...]:
    small = _resized(grey, scratch, 0.5, cv2.INTER_AREA)
    return _codes(small, zxingcpp.Binarizer.LocalAverage)


def _resized(grey: Pixels, scratch: Scratch, scale: float, how: int) -> Pixels:
    height, width = (max(1, round(side * scale)) for side in grey.shape)
    other = scratch.buffer("card resized", (height, width))
    cv2.resize(grey, (width, height), dst=other, interpolation=how)
    return other


def _codes(grey: Pixels, binarizer: zxingcpp.Binarizer) -> tuple[str, ...]:
    found = zxingcpp.read_barcodes(grey, formats=_QR, try_downscale=False, binarizer=binarizer)
    return tuple(code.text for code in found)


def _found(look: Pass, grey: Pixels, scratch: Scratch) -> tuple[str, ...]:
    """Look once; what that frees, codes included, is overwritten."""
    try:
        with freed_memory_overwritten():
            return look(grey, scratch)
    except (cv2.error, RuntimeError, ValueError, TypeError) as error:
        raise Transient(PART, f"the picture cannot be searched for codes ({error})") from error


@contextmanager
def freed_memory_overwritten() -> Iterator[None]:
    """Let the allocator overwrite what is freed meanwhile, in this process."""
    mallopt = getattr(_LIBC, "mallopt", None)
    if mallopt is None:
        yield
        return
    mallopt(_M_PERTURB, 0x5A)
    try:
        yield
    finally:
        mallopt(_M_PERTURB, 0)
