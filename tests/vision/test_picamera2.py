from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import pytest

from fanlight.ports.errors import Gone, Rejected, Transient
from fanlight.vision.sources.picamera2 import PiCameraSource
from vision import simulated_picamera2

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vision.simulated_picamera2 import Picamera2

SIZE = (64, 48)


@pytest.fixture
def pi(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[PiCameraSource, Picamera2]]:
    monkeypatch.setitem(sys.modules, "picamera2", simulated_picamera2)
    source = PiCameraSource(*SIZE, 20.0)
    yield source, simulated_picamera2.Picamera2.cameras[-1]
    source.close()


def brightest(camera: Picamera2) -> int:
    """The brightest byte in any buffer that the camera has."""
    return max(int(b.max()) for request in camera.requests for b in request.buffers.values())


def test_the_frame_is_the_cameras_own_buffer_overwritten_in_place(
    pi: tuple[PiCameraSource, Picamera2],
) -> None:
    source, camera = pi
    assert camera.expose(77)
    with source.read() as frame:
        assert frame.pixels.shape == (72, 64)
        assert (frame.pixels == 77).all()
        assert brightest(camera) == 77
    assert brightest(camera) == 0
    assert len(camera.ring) == len(camera.requests)


def test_the_newest_frame_wins_and_skipped_ones_are_scrubbed_in_both_streams(
    pi: tuple[PiCameraSource, Picamera2],
) -> None:
    source, camera = pi
    for value in (50, 60, 70):
        assert camera.expose(value)
    assert sorted(int(r.buffers["main"].max()) for r in camera.requests) == [0, 0, 0, 70]
    with source.read() as frame:
        assert (frame.pixels == 70).all()
        assert (frame.stamp.index, frame.stamp.skipped) == (2, 2)
        for value in (80, 90):
            assert camera.expose(value)
    assert sorted(int(r.buffers["lores"].max()) for r in camera.requests) == [0, 0, 0, 90]
    with source.read() as frame:
        assert (frame.stamp.index, frame.stamp.skipped) == (4, 1)
    assert brightest(camera) == 0


def test_closing_scrubs_the_waiting_frame_and_stops_the_camera(
    pi: tuple[PiCameraSource, Picamera2],
) -> None:
    source, camera = pi
    camera.expose(99)
    source.close()
    assert brightest(camera) == 0
    assert camera.closed
    assert not camera.started


def test_the_sensors_time_stamp_is_the_frames_birth(
    pi: tuple[PiCameraSource, Picamera2],
) -> None:
    source, camera = pi
    camera.expose(5, age_ns=30_000_000)
    with source.read() as frame:
        age_ms = (time.monotonic_ns() - frame.stamp.exposed_ns) / 1e6
    assert 30 <= age_ms < 60


def test_a_padded_buffer_keeps_the_pictures_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "picamera2", simulated_picamera2)
    monkeypatch.setattr(simulated_picamera2.Picamera2, "stride_padding", 32)
    source = PiCameraSource(*SIZE, 20.0)
    simulated_picamera2.Picamera2.cameras[-1].expose(1)
    with source.read() as frame:
        assert (frame.width, frame.pixels.shape[1]) == (64, 96)
    source.close()


def test_a_camera_that_falls_silent_is_reported_within_its_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "picamera2", simulated_picamera2)
    source = PiCameraSource(*SIZE, 60.0)
    start = time.monotonic()
    with pytest.raises(Transient, match="no frame within 1 s"):
        source.read()
    assert time.monotonic() - start < 2
    source.close()


def test_a_missing_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "picamera2", None)
    with pytest.raises(Rejected, match="sudo apt install python3-picamera2"):
        PiCameraSource(*SIZE, 20.0)


def test_a_missing_camera_says_to_check_the_cable(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_camera() -> None:
        raise IndexError("list index out of range")

    monkeypatch.setitem(sys.modules, "picamera2", simulated_picamera2)
    monkeypatch.setattr(simulated_picamera2, "Picamera2", no_camera)
    with pytest.raises(Gone, match="check its cable"):
        PiCameraSource(*SIZE, 20.0)


def test_a_frame_without_a_time_stamp_is_scrubbed_and_handed_back(
    pi: tuple[PiCameraSource, Picamera2], monkeypatch: pytest.MonkeyPatch
) -> None:
    source, camera = pi
    camera.expose(123)
    monkeypatch.setattr(simulated_picamera2.Request, "get_metadata", lambda _self: {})
    with pytest.raises(KeyError):
        source.read()
    assert brightest(camera) == 0
    assert len(camera.ring) == len(camera.requests)
