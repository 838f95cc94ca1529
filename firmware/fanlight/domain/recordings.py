"""Recorded positions of people, and the text formats they come in.

Each parser takes lines of text and yields the sightings of one format; none touches a file.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

NOBODY: Final = -1
"""The person of a sighting that names none (detections in MOTChallenge text)."""
BODY_M: Final = 0.45
"""A body's width as seen from above."""
TALLEST_M: Final = 3.0
EDINBURGH_M_PER_PX: Final = 0.0247
"""On the floor of the Informatics Forum, as its publishers say."""


class Format(StrEnum):
    """A text format of recorded positions."""

    JUELICH = "juelich"
    OBSMAT = "obsmat"
    EDINBURGH = "edinburgh"
    MOT = "mot"


EXPECTED: Final = {
    Format.JUELICH: "person, frame, x, y and optionally z, separated by blanks",
    Format.OBSMAT: "eight numbers: frame, person, x, z, y, and three velocities",
    Format.EDINBURGH: "TRACK.Rn=[[x y frame];[x y frame];...]; or Properties.Rn=[...];",
    Format.MOT: "frame,person,left,top,width,height,score with at most three more numbers",
}


class MalformedLine(ValueError):
    """A line is not of the recording's format; `number` counts from 1."""

    def __init__(self, number: int, line: str, expected: str) -> None:
        shown = line.strip()[:60]
        super().__init__(f"line {number}: expected {expected}; found '{shown}'")
        self.number = number


@dataclass(frozen=True, slots=True)
class Recording:
    """Sightings of people, ordered by frame.

    `frames` (n,) and `people` (n,) are whole numbers, `points` (n,2) are in the recording's own
    unit, `body` is a body's width in it. `boxes` (n,4) as x1,y1,x2,y2 and `scores` (n,) in 0..1
    are there for MOTChallenge text.
    """

    frames: NDArray[np.int64]
    people: NDArray[np.int64]
    points: NDArray[np.float64]
    body: float
    boxes: NDArray[np.float64] | None = None
    scores: NDArray[np.float64] | None = None

    @property
    def names_people(self) -> bool:
        """Whether every sighting says whose it is."""
        return bool((self.people != NOBODY).all())


def parse(lines: Sequence[str]) -> Recording:
    """Read a recording in whichever of the formats it is.

    Raises:
        MalformedLine: a line is not of the format that the file begins with.
        ValueError: there is no sighting at all.
    """
    kind = detect(lines)
    rows = [*_PARSERS[kind](lines)]
    if not rows:
        raise ValueError("there is no position in it")
    table = np.array(rows, dtype=np.float64)
    table = table[np.argsort(table[:, 0], kind="stable")]
    frames, people = table[:, 0].astype(np.int64), table[:, 1].astype(np.int64)
    if kind is not Format.MOT:
        return Recording(frames, people, table[:, 2:4], _body(kind, table))
    boxes = np.concatenate([table[:, 2:4], table[:, 2:4] + table[:, 4:6]], axis=1)
    points = (boxes[:, :2] + boxes[:, 2:]) * 0.5
    body = float(np.median(np.sqrt(table[:, 4] * table[:, 5])))
    return Recording(frames, people, points, body, boxes, table[:, 6])


def detect(lines: Iterable[str]) -> Format:
    """Tell the format from the first line that says something.

    Raises:
        MalformedLine: it is of none of the formats.
        ValueError: no line says anything.
    """
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if text.startswith(("%", "Properties.", "TRACK.")):
            return Format.EDINBURGH
        if not text or text.startswith("#"):
            continue
        if "," in text:
            return Format.MOT
        kind = _BY_COLUMNS.get(len(text.split()))
        if kind is None:
            raise MalformedLine(number, line, "one of: " + "; or ".join(EXPECTED.values()))
        return kind
    raise ValueError("it is empty")


def _body(kind: Format, table: NDArray[np.float64]) -> float:
    """A body's width in the recording's unit: metres, centimetres or Edinburgh's pixels.

    Jülich's files say nothing of their unit that a program could rely on, but their z is the
    height of a head.
    """
    if kind is Format.EDINBURGH:
        return BODY_M / EDINBURGH_M_PER_PX
    in_centimetres = table.shape[1] > 4 and float(np.median(table[:, 4])) > TALLEST_M
    return BODY_M * 100.0 if kind is Format.JUELICH and in_centimetres else BODY_M


def _juelich(lines: Sequence[str]) -> Iterator[list[float]]:
    width = 0
    for number, line in enumerate(lines, start=1):
        text = line.split("#", 1)[0]
        if text.strip():
            values = _numbers(number, line, text.split(), EXPECTED[Format.JUELICH])
            width = width or len(values)
            if len(values) != width or width not in (4, 5):
                raise MalformedLine(number, line, EXPECTED[Format.JUELICH])
            yield _sighting(number, line, values[1], values[0], values[2:], Format.JUELICH)


def _obsmat(lines: Sequence[str]) -> Iterator[list[float]]:
    for number, line in enumerate(lines, start=1):
        text = line.split("#", 1)[0]
        if text.strip():
            values = _numbers(number, line, text.split(), EXPECTED[Format.OBSMAT])
            if len(values) != 8:
                raise MalformedLine(number, line, EXPECTED[Format.OBSMAT])
            yield _sighting(number, line, values[0], values[1], values[2:5:2], Format.OBSMAT)


def _edinburgh(lines: Sequence[str]) -> Iterator[list[float]]:
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text or text.startswith(("%", "Properties.R")):
            continue
        track = _TRACK.fullmatch(text)
        if track is None:
            raise MalformedLine(number, line, EXPECTED[Format.EDINBURGH])
        for place in track["places"].split(";"):
            if place.strip():
                words = place.strip(" []").split()
                values = _numbers(number, place, words, EXPECTED[Format.EDINBURGH])
                if len(values) != 3:
                    raise MalformedLine(number, place, EXPECTED[Format.EDINBURGH])
                person = float(track["person"])
                yield _sighting(number, place, values[2], person, values[:2], Format.EDINBURGH)


def _mot(lines: Sequence[str]) -> Iterator[list[float]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        words = line.split(",")
        values = _numbers(number, line, words, EXPECTED[Format.MOT])
        if not 7 <= len(values) <= 10 or values[4] <= 0.0 or values[5] <= 0.0:
            raise MalformedLine(number, line, EXPECTED[Format.MOT])
        yield _sighting(number, line, values[0], values[1], values[2:7], Format.MOT)


def _sighting(  # noqa: PLR0913, PLR0917 - one line's facts, spelled out
    number: int, line: str, frame: float, person: float, place: list[float], kind: Format
) -> list[float]:
    if not (frame.is_integer() and person.is_integer()):
        raise MalformedLine(number, line, EXPECTED[kind])
    return [frame, person, *place]


def _numbers(number: int, line: str, words: list[str], expected: str) -> list[float]:
    try:
        values = [float(word) for word in words]
    except ValueError:
        raise MalformedLine(number, line, expected) from None
    if not all(map(math.isfinite, values)):
        raise MalformedLine(number, line, expected)
    return values


_TRACK: Final = re.compile(r"TRACK\.R(?P<person>\d+)\s*=\s*\[(?P<places>\[.*\];?)\s*\];?")
_BY_COLUMNS: Final = {4: Format.JUELICH, 5: Format.JUELICH, 8: Format.OBSMAT}
_PARSERS: Final = {
    Format.JUELICH: _juelich,
    Format.OBSMAT: _obsmat,
    Format.EDINBURGH: _edinburgh,
    Format.MOT: _mot,
}
