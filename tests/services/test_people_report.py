"""Classes, journeys and several cameras, from real ledgers through the command."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from counting_kit import DOOR, PLACES, TILL, S, enter, leave, moment, walked
from fanlight.adapters.ledger_memory import MemoryLedger
from fanlight.adapters.ledger_tinydb import TinyLedger
from fanlight.adapters.simulated_clock import SimulatedClock
from fanlight.app.cli.report import report as report_command
from fanlight.domain.books import Books, BooksSettings
from fanlight.domain.counts import Counts, RowKey, Segment
from fanlight.domain.events import Crossing, Direction
from fanlight.domain.hours import UtcHour
from fanlight.domain.occupancy import ImbalanceAlarm
from fanlight.domain.parts import Part, rows_of
from fanlight.domain.placing import Placing
from fanlight.domain.report import Viewpoint
from fanlight.domain.suppression import MinimumCount
from fanlight.domain.week import BusinessDay, Span, Week
from fanlight.ports.ledger import Ledger
from fanlight.services.bookkeeping import BookkeepingSettings, keep_books
from fanlight.services.health.balance import check_balance
from fanlight.services.health.finding import Verdict
from fanlight.services.people_report import report_classes, report_journeys, report_shop
from fanlight.services.report import report_day

UTC_ZONE = ZoneInfo("UTC")
DAY = date(2026, 6, 3)
MIDNIGHT = UtcHour.parse("2026-06-03T00Z")
LATER = Viewpoint(UTC_ZONE, MIDNIGHT.plus(30))
ADULT, CHILD, STAFF = (
    RowKey(DOOR.kind, DOOR.name, segment)
    for segment in (Segment.ADULT, Segment.CHILD, Segment.STAFF)
)
BUSINESS = BusinessDay(Week(((Span.parse("09:00-18:00"),),) * 7, UTC_ZONE))


def hour_part(hour: int, adults: int, children: int, staff: int, unknown: int = 0) -> Part:
    """An hour in which everybody came in and left again."""
    people = {ADULT: adults, CHILD: children, STAFF: staff}
    everybody = sum(people.values()) + unknown
    rows = {key: Counts(entries=n, exits=n) for key, n in {DOOR: everybody, **people}.items()}
    looked = Counts(seen_ms=3_600_000)
    return Part(MIDNIGHT.plus(hour), "run", f"run-{hour}", 1, looked, {**rows, TILL: Counts()})


@pytest.fixture
def ledger() -> MemoryLedger:
    made = MemoryLedger()
    made.commit([hour_part(9, 20, 1, 2), hour_part(10, 90, 12, 1, unknown=7)])
    made.commit([hour_part(11, 60, 5, 1), hour_part(12, 40, 2, 2), hour_part(13, 4, 1, 0)])
    return made


def test_hours_make_blocks_and_few_staff_are_a_range_of_visitors(ledger: Ledger) -> None:
    found = report_classes(ledger, DAY, LATER, MinimumCount.of(5))
    entries = next(one for one in found if one.direction is Direction.IN)
    assert [(len(b.hours), b.total, dict(b.shown)) for b in entries.blocks] == [
        (1, 110, {Segment.ADULT: 90, Segment.CHILD: 12}),
        (3, 133, {Segment.ADULT: 120, Segment.CHILD: 8, Segment.STAFF: 5}),
    ]
    assert entries.visitors() == (110 - 4 + 128, 110 + 128)
    assert (entries.people, entries.in_blocks) == (248, 243)


def test_an_hour_that_goes_on_takes_no_part(ledger: Ledger) -> None:
    view = Viewpoint(UTC_ZONE, MIDNIGHT.plus(10))
    found = report_classes(ledger, DAY, view, MinimumCount.of(5))
    assert all(one.blocks == () and one.people == 23 for one in found)


def test_the_hourly_report_is_of_everybody_and_shows_no_class(ledger: Ledger) -> None:
    rows = report_day(ledger, DAY, LATER).rows
    assert {row.key for row in rows} == {DOOR, TILL}
    (nine,) = (row for row in rows if row.hour == MIDNIGHT.plus(9) and row.key == DOOR)
    assert nine.counts is not None
    assert nine.counts.entries == 23


def test_journeys_are_shown_once_their_day_is_over() -> None:
    ledger = MemoryLedger()
    ledger.commit([walked(MIDNIGHT.plus(n), 4, part_id=f"run{n}-0") for n in range(9, 12)])
    assert report_journeys(ledger, DAY, Viewpoint(UTC_ZONE, MIDNIGHT.plus(23)), 5) is None
    found = report_journeys(ledger, DAY, LATER, 5)
    assert found is not None
    assert not any(found.by_hour.values())
    assert found.person_s == {(-3, 2): 12.0}
    assert report_journeys(ledger, DAY, LATER, 13).person_s == {}


def test_the_doors_of_a_shop_add_up_and_who_was_blind_is_named() -> None:
    front, back = MemoryLedger(), MemoryLedger()
    looked = Counts(seen_ms=1_800_000)
    front.commit([Part(MIDNIGHT.plus(9), "a", "a-0", 1, looked, {DOOR: Counts(entries=30)})])
    front.commit([Part(MIDNIGHT.plus(10), "a", "a-1", 1, looked, {DOOR: Counts(exits=5)})])
    back.commit([Part(MIDNIGHT.plus(9), "b", "b-0", 1, looked, {DOOR: Counts(exits=12)})])
    hours = report_shop({"front": front, "back": back}, DAY, LATER, BUSINESS)
    nine, ten = hours[9], hours[10]
    assert (nine.entries, nine.exits, nine.inside, nine.blind) == (30, 12, 18, ())
    assert nine.seen == pytest.approx(0.5)
    assert (ten.inside, ten.blind, ten.seen) == (13, ("back",), 0.0)
    assert hours[20].balance == 0


def test_classes_are_counted_beside_everybody_and_staff_hours_make_staff() -> None:
    staff = Week(((Span.parse("07:00-09:00"),),) * 7, UTC_ZONE)
    books = Books("run", Placing("boot"), PLACES, BooksSettings(staff=staff))
    books.observe(0, MIDNIGHT.plus(8).start_ns)
    child = Crossing("door", Direction.IN, 4000 * S, 1, 1, segment=Segment.CHILD)
    books.note(moment(10, enter(10)))
    books.note(moment(4000, child, leave(4000)))
    rows = {part.slot: rows_of([part]) for part in books.everything(4000 * S)}
    eight, nine = rows[MIDNIGHT.plus(8)], rows[MIDNIGHT.plus(9)]
    assert (eight[DOOR].entries, eight[STAFF].entries) == (1, 1)
    assert (nine[DOOR].entries, nine[DOOR].exits, nine[CHILD].entries) == (1, 1, 1)
    assert STAFF not in nine
    assert (books.tally().entries, books.tally().exits) == (2, 1)


async def test_field_11_occupancy_survives_a_restart_within_the_day(tmp_path: Path) -> None:
    settings = BookkeepingSettings(books=BooksSettings(day=BUSINESS))
    clock = SimulatedClock(datetime(2026, 6, 3, 10, tzinfo=UTC))
    first = keep_books(TinyLedger(tmp_path), clock, PLACES, settings)
    await first.tend()
    first.books.note(moment(1, *(enter(1) for _ in range(9)), leave(1)))
    await first.close()
    clock.advance(600.0)
    second = keep_books(TinyLedger(tmp_path), clock, PLACES, settings)
    await second.tend()
    await second.tend()
    second.books.note(moment(601, leave(601)))
    tally = second.books.tally()
    assert (tally.occupancy, tally.entries, tally.exits) == (7, 0, 1)
    assert tally.occupancy_doubt > 0
    await second.close()


async def test_field_12_days_out_of_balance_are_a_finding_after_a_restart(tmp_path: Path) -> None:
    ledger = TinyLedger(tmp_path)
    ledger.recover()
    counts = {DOOR: Counts(entries=600, exits=500)}
    ledger.commit([Part(MIDNIGHT.plus(-12), "run", "run-0", 1, Counts(seen_ms=1), counts)])
    ledger.close()
    clock = SimulatedClock(datetime(2026, 6, 3, 10, tzinfo=UTC))
    settings = BookkeepingSettings(books=BooksSettings(day=BUSINESS))
    bookkeeping = keep_books(TinyLedger(tmp_path), clock, PLACES, settings)
    await bookkeeping.tend()
    days = bookkeeping.books.house.closed_days
    finding = check_balance(days)
    assert [day.residual for day in days] == [100]
    assert (finding.verdict, "600 in, 500 out" in finding.says) == (Verdict.WARN, True)
    assert check_balance(days, ImbalanceAlarm(least=5000)).verdict is Verdict.OK
    assert check_balance(()).verdict is Verdict.OK
    await bookkeeping.close()


@pytest.fixture
def folder(tmp_path: Path, ledger: MemoryLedger) -> Path:
    """A device's data folder with a day that is over."""
    stored = TinyLedger(tmp_path / "front" / "ledger")
    stored.recover()
    stored.commit([*ledger._parts.values(), walked(MIDNIGHT.plus(9), 40, part_id="walk-0")])
    stored.close()
    return tmp_path / "front"


