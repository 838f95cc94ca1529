"""A recorded clip, either frame by frame or at the pace at which it was recorded."""

from __future__ import annotations

import mmap
import os
import time
from typing import TYPE_CHECKING

import cv2
import numpy as np

from fanlight.ports.errors import Gone, Rejected, Transient
from fanlight.vision.frame import Frame, Layout, Stamp

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SOUND_MAGICS = (b"ID3", b"fLaC", b"OggS", b"\xff\xfb", b"\xff\xf3", b"MThd")
HIGHEST_PLAUSIBLE_FPS = 240.0


class ClipSource:
    """Frames of a video file, decoded into one buffer that is scrubbed after every look.

    With `paced`, frames come when they are due and late ones are dropped (newest wins);
    without, every frame comes as fast as it can be looked at. A frame's `at_ns` counts from the
    clip's first frame, by the container's time stamps where they advance, by its frame rate
    where they do not. `exposed_ns` is the instant just before the picture leaves the decoder.

    Raises:
        Rejected: the file is missing, no video, sound only or cut short.
    """

    live = False

    def __init__(
        self,
        path: Path,
        *,
        paced: bool,
        now_ns: Callable[[], int] = time.monotonic_ns,
        sleep_s: Callable[[float], None] = time.sleep,
    ) -> None:
        self._path = path
        self._paced = paced
        self._now_ns = now_ns
        self._sleep_s = sleep_s
        self._video = _open(path)
        self.width = int(self._video.get(cv2.CAP_PROP_FRAME_WIDTH))
        self.height = int(self._video.get(cv2.CAP_PROP_FRAME_HEIGHT))
        fps = self._video.get(cv2.CAP_PROP_FPS)
        self.fps = fps if 0 < fps <= HIGHEST_PLAUSIBLE_FPS else 25.0
        self.declared_frames = max(0, int(self._video.get(cv2.CAP_PROP_FRAME_COUNT)))
        self._pixels = np.zeros((self.height, self.width, 3), np.uint8)
        self._on_lease = False
        self._closed = False
        self._next_index = 0
        self._last_at_ns = -1
        self._start_ns: int | None = None
        self._require_a_picture()

    @property
    def frames_read(self) -> int:
        """How many frames have been decoded so far; the container's own claim may be wrong."""
        return self._next_index

    def read(self) -> Frame | None:
        """Lease the next due frame; None at the end of the clip.

        Raises:
            Gone: the clip has been closed.
            Transient: this one frame is broken.
        """
        if self._closed:
            raise Gone("clip", f"{self._path} has been closed")
        if self._on_lease:
            raise RuntimeError("the previous frame is still on lease")
        skipped = 0
        while self._grab():
            if not self._paced or self._wait_until_due():
                return self._lease(skipped)
            skipped += 1
        return None

    def close(self) -> None:
        """Scrub the buffer and close the decoder."""
        self._closed = True
        self._pixels.fill(0)
        self._video.release()

    def _require_a_picture(self) -> None:
        """Decode the first picture once, so that a hollow file is refused before the run."""
        if self.width <= 0 or self.height <= 0 or not self._video.grab():
            self.close()
            raise Rejected("clip", _why_unreadable(self._path))
        self._first_is_grabbed = True

    def _grab(self) -> bool:
        if self._first_is_grabbed:
            self._first_is_grabbed = False
        elif not self._video.grab():
            return False
        at_ns = int(self._video.get(cv2.CAP_PROP_POS_MSEC) * 1e6)
        if at_ns <= self._last_at_ns:
            at_ns = self._last_at_ns + int(1e9 / self.fps)
        self._last_at_ns = max(at_ns, 0)
        self._next_index += 1
        return True

    def _wait_until_due(self) -> bool:
        """Sleep until the grabbed frame is due; False when it is more than one frame late."""
        now_ns = self._now_ns()
        if self._start_ns is None:
            self._start_ns = now_ns - self._last_at_ns
        early_ns = self._start_ns + self._last_at_ns - now_ns
        if early_ns > 0:
            self._sleep_s(early_ns / 1e9)
        return early_ns > -1e9 / self.fps

    def _lease(self, skipped: int) -> Frame:
        stamp = Stamp(self._last_at_ns, self._now_ns(), self._next_index - 1, skipped)
        size = (self.width, self.height)
        self._on_lease = True
        frame = Frame(self._pixels, Layout.BGR, size, stamp, self._take_back)
        try:
            decoded, picture = self._video.retrieve(self._pixels)
        except cv2.error as err:
            frame.scrub()
            raise Transient("clip", f"frame {stamp.index} of {self._path} is broken") from err
        if not decoded or picture is not self._pixels:
            frame.scrub()
            np.asarray(picture if decoded else ()).fill(0)
            raise Rejected("clip", f"{self._path}: the picture changes its size; re-encode it")
        return frame

    def _take_back(self) -> None:
        self._on_lease = False


def _open(path: Path) -> cv2.VideoCapture:
    if not path.exists():
        raise Rejected("clip", f"{path}: there is no such file; check the path")
    if path.is_dir():
        raise Rejected("clip", f"{path} is a folder; name one video file in it")
    if not os.access(path, os.R_OK):
        raise Rejected("clip", f"{path} may not be read; check its permissions")
    video = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    if not video.isOpened():
        raise Rejected("clip", _why_unreadable(path))
    return video


def _why_unreadable(path: Path) -> str:
    """Say what is wrong with a file that the decoder refused, by looking at its bytes."""
    if path.stat().st_size == 0:
        return f"{path} is empty; copy it again"
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        is_mp4 = content[4:8] == b"ftyp"
        if is_mp4 and content.find(b"moov") < 0:
            return f"{path} is cut short: its index (moov) is missing; copy the whole file again"
        is_sound = content[:4] == b"RIFF" and content[8:12] == b"WAVE"
        is_sound = is_sound or any(content[: len(magic)] == magic for magic in SOUND_MAGICS)
        if is_sound or (is_mp4 and content.find(b"soun") > 0 and content.find(b"vide") < 0):
            return f"{path} holds sound but no picture; name a video file"
    return f"{path} is not a video that can be decoded; convert it to MP4 with H.264"
