"""The commands of a shop: validate, till, and report --insights, as a person types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from fanlight.__main__ import fanlight
from fanlight.adapters.check_store import CheckStore
from fanlight.adapters.ledger_tinydb import TinyLedger
from fanlight.domain.counts import HOUR_MS, Counts, PlaceKind, RowKey
from fanlight.domain.hours import UtcHour
from fanlight.domain.parts import Part
from fanlight.ports.errors import Rejected

DEMO = Path(__file__).parents[2] / "models" / "render" / "demo" / "doorway.mp4"
DOOR = RowKey(PlaceKind.LINE, "door")


def run(*words: str) -> str:
    result = CliRunner().invoke(fanlight, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.slow
def test_a_check_is_repeated_from_its_recording_with_the_same_result(tmp_path: Path) -> None:
    recording = tmp_path / "door.jsonl"
    first = run(
        *("validate", str(DEMO), "--truth", str(DEMO.with_suffix(".json")), "--json", "--store"),
        *("--recording", str(recording), "--data-dir", str(tmp_path)),
    )
    again = run("validate", "--replay", str(recording), "--json")
    assert json.loads(again) == json.loads(first)
    assert json.loads(first)["test"]["verdict"] == "undecided"
    (check,) = CheckStore(tmp_path / "checks").read()
    assert sum(each.true for each in check.by_condition.values()) == 16


def test_a_broken_recording_is_named_with_its_line(tmp_path: Path) -> None:
    broken = tmp_path / "door.jsonl"
    broken.write_text('{"fanlight": "something else"}\n', encoding="utf-8")
    with pytest.raises(Rejected, match="line 1"):
        CliRunner().invoke(fanlight, ["validate", "--replay", str(broken)], catch_exceptions=False)


def test_validate_without_a_truth_is_wrong_usage() -> None:
    result = CliRunner().invoke(fanlight, ["validate", str(DEMO)])
    assert result.exit_code == 2
    assert "--truth" in result.output


def test_conversion_comes_from_the_till_and_the_ledger(tmp_path: Path) -> None:
    hours = [UtcHour.parse("2025-03-03T09Z").plus(n) for n in range(8)]
    ledger = TinyLedger(tmp_path / "ledger")
    ledger.recover()
    counts = Counts(entries=60, exits=60, seen_ms=HOUR_MS)
    ledger.commit([Part(hour, "r", f"r-{hour}", 1, rows={DOOR: counts}) for hour in hours])
    ledger.close()
    sales = tmp_path / "sales.csv"
    lines = [f"{hour},15" for hour in hours]
    sales.write_text("\n".join(["hour_utc,transactions", *lines]), encoding="utf-8")
    assert "8 hours new" in run("till", str(sales), "--data-dir", str(tmp_path))
    assert "8 known already" in run("till", str(sales), "--data-dir", str(tmp_path))
    options = ("--data-dir", str(tmp_path), "--from", "2025-03-03", "--to", "2025-03-03")
    found = json.loads(run("report", "--insights", "--json", *options))
    assert found["conversion"]["numerator"] == 120
    assert found["conversion"]["low"] < 0.25 < found["conversion"]["high"]
    assert "days seen whole" in json.dumps(found) or found["visit_mean_min"]["not_enough_data"]
    page = run("report", "--insights", *options)
    assert "conversion: sales per entry" in page
    assert "not enough data" in page
    assert "rendered sequences, not this site" in page


def test_a_file_of_receipts_is_refused(tmp_path: Path) -> None:
    receipts = tmp_path / "receipts.csv"
    receipts.write_text("receipt,time\n1,09:12\n", encoding="utf-8")
    with pytest.raises(Rejected, match="Receipts, customers"):
        CliRunner().invoke(
            fanlight, ["till", str(receipts), "--data-dir", str(tmp_path)], catch_exceptions=False
        )
