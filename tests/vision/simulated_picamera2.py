"""The parts of picamera2 that the camera source uses, behaving as its documentation says.

Buffers are allocated once at `configure`; a completed request goes to `pre_callback` with one
reference held by the camera; it goes back into the ring when its last reference is released.
"""

from __future__ import annotations

import time
from typing import Any, Self

import numpy as np


class Request:
    def __init__(self, camera: Picamera2, number: int) -> None:
        self.camera = camera
        self.number = number
        self.buffers = {
            name: np.zeros(rows * stride, np.uint8)
            for name, (rows, stride) in camera.shapes.items()
        }
        self.metadata: dict[str, Any] = {}
        self.references = 0

    def acquire(self) -> None:
        if self.references == 0:
            raise RuntimeError("CompletedRequest: acquiring lock with ref_count 0")
        self.references += 1

    def release(self) -> None:
        self.references -= 1
        if self.references < 0:
            raise RuntimeError("CompletedRequest: lock now has negative ref_count")
        if self.references == 0:
            self.camera.ring.append(self)

    def get_metadata(self) -> dict[str, Any]:
        return dict(self.metadata)


class MappedArray:
    def __init__(self, request: Request, stream: str) -> None:
        self._request = request
        self._stream = stream
        self.array: Any = None

    def __enter__(self) -> Self:
        shape = self._request.camera.shapes[self._stream]
        self.array = self._request.buffers[self._stream].reshape(shape)
        return self

    def __exit__(self, *_exc: object) -> None:
        self.array = None


class Picamera2:
    cameras: list[Picamera2] = []  # noqa: RUF012 - what the test looks at afterwards
    stride_padding = 0

    def __init__(self) -> None:
        self.pre_callback: Any = None
        self.configured = 0
        self.started = False
        self.closed = False
        self.ring: list[Request] = []
        self.requests: list[Request] = []
        self.shapes: dict[str, tuple[int, int]] = {}
        self.configuration: dict[str, Any] = {}
        Picamera2.cameras.append(self)

    def create_video_configuration(self, **configuration: object) -> dict[str, Any]:
        return configuration

    def configure(self, configuration: dict[str, Any]) -> None:
        if self.started:
            raise RuntimeError("Camera must be stopped before configuring")
        self.configured += 1
        self.configuration = configuration
        for stream in ("main", "lores"):
            width, height = configuration[stream]["size"]
            self.shapes[stream] = (height * 3 // 2, width + self.stride_padding)
        self.requests = [Request(self, n) for n in range(configuration["buffer_count"])]
        self.ring = list(self.requests)

    def camera_configuration(self) -> dict[str, Any]:
        return self.configuration

    def start(self) -> None:
        self.started = True

    def stop(self) -> None:
        self.started = False

    def close(self) -> None:
        self.closed = True

    def expose(self, value: int, age_ns: int = 0) -> bool:
        """Complete one frame of that brightness, as the sensor would; False when starved."""
        if not self.ring:
            return False
        request = self.ring.pop(0)
        for buffer in request.buffers.values():
            buffer.fill(value)
        request.metadata = {"SensorTimestamp": time.clock_gettime_ns(time.CLOCK_BOOTTIME) - age_ns}
        request.references = 1
        if self.pre_callback is not None:
            self.pre_callback(request)
        request.release()
        return True
