"""Moments into hours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counting_kit import DOOR, PLACES, STREET, TILL, S, enter, leave, moment
from fanlight.domain.books import Books
from fanlight.domain.counts import Counts, merge_rows
from fanlight.domain.crossings import Direction, Passing, UTurn, ZoneVisit
from fanlight.domain.hours import HOUR_NS, BootMinute, UtcHour
from fanlight.domain.moment import Cause
from fanlight.domain.parts import placed, rows_of
from fanlight.domain.placing import Placing

H0 = UtcHour(490_000)
OFFSET_NS = H0.start_ns


def books_at_h0() -> Books:
    """Books whose monotonic zero is the start of H0, with a trusted clock."""
    books = Books("run", Placing("boot-1"), PLACES)
    books.observe(0, OFFSET_NS)
    return books


def rows_by_slot(books: Books, now_s: float = 0) -> dict:
    return {part.slot: rows_of([part]) for part in books.everything(round(now_s * S))}


def test_every_event_lands_in_its_own_column() -> None:
    books = books_at_h0()
    at_ns = 2 * S
    street_in = Passing("street", Direction.IN, at_ns, 1, 1)
    street_out = Passing("street", Direction.OUT, at_ns, 1, 2)
    visit = ZoneVisit("till", 4500, at_ns, 1, 3)
    turn = UTurn("door", at_ns, 1, 4)
    books.note(moment(1.9))
    books.note(moment(2.5, enter(2), enter(2), leave(2.1), street_in, street_out, visit, turn))
    rows = rows_by_slot(books)[H0]
    seen = Counts(seen_ms=600, frames=2, peak_occupancy=2)
    door = Counts(entries=2, exits=1, u_turns=1, followers=1).timed(0)
    assert rows[DOOR] == seen.merged(door)
    assert rows[STREET] == seen.merged(Counts(passed_in=1, passed_out=1))
    assert rows[TILL] == seen.merged(Counts(visits=1, dwell_ms=4500))


def test_crossings_are_kept_by_five_minutes() -> None:
    books = books_at_h0()
    books.note(moment(299, enter(299)))
    books.note(moment(3301, enter(301), leave(3300)))
    door = rows_by_slot(books)[H0][DOOR]
    assert door.entries_when == (1, 1, *(0,) * 10)
    assert door.exits_when == (*(0,) * 11, 1)


def test_crossings_in_quarantine_are_timed_once_their_minute_is_known() -> None:
    books = Books("run", Placing("boot-1"), PLACES)
    books.note(moment(10, enter(10), leave(11)))
    (part,) = books.everything(0)
    assert part.rows[DOOR].entries_when == ()
    rows = rows_of([placed(part, OFFSET_NS + 1800 * S)])
    assert rows[DOOR].entries_when == rows[DOOR].exits_when == (*(0,) * 6, 1, *(0,) * 5)


def test_an_event_belongs_to_the_hour_of_its_own_time() -> None:
    books = books_at_h0()
    books.note(moment(3599.6))
    books.note(moment(3600.2, enter(3599.7)))
    rows = rows_by_slot(books)
    assert (rows[H0][DOOR].entries, rows[H0.plus(1)][DOOR].entries) == (1, 0)
    assert (rows[H0][DOOR].seen_ms, rows[H0.plus(1)][DOOR].seen_ms) == (400, 200)


def test_an_hour_watched_without_a_person_is_zero_and_one_not_watched_is_no_row() -> None:
    books = books_at_h0()
    for second in range(10):
        books.note(moment(second))
    books.note(moment(3 * 3600))
    rows = rows_by_slot(books)
    assert rows[H0][DOOR].entries == 0
    assert rows[H0][DOOR].seen_ms == 9000
    assert set(rows) == {H0, H0.plus(3)}
    assert rows[H0.plus(3)][DOOR].seen_ms == 0


def test_a_gap_longer_than_the_limit_was_not_seen() -> None:
    books = books_at_h0()
    for at_s in (0, 1, 2.001, 3):
        books.note(moment(at_s))
    assert rows_by_slot(books)[H0][DOOR].seen_ms == 1000 + 999


def test_the_dark_is_not_seen_and_says_so() -> None:
    books = books_at_h0()
    books.note(moment(0))
    books.note(moment(1, sighted=False, causes=[Cause.TOO_DARK]))
    books.note(moment(2))
    books.note(moment(3))
    row = rows_by_slot(books)[H0][DOOR]
    assert row.seen_ms == 1000
    assert row.degraded_ms == {Cause.TOO_DARK: 1000}
    assert row.frames == 4


def test_degraded_time_is_split_between_the_hours_it_lies_in() -> None:
    books = books_at_h0()
    books.note(moment(3590))
    books.note(moment(3620, causes=[Cause.CAMERA_STALLED]))
    rows = rows_by_slot(books)
    assert rows[H0][DOOR].degraded_ms == {Cause.CAMERA_STALLED: 10_000}
    assert rows[H0.plus(1)][DOOR].degraded_ms == {Cause.CAMERA_STALLED: 20_000}


def test_breaches_of_the_pixel_budget_and_skipped_frames_are_counted() -> None:
    books = books_at_h0()
    books.note(moment(0, skipped=3))
    books.note(moment(0.1, skipped=1, causes=[Cause.PIXEL_BUDGET]))
    row = rows_by_slot(books)[H0][DOOR]
    assert (row.frames, row.skipped, row.breaches) == (2, 4, 1)
    assert row.degraded_ms == {Cause.PIXEL_BUDGET: 100}


def test_time_that_goes_back_covers_nothing_twice() -> None:
    books = books_at_h0()
    for at_s in (0, 1, 0.5, 1.5):
        books.note(moment(at_s))
    assert rows_by_slot(books)[H0][DOOR].seen_ms == 2000


def test_occupancy_shows_nobody_rather_than_less() -> None:
    books = books_at_h0()
    books.note(moment(1, leave(0.8), leave(0.9), enter(1)))
    tally = books.tally()
    assert (tally.occupancy, tally.unexplained_exits) == (0, 1)
    assert (tally.entries, tally.exits) == (1, 2)


def test_occupancy_of_the_hour_before_is_still_inside_at_the_turn() -> None:
    books = books_at_h0()
    books.note(moment(3599, enter(3598), enter(3598)))
    books.note(moment(3601, leave(3600.5)))
    assert rows_by_slot(books)[H0.plus(1)][DOOR].peak_occupancy == 1


def test_the_tally_tells_the_share_of_time_that_was_seen() -> None:
    books = books_at_h0()
    for at_s in (10, 11, 12, 14):
        books.note(moment(at_s))
    tally = books.tally()
    assert (tally.elapsed_s, tally.seen_s, tally.coverage) == (4, 2, 0.5)
    assert Books("run", Placing("b"), PLACES).tally().coverage == 0


def test_an_hour_ripens_after_its_grace_and_leaves_once_committed() -> None:
    books = books_at_h0()
    books.note(moment(3599, enter(3599)))
    books.note(moment(3605))
    assert books.ripe(3614 * S) == []
    (part,) = books.ripe(3615 * S)
    assert (part.slot, part.closed) == (H0, True)
    books.committed([part], 3615 * S)
    assert books.ripe(3615 * S) == []
    assert [part.slot for part in books.everything(3615 * S)] == [H0.plus(1)]


def test_an_event_during_the_commit_keeps_the_hour_in_the_books() -> None:
    books = books_at_h0()
    books.note(moment(3599, enter(3599)))
    (part,) = books.ripe(3620 * S)
    books.note(moment(3620, enter(3599.5)))
    books.committed([part], 3620 * S)
    (grown,) = books.ripe(3621 * S)
    assert grown.part_id == part.part_id
    assert grown.revision > part.revision
    assert rows_of([grown])[DOOR].entries == 2


def test_an_hour_opened_again_is_another_part() -> None:
    books = books_at_h0()
    books.note(moment(3599, enter(3599)))
    (part,) = books.ripe(3620 * S)
    books.committed([part], 3620 * S)
    books.note(moment(3621, enter(3599.5)))
    late = next(part for part in books.everything(3621 * S) if part.slot == H0)
    assert late.part_id != part.part_id
    assert rows_of([part, late])[DOOR].entries == 2


def test_an_event_is_unsaved_at_once_and_mere_coverage_only_after_a_while() -> None:
    books = books_at_h0()
    books.note(moment(1, enter(1)))
    (part,) = books.unsaved(2 * S)
    books.saved([part], 2 * S)
    assert books.unsaved(3 * S) == []
    books.note(moment(3))
    assert books.unsaved(4 * S) == []
    assert len(books.unsaved(62 * S)) == 1
    books.note(moment(4, enter(4)))
    assert len(books.unsaved(5 * S)) == 1


def test_before_trust_counts_wait_by_the_minute_of_the_boot() -> None:
    books = Books("run", Placing("boot-9"), PLACES)
    books.note(moment(59, enter(59)))
    books.note(moment(61, enter(60)))
    assert [part.slot for part in books.everything(61 * S)] == [
        BootMinute("boot-9", 0),
        BootMinute("boot-9", 1),
    ]
    assert books.ripe(3614 * S) == []
    assert len(books.ripe(3615 * S)) == 2
    books.observe(62 * S, OFFSET_NS)
    assert len(books.ripe(62 * S)) == 2
    assert books.everything(62 * S)[0].closed is False


def test_a_recording_is_placed_at_its_origin() -> None:
    books = books_at_h0()
    books.note(moment(0.0), origin_ns=7200 * S)
    books.note(moment(1.0, enter(0.5)), origin_ns=7200 * S)
    assert rows_by_slot(books)[H0.plus(2)][DOOR].entries == 1


def test_a_clock_that_moves_marks_the_hour() -> None:
    books = books_at_h0()
    books.note(moment(1))
    books.observe(2 * S, OFFSET_NS + 302 * S)
    books.observe(62 * S, OFFSET_NS + 362 * S)
    row = rows_by_slot(books)[H0][DOOR]
    assert row.degraded_ms == {Cause.CLOCK_UNTRUSTED: 300_000}


steps = st.lists(
    st.tuples(
        st.sampled_from([0.04, 0.2, 0.9, 1.0, 1.3, 30.0, 700.0, 4000.0]),
        st.lists(st.tuples(st.sampled_from([enter, leave]), st.floats(0, 3)), max_size=3),
        st.booleans(),
    ),
    max_size=60,
)


@given(steps, st.integers(0, HOUR_NS), st.integers(0, 60))
def test_nothing_is_lost_or_doubled_whatever_the_path_to_the_ledger(
    steps: list, phase_ns: int, trusted_after: int
) -> None:
    """All events and all seen time come out in parts, once, with clocks trusted at any step."""
    books = Books("run", Placing("boot-1"), PLACES)
    committed: list = []
    at_s, events = 10.0, 0
    for number, (gap_s, happened, sighted) in enumerate(steps):
        at_s += gap_s
        now_ns = round(at_s * S)
        if number >= trusted_after:
            books.observe(now_ns, OFFSET_NS + phase_ns + now_ns)
        books.note(moment(at_s, *[make(at_s - ago) for make, ago in happened], sighted=sighted))
        events += len(happened)
        ripe = books.ripe(now_ns)
        books.committed(ripe, now_ns)
        committed += ripe
    committed += books.everything(round(at_s * S))
    tally, total = books.tally(), Counts()
    for part in committed:
        total = total.merged(rows_of([part])[DOOR])
        assert rows_of([part])[DOOR].seen_ms <= 3_600_000
    assert total.entries + total.exits == events == tally.entries + tally.exits
    assert total.seen_ms == round(tally.seen_s * 1000)
    assert total.frames == len(steps)
    assert len({part.part_id for part in committed}) == len(committed)


def test_merging_rows_keeps_places_apart() -> None:
    one, two = {DOOR: Counts(entries=1)}, {DOOR: Counts(entries=2), TILL: Counts(visits=1)}
    assert merge_rows(one, two) == {DOOR: Counts(entries=3), TILL: Counts(visits=1)}


def test_an_hour_of_utc_has_no_end_before_the_clock_is_trusted() -> None:
    with pytest.raises(ValueError, match="not trusted"):
        Placing("boot-1").end_ns(H0)
