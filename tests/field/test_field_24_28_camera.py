"""Field problems 24-28: contiguous memory, time-outs, darkness, endless captures, stale frames."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest

from fanlight.domain.moment import Cause
from fanlight.ports.errors import Gone, Transient
from fanlight.vision.eye import RoomEye
from fanlight.vision.frame import Frame, Layout, Stamp
from fanlight.vision.sources.picamera2 import PiCameraSource, cma_free_bytes
from vision import simulated_picamera2
from vision.simulated import SIZE, BlobFinder, FaultySource, noise, room_of

if TYPE_CHECKING:
    from pathlib import Path

    from fanlight.vision.frame import Pixels
    from fanlight.vision.room import Room


@pytest.fixture
def pi(monkeypatch: pytest.MonkeyPatch) -> type[simulated_picamera2.Picamera2]:
    monkeypatch.setitem(sys.modules, "picamera2", simulated_picamera2)
    return simulated_picamera2.Picamera2


def test_field_24_the_camera_is_configured_once_in_its_life(
    pi: type[simulated_picamera2.Picamera2],
) -> None:
    source = PiCameraSource(64, 48, 20.0)
    camera = pi.cameras[-1]
    for value in range(1, 20):
        camera.expose(value)
        source.read().scrub()
    source.close()
    assert camera.configured == 1
    assert camera.configuration["buffer_count"] <= 4


def test_field_24_too_little_contiguous_memory_is_found_before_the_camera_is_opened(
    pi: type[simulated_picamera2.Picamera2], tmp_path: Path
) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal:  948304 kB\nCmaTotal:  262144 kB\nCmaFree:  2048 kB\n")
    opened = len(pi.cameras)
    with pytest.raises(Gone, match=r"2 MiB of contiguous memory \(CmaFree\) are left, 3 MiB"):
        PiCameraSource(640, 480, 20.0, meminfo=meminfo)
    assert len(pi.cameras) == opened
    meminfo.write_text("CmaFree:  65536 kB\n")
    assert cma_free_bytes(meminfo) == 65536 * 1024
    PiCameraSource(640, 480, 20.0, meminfo=meminfo).close()


def test_field_24_a_system_without_contiguous_memory_has_nothing_to_watch(tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text("MemTotal:  948304 kB\n")
    assert cma_free_bytes(tmp_path / "meminfo") is None


async def test_field_25_a_camera_that_times_out_can_be_reopened_and_counts_on(
    pi: type[simulated_picamera2.Picamera2],
) -> None:
    def open_room() -> Room:
        return room_of(PiCameraSource(*SIZE, 60.0))

    eye = RoomEye(open_room, 3.0)
    with pytest.raises(Transient, match="no frame within 1 s"):
        await eye.look()
    silent = pi.cameras[-1]
    await eye.reopen()
    assert silent.closed
    pi.cameras[-1].expose(1)
    moment = await eye.look()
    assert moment is not None
    assert pi.cameras[-1] is not silent
    await eye.close()


async def test_field_25_an_unplugged_camera_is_gone_until_it_is_back() -> None:
    source = FaultySource()
    eye = RoomEye(lambda: room_of(source), 1.0)
    await eye.look()
    source.gone = True
    with pytest.raises(Gone, match="unplugged"):
        await eye.look()
    source.gone = False
    assert await eye.look() is not None
    await eye.close()


def test_field_26_in_the_dark_a_frame_takes_at_most_twice_its_time(
    pi: type[simulated_picamera2.Picamera2],
) -> None:
    source = PiCameraSource(64, 48, 20.0)
    shortest_us, longest_us = pi.cameras[-1].configuration["controls"]["FrameDurationLimits"]
    source.close()
    assert (shortest_us, longest_us) == (50_000, 100_000)


def test_field_26_a_dark_hour_is_no_data_and_not_nobody() -> None:
    def night(pixels: Pixels, index: int) -> None:
        pixels[...] = np.random.default_rng(index).integers(0, 10, pixels.shape, np.uint8)

    moment = room_of(FaultySource(night)).look()
    assert moment is not None
    assert not moment.sighted
    assert Cause.TOO_DARK in moment.causes


async def test_field_27_a_capture_that_never_returns_gets_no_second_call_on_top() -> None:
    source = FaultySource()
    calls = []
    read = source.read

    def counted() -> Frame | None:
        calls.append(threading.current_thread().name)
        return read()

    source.read = counted
    eye = RoomEye(lambda: room_of(source), 0.05)
    source.stalled.clear()
    threads_before = threading.active_count()
    for _ in range(4):
        with pytest.raises(Transient, match="no answer"):
            await eye.look()
    assert len(calls) == 1
    assert threading.active_count() <= threads_before + 1
    with pytest.raises(Gone):
        await eye.reopen()
    source.stalled.set()
    moment = await eye.look()
    assert moment is not None
    assert moment.frame == 0
    assert len(calls) == 1
    await eye.close()


async def test_field_27_closing_does_not_wait_for_a_hanging_capture() -> None:
    source = FaultySource()
    eye = RoomEye(lambda: room_of(source), 0.05)
    source.stalled.clear()
    with pytest.raises(Transient):
        await eye.look()
    await eye.close()
    assert source.closed == 0
    source.stalled.set()


def test_field_28_a_picture_that_repeats_is_noticed_and_ends_the_sight_after_a_second() -> None:
    def frozen(pixels: Pixels, index: int) -> None:
        noise(pixels, min(index, 5))

    room = room_of(FaultySource(frozen))
    moments = [room.look() for _ in range(25)]
    sighted = [moment.sighted for moment in moments if moment is not None]
    assert sighted == [True] * 16 + [False] * 9
    assert Cause.CAMERA_REPEATS in moments[-1].causes


def test_field_28_a_time_stamp_that_stands_still_or_goes_back_is_a_stale_frame() -> None:
    class Stuck(FaultySource):
        times_ns = iter((100, 200, 200, 150, 300))

        def read(self) -> Frame:
            frame = super().read()
            assert frame is not None
            stamp = Stamp(next(self.times_ns) * 1_000_000, 0, frame.stamp.index)
            return Frame(frame.pixels, Layout.BGR, SIZE, stamp)

    finder = BlobFinder()
    inferred = []
    finder.infer = lambda: inferred.append(True)
    room = room_of(Stuck(), finder)
    moments = [room.look() for _ in range(5)]
    assert [m.sighted for m in moments if m] == [True, True, False, False, True]
    assert len(inferred) == 3


def test_field_28_a_frame_that_waited_shows_in_its_pixel_lifetime(
    pi: type[simulated_picamera2.Picamera2],
) -> None:
    source = PiCameraSource(*SIZE, 20.0)
    room = room_of(source, pixel_budget_ms=100)
    pi.cameras[-1].expose(1, age_ns=400_000_000)
    moment = room.look()
    room.close()
    assert moment is not None
    assert moment.pixel_lifetime_ms > 400
    assert Cause.PIXEL_BUDGET in moment.causes
