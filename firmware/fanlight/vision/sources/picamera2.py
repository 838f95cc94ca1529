"""The camera on a Raspberry Pi's CSI port, through picamera2."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

from fanlight.ports.errors import Gone, Rejected, Transient
from fanlight.vision.frame import Frame, Layout, Stamp

STREAM = "lores"
STREAMS = ("main", STREAM)
BUFFERS = 4
LONGEST_FRAMES = 2.0
"""In the dark a frame may take this many nominal frame times, never longer (field problem 26)."""
MEMINFO = Path("/proc/meminfo")


class PiCameraSource:
    """The low-resolution stream, read in place from the camera's own buffers, newest first.

    Every completed frame passes through a slot for one: what is still there when the next comes
    is overwritten and handed back, so skipped frames are scrubbed as well, both their streams.
    The camera is configured once and never again (reconfiguring leaks contiguous memory, field
    problem 24). Frames carry the sensor's own time stamp (field problem 28).

    Raises:
        Rejected: picamera2 is not installed.
        Gone: no camera, or too little contiguous memory for its buffers.
    """

    live = True

    def __init__(self, width: int, height: int, fps: float, *, meminfo: Path = MEMINFO) -> None:
        try:
            from picamera2 import MappedArray, Picamera2  # noqa: PLC0415 - only on the Pi
        except ImportError as err:
            raise Rejected(
                "camera", "picamera2 is not installed; run: sudo apt install python3-picamera2"
            ) from err
        _require_contiguous_memory(meminfo, BUFFERS * len(STREAMS) * width * height * 3 // 2)
        self.fps = fps
        self._mapped: Any = MappedArray
        self._arrival = threading.Condition()
        self._waiting: Any = None
        self._arrived = -1
        self._skipped = 0
        self._deadline_s = max(1.0, 5 * LONGEST_FRAMES / fps)
        self._closed = False
        try:
            self._camera = Picamera2()
            self.width, self.height = self._start(width, height)
        except (RuntimeError, IndexError, OSError) as err:
            raise Gone("camera", f"no camera could be started ({err}); check its cable") from err

    def read(self) -> Frame | None:
        """Wait for the newest frame and lease it.

        Raises:
            Gone: closed.
            Transient: no frame within five of the longest frame times.
        """
        if self._closed:
            raise Gone("camera", "it has been closed")
        with self._arrival:
            if not self._arrival.wait_for(lambda: self._waiting is not None, self._deadline_s):
                raise Transient("camera", f"no frame within {self._deadline_s:g} s")
            request, self._waiting = self._waiting, None
            index, skipped = self._arrived, self._skipped
            self._skipped = 0
        try:
            return self._lease(request, index, skipped)
        except BaseException:
            self._drop(request)
            raise

    def close(self) -> None:
        """Scrub the waiting frame and stop the camera."""
        if self._closed:
            return
        self._closed = True
        with self._arrival:
            waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self._drop(waiting)
        self._camera.pre_callback = None
        self._camera.stop()
        self._camera.close()

    def _lease(self, request: Any, index: int, skipped: int) -> Frame:  # noqa: ANN401 - as below
        exposed_ns = request.get_metadata()["SensorTimestamp"] - _suspended_ns()
        mapped = self._mapped(request, STREAM)
        pixels = mapped.__enter__().array

        def give_back() -> None:
            mapped.__exit__(None, None, None)
            self._scrub(request, ("main",))
            request.release()

        stamp = Stamp(exposed_ns, exposed_ns, index, skipped)
        return Frame(pixels, Layout.I420, (self.width, self.height), stamp, give_back)

    def _start(self, width: int, height: int) -> tuple[int, int]:
        shortest_us = round(1e6 / self.fps)
        configuration = self._camera.create_video_configuration(
            main={"size": (width, height), "format": "YUV420"},
            lores={"size": (width, height), "format": "YUV420"},
            raw=None,
            buffer_count=BUFFERS,
            queue=False,
            display=None,
            encode=None,
            controls={"FrameDurationLimits": (shortest_us, round(LONGEST_FRAMES * shortest_us))},
        )
        self._camera.configure(configuration)
        self._camera.pre_callback = self._arrive
        self._camera.start()
        granted_width, granted_height = self._camera.camera_configuration()[STREAM]["size"]
        return int(granted_width), int(granted_height)

    def _arrive(self, request: Any) -> None:  # noqa: ANN401 - picamera2 publishes no types
        """Take a completed frame over, on picamera2's own thread, and drop the one before it."""
        request.acquire()
        with self._arrival:
            late, self._waiting = self._waiting, request
            self._arrived += 1
            self._skipped += late is not None
            self._arrival.notify()
        if late is not None:
            self._drop(late)

    def _drop(self, request: Any) -> None:  # noqa: ANN401 - picamera2 publishes no types
        self._scrub(request, STREAMS)
        request.release()

    def _scrub(self, request: Any, streams: tuple[str, ...]) -> None:  # noqa: ANN401 - as above
        for stream in streams:
            with self._mapped(request, stream) as mapped:
                mapped.array.fill(0)


def cma_free_bytes(meminfo: Path = MEMINFO) -> int | None:
    """Return the free contiguous memory that camera buffers come from; None without such."""
    for line in meminfo.read_text().splitlines():
        if line.startswith("CmaFree:"):
            return int(line.split()[1]) * 1024
    return None


def _require_contiguous_memory(meminfo: Path, needed: int) -> None:
    free = cma_free_bytes(meminfo)
    if free is not None and free < needed:
        raise Gone(
            "camera",
            f"{free >> 20} MiB of contiguous memory (CmaFree) are left, {needed >> 20} MiB are "
            "needed: an earlier camera has not given its buffers back; restart the process",
        )


def _suspended_ns() -> int:
    """How far the sensor's clock (since boot, with suspends) is ahead of the monotonic one."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) - time.monotonic_ns()
