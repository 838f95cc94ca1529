from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fanlight.adapters.receipt import IN_COLOUR, OUT_COLOUR, ReceiptFacts, write_receipt
from fanlight.domain.crossings import Crossing, Direction, UTurn
from fanlight.domain.geometry import CountingLine, Point

LINE = CountingLine("door", Point(0.1, 0.5), Point(0.9, 0.5))
DOWNWARD = [(0.5, y / 20) for y in range(2, 19)]


def receipt(tmp_path: Path, *directions: Direction) -> np.ndarray:
    events = [
        Crossing("door", direction, int(index * 7e9), index, index)
        for index, direction in enumerate(directions)
    ]
    facts = ReceiptFacts(
        title="clip.mp4",
        aspect=4 / 3,
        duration_s=130.0,
        lines=[LINE],
        paths={index: DOWNWARD for index, _ in enumerate(directions)},
        events=[*events, UTurn("door", 0, 0, 99)],
        footnote="10 frames",
    )
    write_receipt(facts, tmp_path / "receipt.png")
    with Image.open(tmp_path / "receipt.png") as picture:
        return np.asarray(picture.convert("RGB")).astype(int)


def pixels_like(picture: np.ndarray, colour: str) -> int:
    wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return int((np.abs(picture - wanted).sum(axis=2) < 12).sum())


def test_paths_and_bars_take_the_colour_of_their_direction(tmp_path: Path) -> None:
    entered = receipt(tmp_path, Direction.IN)
    left = receipt(tmp_path, Direction.OUT)
    assert pixels_like(entered, IN_COLOUR) > 2 * pixels_like(left, IN_COLOUR)
    assert pixels_like(left, OUT_COLOUR) > 2 * pixels_like(entered, OUT_COLOUR)


def test_the_arrow_points_to_the_side_that_is_in(tmp_path: Path) -> None:
    """Below the line, where in is, the arrow darkens the floor; above it nothing does."""
    picture = receipt(tmp_path)
    dark = picture.sum(axis=2) < 200
    rows = np.flatnonzero(dark[:, 80:700].sum(axis=1) > 500)
    line_y = int(rows.mean())
    below = dark[line_y + 5 : line_y + 40, 80:700].sum()
    above = dark[line_y - 40 : line_y - 5, 80:700].sum()
    assert below > 100
    assert above == 0


def test_an_impossible_file_is_an_error(tmp_path: Path) -> None:
    facts = ReceiptFacts("x", 1.0, 1.0, [LINE], {}, [])
    with pytest.raises(OSError, match="No such file"):
        write_receipt(facts, tmp_path / "missing" / "receipt.png")
    with pytest.raises(ValueError, match="unknown file extension"):
        write_receipt(facts, tmp_path / "receipt.nonsense")
