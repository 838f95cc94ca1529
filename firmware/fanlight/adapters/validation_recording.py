"""A validation recording: the truth of a clip and the tracks that were heard, one JSON a line.

It holds no picture. The first line is the head, each further one a frame.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import msgspec

from fanlight.domain.events import Direction  # noqa: TC001 - msgspec reads it at run time
from fanlight.domain.geometry import CountingLine, Point
from fanlight.domain.heard import HeardFrame, Track, tracks_from_plain, tracks_to_plain
from fanlight.domain.mount import Mount  # noqa: TC001 - msgspec reads it at run time
from fanlight.domain.rates import Light  # noqa: TC001 - msgspec reads it at run time
from fanlight.domain.scoring import Passage
from fanlight.ports.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

LARGEST_BYTES: Final = 512 * 1024 * 1024
PART: Final = "recording"


class HeardLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A counting line in the scene's units."""

    name: str
    start: tuple[float, float]
    end: tuple[float, float]


class TruePassage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A crossing that was made, in seconds since the clip's start."""

    at_s: float
    direction: Direction


class Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a recording is of: where the lines were, and what really happened."""

    clip: str
    lines: tuple[HeardLine, ...]
    mount: Mount
    light: Light
    truth: tuple[TruePassage, ...]
    optional: tuple[TruePassage, ...] = ()
    fanlight: Literal["validation recording"] = "validation recording"
    version: Literal[1] = 1

    @property
    def counting_lines(self) -> list[CountingLine]:
        """The lines as the domain has them."""
        return [
            CountingLine(each.name, Point(*each.start), Point(*each.end)) for each in self.lines
        ]

    @property
    def passages(self) -> list[Passage]:
        """The true crossings."""
        return [Passage(each.at_s, each.direction) for each in self.truth]

    @property
    def optional_passages(self) -> list[Passage]:
        """The crossings that may be counted or not."""
        return [Passage(each.at_s, each.direction) for each in self.optional]


class FrameLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, array_like=True):
    """One frame: time, index, tracks."""

    at_ns: int
    frame: int
    tracks: tuple[Track, ...]


def write_recording(path: Path, head: Head, frames: Iterable[HeardFrame]) -> None:
    """Write a recording.

    Raises:
        Rejected: the file cannot be written.
    """
    encode = msgspec.json.encode
    try:
        with path.open("wb") as out:
            out.write(encode(head) + b"\n")
            for heard in frames:
                tracks = tuple(tracks_to_plain(heard.tracks))
                out.write(encode(FrameLine(heard.at_ns, heard.frame, tracks)) + b"\n")
    except OSError as error:
        raise Rejected(PART, f"{path} cannot be written: {error.strerror}") from error


def read_heard(path: Path) -> tuple[Head, list[HeardFrame]]:
    """Read a recording.

    Raises:
        Rejected: it is missing, too large, or one of its lines is malformed; names the line.
    """
    number = 1
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise Rejected(PART, f"{path} is larger than {LARGEST_BYTES >> 20} MiB")
        first, *others = path.read_bytes().splitlines()
        head = msgspec.json.decode(first, type=Head)
        decoder = msgspec.json.Decoder(FrameLine)
        frames = []
        for number, line in enumerate(others, start=2):  # noqa: B007 - named in the error
            frames.append(_heard(decoder.decode(line)))
    except OSError as error:
        raise Rejected(PART, f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, msgspec.MsgspecError) as error:
        raise Rejected(PART, f"{path}, line {number}: no validation recording: {error}") from error
    return head, frames


def _heard(line: FrameLine) -> HeardFrame:
    return HeardFrame(line.at_ns, line.frame, tracks_from_plain(line.tracks))
