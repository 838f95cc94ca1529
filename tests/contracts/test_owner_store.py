"""What every record of a device's owner promises."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crashing_disk import RecordingDisk, Volume
from fanlight.adapters.owner_store import OwnerFile
from fanlight.domain.setup_rules import NONCES_KEPT, Ownership
from fanlight.ports.errors import FanlightError, Rejected, Transient
from fanlight.ports.setup import OwnerStore

OURS = Ownership(b"o" * 32, 1_790_000_000, (3, 2**64 - 1))
NEXT = Ownership(b"o" * 32, 1_790_000_001, (3, 2**64 - 1, 4))


@pytest.fixture(params=["file"])
def store(tmp_path: Path) -> OwnerStore:
    return OwnerFile(tmp_path / "owner")


def test_a_new_device_is_nobodys(store: OwnerStore) -> None:
    assert store.read() == Ownership()


def test_the_last_that_was_written_holds(store: OwnerStore) -> None:
    store.write(OURS)
    assert store.read() == OURS
    store.write(NEXT)
    assert store.read() == NEXT


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(
    st.binary(min_size=32, max_size=32),
    st.integers(0, 2**33),
    st.lists(st.integers(0, 2**64 - 1), max_size=NONCES_KEPT).map(tuple),
)
def test_any_ownership_comes_back(
    store: OwnerStore, key: bytes, newest_s: int, nonces: tuple[int, ...]
) -> None:
    store.write(Ownership(key, newest_s, nonces))
    assert store.read() == Ownership(key, newest_s, nonces)


def copies(folder: Path) -> list[Path]:
    return sorted((folder / "owner").iterdir())


def test_it_outlives_the_process_and_one_damaged_copy(tmp_path: Path) -> None:
    OwnerFile(tmp_path / "owner").write(OURS)
    for damaged in copies(tmp_path):
        kept = damaged.read_bytes()
        for rubbish in (b"", kept[:-3], b"\x00" * len(kept)):
            damaged.write_bytes(rubbish)
            assert OwnerFile(tmp_path / "owner").read() == OURS
        damaged.unlink()
        assert OwnerFile(tmp_path / "owner").read() == OURS
        damaged.write_bytes(kept)


def test_damage_makes_nobody_the_owner(tmp_path: Path) -> None:
    store = OwnerFile(tmp_path / "owner")
    store.write(OURS)
    for file in copies(tmp_path):
        file.write_bytes(b"rubbish")
    for _ in range(2):
        with pytest.raises(Rejected, match="reset the device by its button"):
            store.read()
    assert len(copies(tmp_path)) == 2, "they are left for whoever can mend them"


@pytest.mark.parametrize(
    "whole",
    [
        *(b"rubbish", b"7", b"[]", b"{}", b'{"owner_key": "zz", "newest_s": 0, "nonces": []}'),
        *(b'{"owner_key": "00", "newest_s": 0, "nonces": []}', b'{"owner_key": 7}'),
        b'{"owner_key": "' + b"00" * 32 + b'", "newest_s": "x", "nonces": [null]}',
    ],
)
def test_a_whole_file_that_names_no_owner_makes_nobody_the_owner(
    tmp_path: Path, whole: bytes
) -> None:
    store = OwnerFile(tmp_path / "owner")
    store.write(OURS)
    store._file.write(whole)
    with pytest.raises(Rejected, match="reset the device by its button"):
        store.read()


def test_what_the_storage_refuses_can_be_tried_again(tmp_path: Path) -> None:
    (tmp_path / "owner").write_text("a file where a folder belongs")
    store = OwnerFile(tmp_path / "owner")
    with pytest.raises(Transient, match="owner"):
        store.write(OURS)
    (tmp_path / "owner").unlink()
    store.write(OURS)
    assert store.read() == OURS


@pytest.mark.parametrize(("before", "after"), [(None, OURS), (OURS, NEXT)])
def test_field_31_a_power_cut_leaves_the_former_or_the_new_owner(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    before: Ownership | None,
    after: Ownership,
) -> None:
    folder = tmp_path / "owner"
    folder.mkdir()
    if before is not None:
        OwnerFile(folder).write(before)
    volume = Volume.holding({file.name: file.read_bytes() for file in folder.iterdir()})
    disk = RecordingDisk(monkeypatch)
    OwnerFile(folder, disk).write(after)
    monkeypatch.undo()
    found = []
    for number, op in enumerate(disk.ops):
        volume.apply(op)
        for variant, files in enumerate(volume.after_power_cut()):
            left = tmp_path / f"{number}-{variant}"
            left.mkdir()
            for name, data in files.items():
                (left / name).write_bytes(data)
            try:
                found.append(OwnerFile(left).read())
            except FanlightError as error:
                pytest.fail(f"after {disk.ops[: number + 1]}: {error}")
    assert len(disk.ops) >= 8
    assert set(found) == {before or Ownership(), after}
