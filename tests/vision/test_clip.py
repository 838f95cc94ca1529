from __future__ import annotations

import subprocess
import sys
import wave
from pathlib import Path

import cv2
import numpy as np
import pytest

from fanlight.ports.errors import Gone, Rejected
from fanlight.vision.sources.clip import ClipSource

FPS = 20.0
FRAMES = 30


def write_clip(path: Path, frames: int = FRAMES, code: str = "mp4v") -> Path:
    """Write a clip whose frame n is a grey of brightness 5 n."""
    video = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*code), FPS, (64, 48))
    assert video.isOpened()
    for index in range(frames):
        video.write(np.full((48, 64, 3), 5 * index, np.uint8))
    video.release()
    return path


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("clips") / "door.mp4")


class Time:
    """A clock that only sleeping and looking move."""

    def __init__(self) -> None:
        self.ns = 7_000_000_000

    def now_ns(self) -> int:
        return self.ns

    def sleep_s(self, pause_s: float) -> None:
        self.ns += round(pause_s * 1e9)


def test_every_frame_comes_once_in_order_with_its_own_time(clip: Path) -> None:
    source = ClipSource(clip, paced=False)
    stamps, greys = [], []
    while (frame := source.read()) is not None:
        with frame:
            stamps.append(frame.stamp)
            greys.append(float(frame.pixels.mean()))
    assert [stamp.index for stamp in stamps] == list(range(FRAMES))
    np.testing.assert_allclose([stamp.at_ns / 1e9 for stamp in stamps], np.arange(FRAMES) / FPS)
    np.testing.assert_allclose(greys, 5 * np.arange(FRAMES), atol=4)
    assert (source.width, source.height, source.fps) == (64, 48, FPS)
    assert source.frames_read == source.declared_frames == FRAMES
    assert source.read() is None


def test_one_buffer_serves_the_whole_clip_and_is_clean_between_frames(clip: Path) -> None:
    source = ClipSource(clip, paced=False)
    buffers = set()
    for _ in range(5):
        with source.read() as frame:
            pixels = frame.pixels
            buffers.add(pixels.ctypes.data)
        assert not pixels.any()
    assert len(buffers) == 1


def test_a_second_lease_beside_the_first_is_refused(clip: Path) -> None:
    source = ClipSource(clip, paced=False)
    with source.read(), pytest.raises(RuntimeError, match="still on lease"):
        source.read()


def test_a_paced_clip_keeps_time_when_the_looks_are_quick(clip: Path) -> None:
    time = Time()
    source = ClipSource(clip, paced=True, now_ns=time.now_ns, sleep_s=time.sleep_s)
    start_ns = time.ns
    while (frame := source.read()) is not None:
        with frame:
            assert frame.stamp.skipped == 0
            assert frame.stamp.exposed_ns - start_ns == pytest.approx(frame.stamp.at_ns, abs=2)
        time.ns += 5_000_000
    assert source.frames_read == FRAMES


def test_a_paced_clip_drops_late_frames_and_counts_them(clip: Path) -> None:
    time = Time()
    source = ClipSource(clip, paced=True, now_ns=time.now_ns, sleep_s=time.sleep_s)
    start_ns = time.ns
    looked, skipped = 0, 0
    while (frame := source.read()) is not None:
        with frame:
            looked += 1
            skipped += frame.stamp.skipped
            lag_ns = (time.ns - start_ns) - frame.stamp.at_ns
            assert lag_ns < 1.01e9 / FPS
            assert frame.stamp.index == looked + skipped - 1
        time.ns += 170_000_000
    assert 8 <= looked <= 10
    assert looked + skipped >= FRAMES - 4


def test_a_header_that_promises_too_many_frames_ends_where_the_pictures_end(
    tmp_path: Path,
) -> None:
    whole = write_clip(tmp_path / "whole.avi", code="MJPG").read_bytes()
    cut = tmp_path / "cut.avi"
    cut.write_bytes(whole[: len(whole) // 2])
    source = ClipSource(cut, paced=False)
    while (frame := source.read()) is not None:
        frame.scrub()
    assert 0 < source.frames_read < FRAMES


def test_a_closed_clip_cannot_be_read(clip: Path) -> None:
    source = ClipSource(clip, paced=False)
    source.close()
    source.close()
    with pytest.raises(Gone, match="has been closed"):
        source.read()


def sound_only(path: Path) -> Path:
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(16000))
    return path


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def cut_mp4(path: Path) -> Path:
    whole = write_clip(path).read_bytes()
    return written(path, whole[: whole.index(b"moov") - 4])


def test_unusable_files_say_what_is_wrong_and_what_to_do(tmp_path: Path) -> None:
    cases = {
        tmp_path / "missing.mp4": "there is no such file; check the path",
        tmp_path: "is a folder; name one video file in it",
        written(tmp_path / "empty.mp4", b""): "is empty; copy it again",
        written(tmp_path / "notes.mp4", b"no video at all" * 99): "not a video that can be decoded",
        sound_only(tmp_path / "voice.wav"): "holds sound but no picture; name a video file",
        cut_mp4(tmp_path / "cut.mp4"): "is cut short: its index (moov) is missing",
    }
    for path, message in cases.items():
        with pytest.raises(Rejected) as refused:
            ClipSource(path, paced=False)
        assert str(path) in str(refused.value)
        assert message in str(refused.value)


def test_a_refused_file_leaves_no_decoder_noise_on_the_terminal(tmp_path: Path) -> None:
    broken = cut_mp4(tmp_path / "cut.mp4")
    program = (
        "import sys; from pathlib import Path\n"
        "from fanlight.ports.errors import Rejected\n"
        "from fanlight.vision.sources.clip import ClipSource\n"
        "try: ClipSource(Path(sys.argv[1]), paced=False)\n"
        "except Rejected: print('refused')\n"
    )
    child = subprocess.run(
        [sys.executable, "-c", program, str(broken)], capture_output=True, text=True, check=True
    )
    assert child.stdout == "refused\n"
    assert child.stderr == ""
