"""Bytes are gone before their names are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fanlight.adapters import erasure
from fanlight.adapters.erasure import erase, overwrite
from fanlight.ports.errors import Transient

SECRET = b"correct horse battery staple\n"


def filled(path: Path, data: bytes = SECRET) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def witness(path: Path, folder: Path) -> Path:
    """Return another name of a file, which shows what becomes of its bytes."""
    other = folder / f"witness-{len(list(folder.iterdir()))}"
    other.hardlink_to(path)
    return other


@pytest.fixture
def witnesses(tmp_path: Path) -> Path:
    folder = tmp_path / "witnesses"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("size", [0, 1, 65_536, 65_537, 200_000])
def test_every_byte_is_zero_before_the_file_goes(
    tmp_path: Path, witnesses: Path, size: int
) -> None:
    file = filled(tmp_path / "house" / "key", b"\xa5" * size)
    seen = witness(file, witnesses)
    assert erase([file]) == 1
    assert not file.exists()
    assert seen.read_bytes() == bytes(size)


def test_a_folder_goes_with_all_that_is_in_it(tmp_path: Path, witnesses: Path) -> None:
    house = tmp_path / "house"
    files = [filled(house / name) for name in ("a", "b/c", "b/d/e", ".hidden")]
    (house / "empty").mkdir()
    seen = [witness(file, witnesses) for file in files]
    assert erase([house, tmp_path / "missing"]) == 4
    assert not house.exists()
    assert {each.read_bytes() for each in seen} == {bytes(len(SECRET))}


def test_links_go_and_what_they_name_stays(tmp_path: Path) -> None:
    outside = filled(tmp_path / "outside" / "photos" / "one")
    house = tmp_path / "house"
    house.mkdir()
    (house / "file").symlink_to(outside)
    (house / "folder").symlink_to(outside.parent)
    (house / "nowhere").symlink_to(tmp_path / "missing")
    (tmp_path / "direct").symlink_to(outside.parent)
    assert erase([house, tmp_path / "direct"]) == 0
    assert not house.exists()
    assert not os.path.lexists(tmp_path / "direct")
    assert outside.read_bytes() == SECRET


def test_what_is_no_file_goes_without_being_written_to(tmp_path: Path) -> None:
    house = tmp_path / "house"
    house.mkdir()
    os.mkfifo(house / "pipe")
    assert erase([house]) == 0
    assert not house.exists()


def test_a_link_is_never_overwritten_through(tmp_path: Path) -> None:
    outside = filled(tmp_path / "outside")
    (tmp_path / "link").symlink_to(outside)
    with pytest.raises(OSError, match="symbolic links"):
        overwrite(tmp_path / "link")
    assert outside.read_bytes() == SECRET


def test_everything_is_tried_and_failures_are_told_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = tmp_path / "house"
    for name in ("a", "b", "c", "d"):
        filled(house / name)

    def worn(path: Path) -> None:
        if path.name in {"a", "c"}:
            raise OSError(5, "Input/output error", str(path))
        overwrite(path)

    monkeypatch.setattr(erasure, "overwrite", worn)
    with pytest.raises(Transient, match="reset again") as caught:
        erase([house])
    assert f"{house / 'a'}: Input/output error; {house / 'c'}: Input/output" in str(caught.value)
    assert sorted(file.name for file in house.iterdir()) == ["a", "c"]
    monkeypatch.undo()
    assert erase([house]) == 2, "what failed can be tried again"


def test_a_folder_that_cannot_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(tmp_path / "house" / "locked" / "key")
    filled(tmp_path / "house" / "key")
    real = os.scandir

    def scandir(path: str) -> object:
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(Transient, match="locked: Permission denied"):
        erase([tmp_path / "house"])
    assert not (tmp_path / "house" / "key").exists()
