"""Simulated parts of the sealed room that tests need: drawn people, and faults on demand."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from fanlight.domain.crossings import Doorway, DoorwaySettings
from fanlight.domain.geometry import CountingLine, Point
from fanlight.domain.mount import Mount
from fanlight.domain.tracking import Detections, Tracker, TrackerSettings
from fanlight.ports.errors import Gone, Transient
from fanlight.vision.interpreter import TensorSpec
from fanlight.vision.room import Room
from fanlight.vision.sources.scene import SceneSource

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from fanlight.domain.moment import Cause
    from fanlight.vision.frame import Frame, Pixels
    from fanlight.vision.sources.port import FrameSource

SIZE = (320, 240)
BODY_PX = 30


def noise(pixels: Pixels, index: int) -> None:
    """Draw what a sensor sees of an empty floor."""
    pixels[...] = np.random.default_rng(index).integers(60, 110, pixels.shape, np.uint8)


def walker(pixels: Pixels, index: int) -> None:
    """Draw one bright body that walks down the picture, 4 px a frame."""
    noise(pixels, index)
    y = 20 + 4 * index
    cv2.circle(pixels, (160, y), BODY_PX // 2, (250, 250, 250), -1)


def backwards(pixels: Pixels, index: int) -> None:
    """Draw the same body, walking out."""
    walker(pixels, 49 - index)


class BlobFinder:
    """A detector of bright blobs; `fault` is called in the middle of each look."""

    def __init__(self, fault: Callable[[], None] = lambda: None) -> None:
        self.causes: frozenset[Cause] = frozenset()
        self._fault = fault
        self._mask = np.zeros((0, 0), np.uint8)
        self.scrubs = 0
        self.forgotten = 0

    def show(self, frame: Frame) -> None:
        self._mask = (frame.pixels[..., 0] > 200).astype(np.uint8)

    def infer(self) -> None:
        self._fault()

    def detections(self) -> Detections:
        count, _labels, stats, _centres = cv2.connectedComponentsWithStats(self._mask)
        boxes = stats[1:count, :4].astype(np.float64)
        boxes[:, 2:] += boxes[:, :2]
        return Detections.of_boxes(boxes, np.ones(len(boxes)))

    def scrub(self) -> None:
        self._mask.fill(0)
        self.scrubs += 1

    def forget(self) -> None:
        self.forgotten += 1

    def rest(self) -> None:
        pass

    def close(self) -> None:
        self.scrub()


class FaultySource(SceneSource):
    """A live scene whose camera can repeat frames, stand still in time, stall or vanish."""

    live = True

    def __init__(self, draw: Callable[[Pixels, int], None] = noise) -> None:
        super().__init__(draw, SIZE, 10.0)
        self.closed = 0
        self.gone = False
        self.stalled = threading.Event()
        self.stalled.set()

    def read(self) -> Frame | None:
        self.stalled.wait()
        if self.gone:
            raise Gone("camera", "unplugged")
        return super().read()

    def close(self) -> None:
        self.closed += 1
        super().close()


class SimulatedInterpreter:
    """An interpreter that errs, dawdles or answers wrongly as its fields say."""

    def __init__(self, name: str, outputs: int = 2) -> None:
        self.name = name
        self.causes: frozenset[Cause] = frozenset()
        self.input_spec = TensorSpec("in", (1, 4, 4, 3), np.dtype(np.uint8), 1.0, 0)
        self.output_specs = tuple(
            TensorSpec(f"out{n}", (1, 3), np.dtype(np.uint8), 1.0, 0) for n in range(outputs)
        )
        self._input = np.zeros((1, 4, 4, 3), np.uint8)
        self.errs = False
        self.takes_s = 0.0
        self.pass_time: Callable[[float], None] = lambda _s: None
        self.invoked = 0
        self.closed = False

    def input(self) -> NDArray[Any]:
        return self._input

    def invoke(self) -> None:
        self.pass_time(self.takes_s)
        if self.errs:
            raise Transient("accelerator", "USB transfer error")
        self.invoked += 1

    def outputs(self) -> tuple[NDArray[Any], ...]:
        return tuple(self._input[0, n, :3, 0].reshape(1, 3) for n in range(len(self.output_specs)))

    def scrub(self) -> None:
        self._input.fill(0)

    def forget(self) -> None:
        self.scrub()

    def rest(self) -> None:
        pass

    def close(self) -> None:
        self.scrub()
        self.closed = True


def room_of(source: FrameSource, finder: Any = None, **options: Any) -> Room:  # noqa: ANN401 - any detector
    """Close a room with a line across the middle around a source."""
    width, height = source.width, source.height
    line = CountingLine("door", Point(0, 0.5), Point(1, 0.5)).scaled(width, height)
    return Room(
        source,
        finder or BlobFinder(),
        Tracker(TrackerSettings.for_mount(Mount.OVERHEAD), width, height),
        Doorway(DoorwaySettings.for_mount(Mount.OVERHEAD), [line], [], []),
        pixel_budget_ms=options.pop("pixel_budget_ms", 1000.0),
        **options,
    )
