"""What every source of frames promises, asked of each that runs without a camera."""

from __future__ import annotations

import sys
import threading
from itertools import pairwise
from types import ModuleType
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from fanlight.ports.errors import Gone
from fanlight.vision.sources.clip import ClipSource
from fanlight.vision.sources.picamera2 import PiCameraSource
from fanlight.vision.sources.scene import SceneSource
from vision import simulated_picamera2
from vision.simulated import noise

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fanlight.vision.sources.port import FrameSource

SIZE = (128, 96)


def clip(folder: Path) -> FrameSource:
    path = folder / "clip.mp4"
    video = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), 20.0, SIZE)
    for index in range(10):
        video.write(np.full((SIZE[1], SIZE[0], 3), 40 + 10 * index, np.uint8))
    video.release()
    return ClipSource(path, paced=False)


class Sensor(threading.Thread):
    """Exposes a frame every few milliseconds until told to stop."""

    def __init__(self, camera: simulated_picamera2.Picamera2) -> None:
        super().__init__(daemon=True)
        self._camera = camera
        self.off = threading.Event()

    def run(self) -> None:
        value = 1
        while not self.off.wait(0.004):
            self._camera.expose(value % 255 + 1)
            value += 1


@pytest.fixture(params=["clip", "paced clip", "scene", "picamera2"])
def source(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FrameSource]:
    if request.param == "scene":
        yield SceneSource(noise, SIZE, 20.0, frames=10)
    elif request.param == "clip":
        yield clip(tmp_path)
    elif request.param == "paced clip":
        clip(tmp_path).close()
        yield ClipSource(tmp_path / "clip.mp4", paced=True)
    else:
        library: ModuleType = simulated_picamera2
        monkeypatch.setitem(sys.modules, "picamera2", library)
        opened = PiCameraSource(*SIZE, 20.0)
        sensor = Sensor(simulated_picamera2.Picamera2.cameras[-1])
        sensor.start()
        yield opened
        sensor.off.set()
        sensor.join()


def read(source: FrameSource) -> Iterator[tuple[object, np.ndarray]]:
    for _ in range(8):
        frame = source.read()
        assert frame is not None
        yield frame, frame.pixels
        frame.scrub()


def test_frames_have_the_size_that_the_source_says(source: FrameSource) -> None:
    for frame, pixels in read(source):
        assert (frame.width, frame.height) == (source.width, source.height) == SIZE
        assert pixels.dtype == np.uint8
        assert pixels.shape[1] >= source.width
    assert source.fps == pytest.approx(20.0)


def test_times_and_indices_only_go_forward(source: FrameSource) -> None:
    stamps = [frame.stamp for frame, _pixels in read(source)]
    for before, after in pairwise(stamps):
        assert after.at_ns > before.at_ns
        assert after.exposed_ns > before.exposed_ns
        assert after.index == before.index + 1 + after.skipped


def test_a_frame_holds_a_picture_only_while_on_lease(source: FrameSource) -> None:
    for frame, pixels in read(source):
        assert pixels.any()
        frame.scrub()
        if not source.live:
            assert not pixels.any()


def test_a_closed_source_is_gone_and_may_be_closed_again(source: FrameSource) -> None:
    source.read().scrub()
    source.close()
    source.close()
    with pytest.raises(Gone):
        source.read()
