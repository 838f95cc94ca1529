"""Is this picture good enough to count by? Judged on a sparse sample, keeping only a checksum."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import cv2
import numpy as np

from fanlight.domain.moment import Cause

if TYPE_CHECKING:
    from fanlight.vision.frame import Frame, Pixels, Scratch

SAMPLED_ROWS = 24
DARKEST_MEAN = 14.0
FLATTEST_DEVIATION = 3.0
STALE_AFTER_S = 1.0


class Sight:
    """Notices darkness, a covered lens, and a camera that gives the same picture again.

    A live picture always has sensor noise, so an equal checksum of the sample means a stale
    picture; a recording may hold still, so there only its time stamps count (`live` False).
    What stays from one frame to the next is a 64-bit checksum of the sample, not a pixel.
    """

    def __init__(self, *, live: bool) -> None:
        self._live = live
        self._checksum = -1
        self._fresh_at_ns = 0
        self._last_at_ns: int | None = None

    def judge(self, frame: Frame, scratch: Scratch) -> frozenset[Cause]:
        """Return why the frame cannot be counted by; an empty set when it can.

        The first second of equal pictures still counts: people may have stood still.
        """
        sample = _sample(frame, scratch)
        at_ns = frame.stamp.at_ns
        standing = self._last_at_ns is not None and at_ns <= self._last_at_ns
        checksum = zlib.crc32(sample.data) << 32 | zlib.adler32(sample.data)
        repeats = self._live and checksum == self._checksum
        if self._last_at_ns is None or not (standing or repeats):
            self._fresh_at_ns = at_ns
        self._checksum = checksum
        self._last_at_ns = at_ns
        causes = set()
        if standing or at_ns - self._fresh_at_ns > STALE_AFTER_S * 1e9:
            causes.add(Cause.CAMERA_REPEATS)
        if _is_blind(sample):
            causes.add(Cause.TOO_DARK)
        return frozenset(causes)


def _sample(frame: Frame, scratch: Scratch) -> Pixels:
    """Copy every n-th pixel into scratch: its green, or of planar YUV its brightness."""
    step = max(1, frame.height // SAMPLED_ROWS)
    sparse = frame.pixels[: frame.height : step, : frame.width : step]
    if sparse.ndim == 3:
        sparse = sparse[..., 1]
    sample = scratch.buffer("sample", sparse.shape)
    np.copyto(sample, sparse)
    return sample


def _is_blind(sample: Pixels) -> bool:
    """Tell a dark or featureless picture by its mean and its spread over the whole picture."""
    mean, deviation = cv2.meanStdDev(sample)
    return mean.item() < DARKEST_MEAN or deviation.item() < FLATTEST_DEVIATION
