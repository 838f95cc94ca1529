"""A sealed room for the canary tests: looks at whatever its parent puts into shared memory.

    python canary_room.py SHARED LAYOUT KEEP MANIFEST RUNTIME

The picture buffer is shared with the parent, as a camera's buffers are shared with the kernel, so
this process never holds the canary but where the room puts it. For each line on stdin it looks
once and answers with a line. KEEP "scrub" is the real room; "keep" leaves the scrub out, "fail"
lets the network fail in the middle of the look, "forget" has it forget after the scrub.
"""

from __future__ import annotations

import mmap
import os
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np

from fanlight.domain.mount import Mount
from fanlight.ports.errors import Transient
from fanlight.vision import frame as frames
from fanlight.vision.detector import Detector, load_detector
from fanlight.vision.frame import Frame, Layout, Scratch, Stamp
from fanlight.vision.interpreter import Runtime
from fanlight.vision.package import check_package
from vision.simulated import room_of

WIDTH, HEIGHT = 640, 480
shared, layout, keep, manifest, runtime = sys.argv[1:]
shape = (HEIGHT * 3 // 2, WIDTH) if layout == Layout.I420 else (HEIGHT, WIDTH, 3)


class SharedSource:
    """Leases the shared buffer again and again."""

    live = True
    width, height, fps = WIDTH, HEIGHT, 25.0

    def __init__(self) -> None:
        memory = mmap.mmap(os.open(shared, os.O_RDWR), 0)
        self._pixels = np.frombuffer(memory, np.uint8).reshape(shape)
        self._index = 0

    def read(self) -> Frame:
        self._index += 1
        stamp = Stamp(self._index * 40_000_000, 0, self._index)
        return frames.Frame(self._pixels, Layout(layout), (WIDTH, HEIGHT), stamp)

    def close(self) -> None:
        pass


def nothing(*_arguments: object) -> None:
    pass


def failing(detector: Detector) -> None:
    detector._interpreter.invoke()
    raise Transient("detector", "USB transfer error")


if keep == "keep":
    for part in (Frame, Scratch, Detector):
        part.scrub = nothing  # type: ignore[method-assign]
if keep == "fail":
    Detector.infer = failing  # type: ignore[method-assign]
written = []
sys.addaudithook(
    lambda event, details: (
        written.append(f"{event} {details}")
        if event.startswith("socket.") or (event == "open" and details[1] not in ("r", "rb"))
        else None
    )
)
package = check_package(Path(manifest))
room = room_of(SharedSource(), load_detector(package, Mount.OBLIQUE, runtime=Runtime(runtime)))
sys.stdout.write("ready\n")
sys.stdout.flush()
written.clear()
for _line in sys.stdin:
    with suppress(Transient):
        room.look()
    if keep == "forget":
        room._detector.forget()
    sys.stdout.write(" ".join(["looked", *written]) + "\n")
    sys.stdout.flush()
