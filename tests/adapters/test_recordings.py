from __future__ import annotations

from pathlib import Path

import pytest

from fanlight.adapters.recordings import read_recording
from fanlight.ports.errors import Rejected


def test_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "walk.txt"
    file.write_text("1 0 2.0 3.0 1.7\n1 1 2.1 3.1 1.7\n", encoding="utf-8")
    assert read_recording(file).points.tolist() == [[2.0, 3.0], [2.1, 3.1]]


def test_a_malformed_line_is_told_with_file_line_and_expectation(tmp_path: Path) -> None:
    file = tmp_path / "walk.txt"
    file.write_text("1 0 2.0 3.0 1.7\n1 1 2.1\n", encoding="utf-8")
    with pytest.raises(Rejected, match=r"walk\.txt: line 2: expected person, frame, x, y"):
        read_recording(file)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="does not exist; check the path"):
        read_recording(tmp_path / "nowhere.txt")


def test_a_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="cannot be read: Is a directory"):
        read_recording(tmp_path)


def test_a_picture_is_told(tmp_path: Path) -> None:
    file = tmp_path / "walk.png"
    file.write_bytes(b"\x89PNG\r\n\x1a\n\x00\xff\xfe")
    with pytest.raises(Rejected, match="is not a text file"):
        read_recording(file)


def test_an_empty_file_is_told(tmp_path: Path) -> None:
    file = tmp_path / "walk.txt"
    file.touch()
    with pytest.raises(Rejected, match="it is empty"):
        read_recording(file)
