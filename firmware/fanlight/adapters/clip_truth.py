"""The ground truth that lies beside a recorded clip: CLIP.json."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from fanlight.domain.crossings import Direction  # noqa: TC001 - msgspec reads it at run time
from fanlight.domain.geometry import CountingLine, Heading, Point
from fanlight.domain.scoring import Passage
from fanlight.ports.errors import Rejected

if TYPE_CHECKING:
    from pathlib import Path


class TrueCrossing(msgspec.Struct, frozen=True):
    """One annotated crossing; `frame` is 0-based in decoding order."""

    frame: int
    dir: Direction


HEADINGS = {
    "LEFT to RIGHT": Heading.RIGHT,
    "RIGHT to LEFT": Heading.LEFT,
    "DOWN": Heading.DOWN,
    "UP": Heading.UP,
}


class ClipTruth(msgspec.Struct, frozen=True):
    """What is known of a clip: its line as fractions, its frame rate and every crossing.

    `direction_definition` begins with "in = moving" and one of `HEADINGS`.
    """

    line: tuple[float, float, float, float]
    direction_definition: str
    fps: float
    crossings: tuple[TrueCrossing, ...]
    optional_crossings: tuple[TrueCrossing, ...] = ()
    mount: str = "oblique"
    u_turns: tuple[msgspec.Raw, ...] = ()

    @property
    def counting_line(self) -> CountingLine:
        """The annotated line, directed as the annotation says.

        Raises:
            ValueError: the annotation does not say which way is in.
        """
        x1, y1, x2, y2 = self.line
        line = CountingLine("door", Point(x1, y1), Point(x2, y2))
        said = self.direction_definition.removeprefix("in = moving ")
        for words, heading in HEADINGS.items():
            if said.startswith(words):
                return line.turned(heading)
        raise ValueError(f"{self.direction_definition!r} does not say which way is in")

    @property
    def passages(self) -> list[Passage]:
        """The crossings by time."""
        return [Passage(crossing.frame / self.fps, crossing.dir) for crossing in self.crossings]

    @property
    def optional_passages(self) -> list[Passage]:
        """The crossings that may be counted or not."""
        return [Passage(each.frame / self.fps, each.dir) for each in self.optional_crossings]


def truth_beside(clip: Path) -> ClipTruth | None:
    """Read the truth that lies beside a clip, or return None if there is none.

    Raises:
        Rejected: the file is there but cannot be read.
    """
    path = clip.with_suffix(".json")
    return read_truth(path) if path.is_file() else None


def read_truth(path: Path) -> ClipTruth:
    """Read the truth of a clip.

    Raises:
        Rejected: the file is missing or not of that form.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=ClipTruth)
    except (OSError, msgspec.MsgspecError) as error:
        raise Rejected("truth", f"{path} is no ground truth of a clip: {error}") from error
