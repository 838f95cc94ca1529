from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from fanlight.__main__ import fanlight
from fanlight.adapters.audit_log import BEGINNING, SEALED_KEPT, AuditFile
from fanlight.ports.audit import AuditKind

KIND = AuditKind.RETENTION_DAY_BEGUN
AT = "2026-11-22T09:00:00+00:00"


def filled(folder: Path, entries: int, limit_bytes: int = 256_000) -> AuditFile:
    log = AuditFile(folder, limit_bytes=limit_bytes)
    for number in range(entries):
        log.append(KIND, {"day": f"day {number}", "epsilon": 2.15}, AT)
    return log


def test_entries_come_back_in_order_and_the_chain_holds(tmp_path: Path) -> None:
    log = filled(tmp_path, 5)
    entries = list(log.entries())
    assert [entry.number for entry in entries] == [1, 2, 3, 4, 5, 6]
    assert [entry.facts.get("day") for entry in entries[1:]] == [f"day {n}" for n in range(5)]
    verdict = log.verify()
    assert verdict.faults == ()
    assert (verdict.entries, verdict.head) == (6, entries[-1].hash)


def test_the_chain_goes_on_after_a_restart(tmp_path: Path) -> None:
    filled(tmp_path, 2)
    log = filled(tmp_path, 2)
    assert log.verify().entries == 5
    assert log.verify().faults == ()


@pytest.mark.parametrize("line", [0, 2, 4])
def test_a_changed_entry_is_found(tmp_path: Path, line: int) -> None:
    filled(tmp_path, 5)
    path = tmp_path / "audit.jsonl"
    lines = path.read_text().splitlines()
    lines[line] = lines[line].replace(AT, "2026-11-21T09:00:00+00:00")
    path.write_text("\n".join(lines) + "\n")
    faults = AuditFile(tmp_path).verify().faults
    assert f"audit.jsonl, line {line + 1}: changed" in faults[0]


def test_an_entry_taken_out_is_found(tmp_path: Path) -> None:
    filled(tmp_path, 5)
    path = tmp_path / "audit.jsonl"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:2], *lines[3:]]) + "\n")
    assert "line 3: entries before it are missing" in AuditFile(tmp_path).verify().faults[0]


def test_entries_forged_with_their_own_hashes_break_the_chain(tmp_path: Path) -> None:
    filled(tmp_path, 3)
    other = filled(tmp_path / "other", 5)
    assert other.verify().faults == ()
    ours, theirs = (
        (folder / "audit.jsonl").read_text().splitlines()
        for folder in (tmp_path, tmp_path / "other")
    )
    (tmp_path / "audit.jsonl").write_text("\n".join([*ours[:2], theirs[4], *ours[3:]]) + "\n")
    assert AuditFile(tmp_path).verify().faults


def test_entries_cut_off_the_end_change_the_last_hash(tmp_path: Path) -> None:
    head = filled(tmp_path, 5).verify().head
    path = tmp_path / "audit.jsonl"
    path.write_text("\n".join(path.read_text().splitlines()[:-1]) + "\n")
    verdict = AuditFile(tmp_path).verify()
    assert verdict.faults == ()
    assert verdict.head != head


def test_field_31_a_half_written_line_is_put_aside_and_told(tmp_path: Path) -> None:
    filled(tmp_path, 3)
    with (tmp_path / "audit.jsonl").open("ab") as torn:
        torn.write(b'{"number":5,"at":null,"ki')
    log = AuditFile(tmp_path)
    log.append(KIND, {}, AT)
    assert log.verify().faults == ()
    assert [entry.kind for entry in log.entries()][-2:] == [AuditKind.LOG_TORN, KIND]


def test_field_34_it_rolls_over_sealed_and_keeps_so_many(tmp_path: Path) -> None:
    log = filled(tmp_path, 150, limit_bytes=2000)
    sealed = sorted(tmp_path.glob("audit-*.jsonl"))
    assert len(sealed) == SEALED_KEPT
    assert all(path.stat().st_size < 3000 for path in sealed)
    for path in sealed:
        assert json.loads(path.read_text().splitlines()[-1])["kind"] == AuditKind.LOG_SEALED
    assert log.verify().faults == ()
    sealed[3].unlink()
    assert "entries before it are missing" in AuditFile(tmp_path).verify().faults[0]
    log.append(KIND, {}, AT)
    assert AuditFile(tmp_path).append(KIND, {}, AT).number > 150


def test_what_is_no_fact_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="has 401 characters"):
        AuditFile(tmp_path).append(KIND, {"day": "x" * 401}, AT)
    with pytest.raises(ValueError, match="17 facts are too many"):
        AuditFile(tmp_path).append(KIND, {str(n): n for n in range(17)}, AT)


def test_the_command_shows_and_verifies(tmp_path: Path) -> None:
    filled(tmp_path / "audit", 2)
    shown = CliRunner().invoke(fanlight, ["audit", "--data-dir", str(tmp_path)])
    assert "retention_day_begun  day=day 1 epsilon=2.15" in shown.output
    verified = CliRunner().invoke(fanlight, ["audit", "--verify", "--data-dir", str(tmp_path)])
    assert verified.exit_code == 0
    assert verified.output.startswith("3 entries, last hash ")
    path = tmp_path / "audit" / "audit.jsonl"
    path.write_text(path.read_text().replace("day 1", "day 7"))
    broken = CliRunner().invoke(fanlight, ["audit", "--verify", "--data-dir", str(tmp_path)])
    assert broken.exit_code == 1
    assert "audit.jsonl, line 3: changed" in broken.output


def test_no_log_is_an_empty_one(tmp_path: Path) -> None:
    verdict = AuditFile(tmp_path / "none").verify()
    assert (verdict.entries, verdict.head, verdict.faults) == (0, BEGINNING, ())
