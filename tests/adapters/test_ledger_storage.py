"""A storage that refuses, for real: what a person is told, and that nothing is lost."""

from __future__ import annotations

import os
import resource
import shutil
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from counting_kit import part
from fanlight.adapters.disk import Disk
from fanlight.adapters.ledger_tinydb import TinyLedger
from fanlight.domain.hours import UtcHour
from fanlight.ports.errors import Rejected, Transient
from mount_kit import run_on_mount

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
HOUR = UtcHour.containing(datetime(2025, 3, 30, 12, tzinfo=UTC))
NOBODY = 65534


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[TinyLedger]:
    made = TinyLedger(tmp_path)
    made.recover()
    yield made
    made.close()


def entries(ledger: TinyLedger) -> int:
    return sum(row.counts.entries for row in ledger.read(HOUR, HOUR.plus(50)))


@contextmanager
def files_at_most(size_bytes: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def without_rights(folder: Path) -> Iterator[None]:
    """Take the right to write away: by another user if this one may do anything."""
    if os.geteuid() == 0:
        os.seteuid(NOBODY)
        try:
            yield
        finally:
            os.seteuid(0)
        return
    folder.chmod(0o500)
    try:
        yield
    finally:
        folder.chmod(0o700)


def test_a_full_disk_is_named_and_the_same_call_works_later(
    ledger: TinyLedger, tmp_path: Path
) -> None:
    ledger.commit([part(HOUR, 1)])
    blocked = tmp_path / "hours-2025-03.json.gz.tmp"
    blocked.symlink_to("/dev/full")
    ledger.checkpoint([part(HOUR, 2)])
    with pytest.raises(Transient, match=r"hours-2025-03.json.gz: the disk is full; free some"):
        ledger.commit([part(HOUR, 3)])
    assert not blocked.is_symlink()
    assert entries(ledger) == 2
    ledger.commit([part(HOUR, 3)])
    assert entries(ledger) == 3


def test_a_record_cut_short_does_not_spoil_those_after_it(ledger: TinyLedger) -> None:
    ledger.checkpoint([part(HOUR, 1)])
    with files_at_most(200), pytest.raises(Transient, match="may not grow"):
        ledger.checkpoint([part(HOUR, 2)])
    assert entries(ledger) == 1
    ledger.checkpoint([part(HOUR, 3), part(HOUR.plus(1), 4, part_id="run-1")])
    assert entries(ledger) == 7
    assert ledger.notices() == []


def test_missing_rights_are_named(ledger: TinyLedger, tmp_path: Path) -> None:
    with without_rights(tmp_path), pytest.raises(Transient, match="give the fanlight user"):
        ledger.commit([part(HOUR, 1)])
    ledger.commit([part(HOUR, 1)])
    assert entries(ledger) == 1


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Transient, match=r"file/ledger: .*check the card and the folder"):
        TinyLedger(tmp_path / "file" / "ledger").recover()


def test_a_vanished_folder_is_an_error_for_the_writer_only(
    ledger: TinyLedger, tmp_path: Path
) -> None:
    shutil.rmtree(tmp_path)
    with pytest.raises(Transient, match="No such file"):
        ledger.commit([part(HOUR, 1)])
    assert TinyLedger(tmp_path).read(HOUR, HOUR) == []


def test_writing_without_being_the_writer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="only after recover"):
        TinyLedger(tmp_path).commit([part(HOUR, 1)])


def test_a_second_writer_is_refused_and_a_reader_is_not(ledger: TinyLedger, tmp_path: Path) -> None:
    ledger.checkpoint([part(HOUR, 4)])
    second = TinyLedger(tmp_path)
    with pytest.raises(Rejected, match="another fanlight is writing there; stop it"):
        second.recover()
    assert entries(second) == 4


def test_faults_carry_the_name_of_their_part(tmp_path: Path) -> None:
    with pytest.raises(Transient, match=r"^configuration: .*nowhere"):
        Disk("configuration").replace(tmp_path / "nowhere" / "file", b"")


MOUNTED = """
import json, sys
from pathlib import Path
from counting_kit import part
from fanlight.adapters.ledger_tinydb import TinyLedger
from fanlight.domain.hours import UtcHour
from fanlight.ports.errors import Transient

folder, hour, says = Path(sys.argv[1]), UtcHour(490_000), ""
ledger = TinyLedger(folder)
try:
    ledger.recover()
    for n in range(20_000):
        ledger.checkpoint([part(hour, n, part_id="run-0")])
except Transient as fault:
    says = str(fault)
counted = sum(row.counts.entries for row in ledger.read(hour, hour))
print(json.dumps({"says": says, "counted": counted, "tried": n if counted else 0}))
"""


@pytest.mark.skipif(not shutil.which("unshare"), reason="needs unshare(1) of util-linux")
def test_a_file_system_that_fills_up_keeps_all_it_took(tmp_path: Path) -> None:
    found = run_on_mount(tmp_path, "size=256k", MOUNTED)
    assert "the disk is full; free some space" in found["says"]
    assert found["counted"] in {found["tried"], found["tried"] - 1}
    assert found["counted"] > 100


@pytest.mark.skipif(not shutil.which("unshare"), reason="needs unshare(1) of util-linux")
def test_a_read_only_file_system_is_named(tmp_path: Path) -> None:
    found = run_on_mount(tmp_path, "ro", MOUNTED)
    assert "mounted read-only; remount it writable, or replace a worn-out card" in found["says"]
