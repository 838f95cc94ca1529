"""What every ledger promises."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from counting_kit import DOOR, TILL, part, walked
from fanlight.adapters.ledger_memory import MemoryLedger
from fanlight.adapters.ledger_tinydb import TinyLedger
from fanlight.domain.counts import Counts
from fanlight.domain.hours import MINUTE_NS, BootMinute, UtcHour
from fanlight.domain.journeys import Journeys, Spell

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fanlight.ports.ledger import Ledger

NOON = UtcHour.containing(datetime(2025, 3, 30, 12, tzinfo=UTC))


@pytest.fixture(params=["memory", "tinydb"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    made: Ledger = MemoryLedger() if request.param == "memory" else TinyLedger(tmp_path / "ledger")
    made.recover()
    yield made
    made.close()


def entries(ledger: Ledger, hour: UtcHour = NOON) -> int | None:
    """Entries of an hour, None where there is no row."""
    rows = ledger.read(hour, hour)
    return sum(row.counts.entries for row in rows) if rows else None


def test_an_hour_nobody_saw_has_no_row(ledger: Ledger) -> None:
    ledger.commit([part(NOON, 3)])
    assert entries(ledger, NOON.plus(1)) is None
    assert ledger.read(NOON.plus(1), NOON.plus(99)) == []


def test_an_hour_seen_without_anybody_has_a_row_of_zero(ledger: Ledger) -> None:
    ledger.commit([part(NOON, 0, seen_s=3600)])
    (row,) = ledger.read(NOON, NOON)
    assert (row.counts.entries, row.counts.coverage) == (0, 1)


def test_a_checkpoint_is_readable_at_once(ledger: Ledger) -> None:
    ledger.checkpoint([part(NOON, 3)])
    assert entries(ledger) == 3


def test_writing_a_part_again_changes_nothing(ledger: Ledger) -> None:
    for _ in range(3):
        ledger.checkpoint([part(NOON, 5)])
        ledger.commit([part(NOON, 5)])
    assert entries(ledger) == 5


def test_the_higher_revision_holds_in_any_order(ledger: Ledger) -> None:
    ledger.commit([part(NOON, 5)])
    ledger.commit([part(NOON, 2)])
    ledger.checkpoint([part(NOON, 4)])
    assert entries(ledger) == 5


def test_parts_of_several_runs_add_up_however_many(ledger: Ledger) -> None:
    for number in range(30):
        ledger.commit([part(NOON, 1, part_id=f"run{number}-0", seen_s=60)])
    (row,) = ledger.read(NOON, NOON)
    assert row.counts == Counts(entries=30, seen_ms=1_800_000, frames=1800)


def test_a_row_revision_grows_with_every_change(ledger: Ledger) -> None:
    revisions = []
    for number in range(12):
        ledger.commit([part(NOON, number, part_id=f"run{number}-0")])
        revisions.append(ledger.read(NOON, NOON)[0].revision)
    assert revisions == sorted(set(revisions))


def test_rows_come_sorted_by_hour_and_place_over_the_months(ledger: Ledger) -> None:
    hours = [NOON.plus(hours) for hours in (400, 0, -9000, 60, 1)]
    for number, hour in enumerate(hours):
        more = part(hour, number + 1, part_id=f"run-{number}")
        ledger.commit([type(more)(
            more.slot, more.run, more.part_id, more.revision, more.looked,
            {TILL: Counts(visits=1), **more.rows},
        )])  # fmt: skip
    rows = ledger.read(NOON.plus(-9000), NOON.plus(400))
    assert [(row.hour, row.key) for row in rows] == [
        (hour, key) for hour in sorted(hours) for key in (DOOR, TILL)
    ]
    assert ledger.hours_kept() == (NOON.plus(-9000), NOON.plus(400))


def test_an_empty_ledger_knows_no_hours(ledger: Ledger) -> None:
    assert ledger.hours_kept() is None
    assert ledger.unplaced() == []
    assert ledger.notices() == []


def test_quarantine_shows_by_hour_of_boot_until_it_is_placed(ledger: Ledger) -> None:
    minutes = [part(BootMinute("b1", m), 1, part_id=f"run-{m}", seen_s=60) for m in (0, 59, 60)]
    ledger.commit(minutes[:2])
    ledger.checkpoint(minutes[2:])
    assert [(row.boot_hour, row.counts.entries) for row in ledger.unplaced()] == [(0, 2), (1, 1)]
    assert ledger.hours_kept() is None


def test_placing_moves_each_minute_into_its_hour_once(ledger: Ledger) -> None:
    ledger.commit(
        [part(BootMinute("b1", m), m + 1, part_id=f"run-{m}", seen_s=60) for m in range(4)]
    )
    offset_ns = NOON.start_ns - 2 * MINUTE_NS
    for _ in range(2):
        ledger.place("b1", offset_ns, NOON)
        assert entries(ledger, NOON.plus(-1)) == 1 + 2
        assert entries(ledger, NOON) == 3 + 4
    assert ledger.unplaced() == []
    assert [row.closed for row in ledger.read(NOON.plus(-1), NOON)] == [True, False]


def test_placed_minutes_join_what_was_counted_in_the_same_hour(ledger: Ledger) -> None:
    ledger.commit([part(BootMinute("b1", 0), 2, part_id="run-0", seen_s=60)])
    ledger.commit([part(NOON, 5, part_id="run-1", seen_s=600)])
    ledger.place("b1", NOON.start_ns, NOON)
    (row,) = ledger.read(NOON, NOON)
    assert (row.counts.entries, row.counts.seen_ms) == (7, 660_000)


def test_placing_one_boot_leaves_the_others(ledger: Ledger) -> None:
    for boot_id in ("b1", "b10", "b2"):
        ledger.commit([part(BootMinute(boot_id, 0), 1, part_id=f"{boot_id}run-0")])
    ledger.place("b1", NOON.start_ns, NOON)
    assert [row.boot_id for row in ledger.unplaced()] == ["b10", "b2"]
    assert entries(ledger) == 1


def test_old_months_are_forgotten_but_never_the_newest(ledger: Ledger) -> None:
    for number, hours in enumerate((-24 * 70, -24 * 40, 0)):
        ledger.commit([part(NOON.plus(hours), 1, part_id=f"run-{number}")])
    assert ledger.forget(NOON.plus(-24 * 40)) == ["2025-01"]
    assert entries(ledger, NOON.plus(-24 * 40)) == 1
    assert ledger.forget(NOON.plus(24 * 4000)) == ["2025-02"]
    assert entries(ledger) == 1
    assert ledger.forget(NOON.plus(24 * 4000)) == []


def test_closing_twice_is_harmless(ledger: Ledger) -> None:
    ledger.close()
    ledger.close()


def test_journeys_of_an_hour_add_up_over_parts_and_revisions(ledger: Ledger) -> None:
    ledger.checkpoint([walked(NOON, 2, revision=1)])
    ledger.commit([walked(NOON, 3, revision=2), part(NOON, 5, part_id="run-1")])
    ledger.commit([walked(NOON, 4, part_id="later-0"), walked(NOON.plus(1), 1, part_id="later-1")])
    ledger.checkpoint([walked(NOON, 2, revision=1)])
    found = ledger.read_journeys(NOON, NOON)
    assert [(one.hour, one.journeys) for one in found] == [
        (NOON, Journeys({("a", "b"): 7}, {(-3, 2): Spell(7, 7000)}, 20_000))
    ]
    assert entries(ledger) == 5


def test_journeys_add_up_however_many_runs_there_were(ledger: Ledger) -> None:
    for number in range(30):
        ledger.commit([walked(NOON, 1, part_id=f"run{number}-0")])
    (one,) = ledger.read_journeys(NOON, NOON)
    assert one.journeys.ways == {("a", "b"): 30}


def test_hours_without_journeys_are_left_out_and_have_their_rows(ledger: Ledger) -> None:
    ledger.commit([part(NOON, 5)])
    assert ledger.read_journeys(NOON, NOON) == []
    assert entries(ledger) == 5


def test_journeys_of_a_quarantine_are_placed_with_its_counts(ledger: Ledger) -> None:
    ledger.commit([walked(BootMinute("b1", 0), 2), part(BootMinute("b1", 0), 3, part_id="run-1")])
    assert ledger.read_journeys(NOON, NOON) == []
    ledger.place("b1", NOON.start_ns, NOON)
    (one,) = ledger.read_journeys(NOON, NOON)
    assert one.journeys.cells == {(-3, 2): Spell(2, 2000)}
    assert entries(ledger) == 3
