"""A secret in a file: whole, for one reader, and gone when another takes its place."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from fanlight.adapters import erasure
from fanlight.adapters.secret_file import read_secret, write_secret
from fanlight.ports.errors import Transient

FIRST, SECOND = "first secret of the shop", "2nd"


@pytest.fixture(autouse=True)
def generous_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def written(folder: Path, secret: str = FIRST) -> Path:
    path = folder / "secrets" / "enrolment.token"
    write_secret(path, secret, "setup")
    return path


def read(path: Path) -> str:
    return read_secret(path, "setup", shortest=1)


def test_a_secret_is_for_the_device_alone(tmp_path: Path) -> None:
    path = written(tmp_path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert read(path) == FIRST


def test_another_takes_its_place_and_the_first_is_overwritten(tmp_path: Path) -> None:
    path = written(tmp_path)
    witness = tmp_path / "witness"
    witness.hardlink_to(path)
    written(tmp_path, SECOND)
    assert witness.read_bytes() == bytes(len(FIRST) + 1)
    assert read(path) == SECOND
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_file_that_others_could_read_is_closed(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.chmod(0o644)
    written(tmp_path, SECOND)
    assert path.stat().st_mode & 0o777 == 0o600


class Cut(BaseException):
    """The power goes."""


STEPS = ("open", "fsync", "hardlink_to", "replace", "sync_folder", "overwrite", "unlink")


def cut_after(monkeypatch: pytest.MonkeyPatch, calls: int) -> list[str]:
    """Let the power go after so many steps on the disk; return the list of those that were done."""
    done: list[str] = []

    def stepped(name: str, real: object) -> object:
        def step(*given: object, **more: object) -> object:
            if len(done) == calls:
                raise Cut
            done.append(name)
            return real(*given, **more)  # type: ignore[operator]

        return step

    for owner, name in (
        *((os, name) for name in ("open", "fsync")),
        *((Path, name) for name in ("hardlink_to", "replace", "unlink")),
        *((erasure, name) for name in ("overwrite", "sync_folder")),
    ):
        monkeypatch.setattr(owner, name, stepped(name, getattr(owner, name)))
    return done


@pytest.mark.parametrize("calls", range(12))
def test_field_31_a_power_cut_leaves_the_first_or_the_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, calls: int
) -> None:
    path = written(tmp_path)
    with monkeypatch.context() as patched:
        done = cut_after(patched, calls)
        try:
            written(tmp_path, SECOND)
        except Cut:
            assert len(done) == calls
    assert read(path) == (SECOND if "replace" in done else FIRST)
    if "overwrite" in done:
        assert "sync_folder" in done, "the second is certain before the first is overwritten"
    written(tmp_path, "third")
    assert read(path) == "third"
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_field_31_every_step_is_among_those_that_are_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path)
    with monkeypatch.context() as patched:
        done = cut_after(patched, 1000)
        written(tmp_path, SECOND)
    assert set(done) == set(STEPS)
    assert len(done) < 12


def test_what_a_power_cut_left_is_overwritten_too(tmp_path: Path) -> None:
    path = written(tmp_path)
    witnesses = []
    for ending in (".tmp", ".old"):
        left = path.with_name(path.name + ending)
        left.write_text("left behind")
        witnesses.append(tmp_path / f"witness{ending}")
        witnesses[-1].hardlink_to(left)
    written(tmp_path, SECOND)
    assert {witness.read_bytes() for witness in witnesses} == {bytes(len("left behind"))}


def test_a_second_name_of_the_secret_in_use_costs_nothing(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.with_name(path.name + ".old").hardlink_to(path)
    (path.parent / (path.name + ".tmp")).mkdir()
    with pytest.raises(Transient, match="check the card and the folder"):
        written(tmp_path, SECOND)
    assert read(path) == FIRST


def test_a_storage_that_refuses_is_told_without_the_secret(tmp_path: Path) -> None:
    (tmp_path / "secrets").write_text("a file where a folder belongs")
    with pytest.raises(Transient, match=r"enrolment\.token") as caught:
        written(tmp_path)
    assert FIRST not in str(caught.value)