def run(*arguments: str | Path) -> str:
    result = CliRunner().invoke(report_command, ["--day", str(DAY), *map(str, arguments)])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_command_shows_classes_journeys_and_a_floor_map(folder: Path, tmp_path: Path) -> None:
    classes = json.loads(run("--data-dir", folder, "--segments", "--json"))
    assert classes["lines"][0]["blocks"][0]["shown"] == {"adult": 90, "child": 12, "staff": None}
    assert "hidden" in run("--data-dir", folder, "--segments")
    svg = tmp_path / "floor.svg"
    journeys = json.loads(run("--data-dir", folder, "--floor-map", svg, "--json"))
    assert journeys["ways"] == [{"from": "a", "to": "b", "tracks": 40}]
    assert journeys["floor"]["cells"] == [{"x": -3, "y": 2, "person_s": 40.0}]
    cells = ET.fromstring(svg.read_text()).findall(".//{*}rect/{*}title")  # noqa: S314 - its own
    assert [cell.text for cell in cells] == ["40 s"]
    assert "a" in run("--data-dir", folder, "--journeys")


def test_the_command_adds_up_folders_and_refuses_one_without_a_ledger(
    folder: Path, tmp_path: Path
) -> None:
    hours = json.loads(run("--shop", folder, "--json"))["hours"]
    assert hours[10]["in"] == 110
    assert "all doors together" in run("--shop", folder)
    wrong = CliRunner().invoke(report_command, ["--shop", str(tmp_path)])
    assert wrong.exit_code == 2
    assert "holds no ledger" in wrong.output
    both = CliRunner().invoke(report_command, ["--shop", str(folder), "--segments"])
    assert both.exit_code == 2
