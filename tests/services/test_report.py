"""Reports: every hour once, and no data is never zero."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from counting_kit import DOOR, PLACES, STREET, TILL, part
from fanlight.adapters.csv_report import write_csv
from fanlight.adapters.ledger_memory import MemoryLedger
from fanlight.adapters.terminal_report import print_report
from fanlight.domain.counts import Counts
from fanlight.domain.hours import BootMinute, UtcHour
from fanlight.domain.moment import Cause
from fanlight.domain.parts import Part
from fanlight.domain.rates import ErrorRates
from fanlight.domain.report import Viewpoint, report_to_plain
from fanlight.services.report import report_day, report_hours

if TYPE_CHECKING:
    from fanlight.domain.report import Report

ZONE = ZoneInfo("Europe/Stockholm")
DAY = date(2025, 6, 2)
OPENING = UtcHour.containing(datetime(2025, 6, 2, 8, tzinfo=UTC))
CLOSING = OPENING.plus(6)
PRESENT = OPENING.plus(4)


def seen_from(now: UtcHour) -> Viewpoint:
    """The view of somebody whose counter makes no errors."""
    return Viewpoint(ZONE, now, ErrorRates.perfect())


@pytest.fixture
def report() -> Report:
    """A full hour, half an hour, an empty hour, a short look, an hour of no data, one going on."""
    ledger = MemoryLedger()
    half = Counts(seen_ms=1_800_000, peak_occupancy=3, degraded_ms={Cause.TOO_DARK: 1_800_000})
    rows = {DOOR: Counts(entries=12, exits=9, u_turns=1), TILL: Counts(visits=2, dwell_ms=9000)}
    ledger.commit([
        part(OPENING, 20, part_id="run-0", seen_s=3600, closed=True),
        Part(OPENING.plus(1), "run", "run-1", 5, half, {**rows, STREET: Counts(passed_in=4)}),
        part(OPENING.plus(2), 0, part_id="run-2", seen_s=3600, closed=True),
        part(PRESENT, 2, part_id="run-4", seen_s=120),
        part(BootMinute("b" * 36, 61), 7, part_id="run-5", seen_s=60),
    ])  # fmt: skip
    return report_day(ledger, DAY, seen_from(PRESENT))


def of_door(report: Report) -> dict[UtcHour, object]:
    return {row.hour: row for row in report.rows if row.key == DOOR}


def test_every_hour_up_to_the_present_is_there_once_for_each_place(report: Report) -> None:
    midnight = UtcHour.containing(datetime(2025, 6, 1, 22, tzinfo=UTC))
    hours = [midnight.plus(n) for n in range(PRESENT.number - midnight.number + 1)]
    assert [(row.hour, row.key) for row in report.rows] == [
        (hour, key) for hour in hours for key in (DOOR, STREET, TILL)
    ]


def test_no_data_is_not_zero(report: Report) -> None:
    rows = of_door(report)
    assert rows[OPENING.plus(3)].counts is None
    assert rows[OPENING.plus(2)].counts.entries == 0


def test_the_interval_is_a_point_for_a_full_hour_and_wide_for_a_half(report: Report) -> None:
    rows = of_door(report)
    full, half = rows[OPENING].entries, rows[OPENING.plus(1)].entries
    assert (full.low, full.best, full.high) == (20, 20, 20)
    assert 10 <= half.low < half.best == 24 < half.high
    assert rows[PRESENT].entries is None
    assert rows[PRESENT].going_on


def test_places_of_the_configuration_show_before_anything_was_counted() -> None:
    rows = report_day(MemoryLedger(), DAY, seen_from(CLOSING), PLACES).rows
    assert {row.key for row in rows} == set(PLACES)
    assert all(row.counts is None for row in rows)


def test_without_any_place_each_hour_still_says_no_data() -> None:
    rows = report_hours(MemoryLedger(), [OPENING, OPENING.plus(1)], seen_from(CLOSING)).rows
    assert [(row.hour, row.key, row.counts) for row in rows] == [
        (OPENING, None, None),
        (OPENING.plus(1), None, None),
    ]
    assert report_hours(MemoryLedger(), [], seen_from(CLOSING)).rows == ()


def test_the_future_is_left_out() -> None:
    hours = [OPENING.plus(n) for n in range(9)]
    rows = report_hours(MemoryLedger(), hours, seen_from(PRESENT), [DOOR]).rows
    assert rows[-1].hour == PRESENT


def test_hours_that_the_readers_clock_calls_future_are_shown_if_they_were_counted() -> None:
    ledger = MemoryLedger()
    ledger.commit([part(OPENING.plus(2), 5)])
    rows = report_hours(ledger, [OPENING.plus(n) for n in range(5)], seen_from(OPENING)).rows
    assert [row.counts.entries if row.counts else None for row in rows] == [None, None, 5]


def test_json_says_null_for_no_data_and_only_what_a_place_can_count(report: Report) -> None:
    plain = json.loads(json.dumps(report_to_plain(report)))
    hours = {(row["hour"], row["place"]): row for row in plain["hours"]}
    assert hours["2025-06-02T11Z", "door"]["counts"] is None
    half = hours["2025-06-02T09Z", "door"]
    assert (half["closed"], hours["2025-06-02T08Z", "door"]["closed"]) == (False, True)
    assert half["local"] == "2025-06-02 11:00+02:00"
    assert half["counts"]["in"] == 12
    assert half["counts"]["coverage"] == 0.5
    assert half["counts"]["degraded_s"] == {"too_dark": 1800}
    assert "in" not in hours["2025-06-02T09Z", "till"]["counts"]
    assert plain["unplaced"][0] | {"counts": None} == {
        "boot": "b" * 36,
        "boot_hour": 1,
        "kind": "line",
        "place": "door",
        "segment": "all",
        "counts": None,
    }


def test_csv_has_utc_local_and_empty_cells_for_no_data(report: Report) -> None:
    out = io.StringIO()
    write_csv(report, out)
    lines = list(csv.DictReader(io.StringIO(out.getvalue())))
    door = {line["hour_utc"]: line for line in lines if line["place"] == "door"}
    assert (door["2025-06-02T11Z"]["in"], door["2025-06-02T11Z"]["state"]) == ("", "no data")
    assert (door["2025-06-02T10Z"]["in"], door["2025-06-02T10Z"]["state"]) == ("0", "counted")
    assert door["2025-06-02T09Z"]["hour_local"] == "2025-06-02 11:00+02:00"
    assert door["2025-06-02T09Z"]["degraded_s"] == "too_dark=1800"
    assert door["2025-06-02T09Z"]["full_hour_in_best"] == "24.0"
    assert door["2025-06-02T12Z"]["state"] == "going on"
    assert lines[-1]["state"] == "time unknown"
    assert (lines[-1]["hour_utc"], lines[-1]["in"]) == (f"boot {'b' * 36} hour 1", "7")


def test_csv_names_cannot_become_formulas() -> None:
    ledger = MemoryLedger()
    evil = type(DOOR)(DOOR.kind, "=HYPERLINK(1)")
    ledger.commit([Part(OPENING, "r", "r-0", 1, Counts(), {evil: Counts(entries=1)})])
    out = io.StringIO()
    write_csv(report_hours(ledger, [OPENING], seen_from(CLOSING)), out)
    assert "'=HYPERLINK" in out.getvalue()


def test_the_terminal_says_no_data_where_nobody_looked(report: Report) -> None:
    console = Console(width=80, record=True, file=io.StringIO())
    print_report(report, console)
    lines = [line.strip() for line in console.export_text().splitlines()]
    start, end = lines.index("door (2025-06-02)"), lines.index("street (2025-06-02)")
    table = {
        line[:11]: line[11:]
        for line in reversed(lines[start:end])
        if line[2:3] == ":" and "in" not in line
    }
    assert table["13:00+02:00"].split() == ["no", "data"]
    assert table["12:00+02:00"].split()[:3] == ["0", "0", "0"]
    assert "50 %" in table["11:00+02:00"]
    assert "11:00+02:00 was worse by too dark for 30 min" in lines
    assert table["14:00+02:00"].split()[-4:] == ["so", "far"] * 2


def test_the_terminal_draws_a_bar_for_each_hour_of_a_line(report: Report) -> None:
    console = Console(width=80, record=True, file=io.StringIO())
    print_report(report, console)
    lines = [line.strip() for line in console.export_text().splitlines()]
    bars = {line[:11]: line for line in lines if line.endswith(" in")}
    assert bars["10:00+02:00"].count("█") == round(20 / 24 * 40)
    assert bars["11:00+02:00"].count("█") == round(12 / 24.5 * 40)
    assert "░" in bars["11:00+02:00"]
    assert "13:00+02:00" not in bars
    assert any(line.startswith("bbbbbbbb") and "7 in, 0 out" in line for line in lines)


def test_rounding_claims_neither_a_full_nor_an_empty_hour() -> None:
    ledger = MemoryLedger()
    for n, seen_s in enumerate((3590, 20)):
        ledger.commit([part(OPENING.plus(n), 1, part_id=f"run-{n}", seen_s=seen_s)])
    console = Console(width=200, record=True, file=io.StringIO())
    print_report(report_hours(ledger, [OPENING, OPENING.plus(1)], seen_from(CLOSING)), console)
    text = console.export_text()
    assert "99 %" in text
    assert "<1 %" in text
