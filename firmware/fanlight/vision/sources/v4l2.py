"""A USB or other V4L2 camera."""

from __future__ import annotations

import time
from pathlib import Path

import cv2
import numpy as np

from fanlight.ports.errors import Gone, Transient
from fanlight.vision.frame import Frame, Layout, Stamp

BUFFERS = 2
MOST_SKIPS = 4
OLDEST_PLAUSIBLE_S = 5.0


class V4l2Source:
    """Frames of a V4L2 device, newest first, stamped by the driver on the monotonic clock.

    OpenCV and the kernel hold up to two raw frames that cannot be reached from here; the next
    frames overwrite them (see docs/privacy/what-survives.md).

    Raises:
        Gone: the device is not there, is busy or gives no picture.
    """

    live = True

    def __init__(self, device: str, width: int, height: int, fps: float) -> None:
        self._device = device
        if not Path(device).exists():
            raise Gone("camera", f"{device} is not there; plug the camera in or name another")
        self._camera = cv2.VideoCapture(device, cv2.CAP_V4L2)
        if not self._camera.isOpened():
            raise Gone("camera", f"{device} cannot be opened; is another program using it?")
        self._camera.set(cv2.CAP_PROP_BUFFERSIZE, BUFFERS)
        self._camera.set(cv2.CAP_PROP_FRAME_WIDTH, width)
        self._camera.set(cv2.CAP_PROP_FRAME_HEIGHT, height)
        self._camera.set(cv2.CAP_PROP_FPS, fps)
        self.width = int(self._camera.get(cv2.CAP_PROP_FRAME_WIDTH))
        self.height = int(self._camera.get(cv2.CAP_PROP_FRAME_HEIGHT))
        self.fps = self._camera.get(cv2.CAP_PROP_FPS) or fps
        self._pixels = np.zeros((self.height, self.width, 3), np.uint8)
        self._index = -1
        self._closed = False

    def read(self) -> Frame | None:
        """Wait for a frame that is not older than one and a half frame times and lease it.

        Raises:
            Gone: closed or unplugged.
            Transient: no frame within 2 s, or a broken one.
        """
        if self._closed:
            raise Gone("camera", f"{self._device} has been closed")
        exposed_ns = self._grab()
        skipped = 0
        while skipped < MOST_SKIPS and time.monotonic_ns() - exposed_ns > 1.5e9 / self.fps:
            exposed_ns = self._grab()
            skipped += 1
        self._index += 1 + skipped
        stamp = Stamp(exposed_ns, exposed_ns, self._index, skipped)
        frame = Frame(self._pixels, Layout.BGR, (self.width, self.height), stamp)
        decoded, picture = self._camera.retrieve(self._pixels)
        if not decoded or picture is not self._pixels:
            frame.scrub()
            if decoded:
                picture.fill(0)
            raise Transient("camera", f"{self._device} gave a frame that cannot be decoded")
        return frame

    def close(self) -> None:
        """Scrub the buffer and release the device."""
        self._closed = True
        self._pixels.fill(0)
        self._camera.release()

    def _grab(self) -> int:
        """Dequeue the next buffer and return when it was exposed."""
        if not self._camera.grab():
            if not Path(self._device).exists():
                raise Gone("camera", f"{self._device} has been unplugged")
            raise Transient("camera", f"{self._device} gave no frame")
        now_ns = time.monotonic_ns()
        exposed_ns = int(self._camera.get(cv2.CAP_PROP_POS_MSEC) * 1e6)
        return exposed_ns if 0 <= now_ns - exposed_ns < OLDEST_PLAUSIBLE_S * 1e9 else now_ns
