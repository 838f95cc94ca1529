"""Merging counts and parts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from counting_kit import DOOR, PLACES, TILL, part
from fanlight.domain.counts import Counts
from fanlight.domain.hours import UtcHour
from fanlight.domain.moment import Cause
from fanlight.domain.parts import hour_rows, newest_parts, rows_of, together

few = st.integers(0, 10_000)
counts = st.builds(
    Counts,
    entries=few,
    exits=few,
    u_turns=few,
    passed_in=few,
    passed_out=few,
    visits=few,
    dwell_ms=few,
    seen_ms=few,
    frames=few,
    skipped=few,
    breaches=few,
    peak_occupancy=st.none() | few,
    degraded_ms=st.dictionaries(st.sampled_from(list(Cause)), st.integers(1, 10_000)),
)
HOUR = UtcHour(500_000)
parts = st.builds(
    lambda number, grown, seen_s, closed: part(
        HOUR, grown, part_id=f"run-{number}", seen_s=seen_s, closed=closed
    ),
    st.integers(0, 4),
    st.integers(0, 50),
    st.integers(0, 600),
    st.booleans(),
)


@given(counts, counts, counts)
def test_merging_is_associative(a: Counts, b: Counts, c: Counts) -> None:
    assert a.merged(b).merged(c) == a.merged(b.merged(c))


@given(counts, counts)
def test_merging_is_commutative(a: Counts, b: Counts) -> None:
    assert a.merged(b) == b.merged(a)


@given(counts)
def test_empty_counts_change_nothing(a: Counts) -> None:
    assert a.merged(Counts()) == a == Counts().merged(a)


def test_merging_adds_and_keeps_the_higher_peak() -> None:
    merged = Counts(entries=2, seen_ms=10, peak_occupancy=3, degraded_ms={Cause.TOO_HOT: 5}).merged(
        Counts(entries=1, exits=4, peak_occupancy=2, degraded_ms={Cause.TOO_HOT: 1})
    )
    assert merged == Counts(
        entries=3, exits=4, seen_ms=10, peak_occupancy=3, degraded_ms={Cause.TOO_HOT: 6}
    )


def test_nobody_watched_is_not_an_empty_room() -> None:
    assert Counts().peak_occupancy is None
    assert Counts().mean_dwell_s is None


def test_coverage_never_exceeds_the_hour() -> None:
    assert Counts(seen_ms=1_800_000).coverage == 0.5
    assert Counts(seen_ms=9_000_000).coverage == 1.0


@given(st.lists(parts), st.randoms(use_true_random=False))
def test_order_and_repetition_of_parts_do_not_matter(found: list, random: object) -> None:
    found = list(newest_parts(sorted(found, key=lambda part: part.revision)).values())
    again = [*found, *found]
    random.shuffle(again)  # type: ignore[attr-defined]
    assert hour_rows(HOUR, again) == hour_rows(HOUR, found)


@given(st.lists(parts, min_size=1), st.integers(0, 4))
def test_merging_parts_for_good_changes_no_row(found: list, many: int) -> None:
    found = list(newest_parts(found).values())
    final, rest = found[:many], found[many:]
    merged = [together(final, HOUR, "earlier", "earlier"), *rest] if final else rest
    assert hour_rows(HOUR, merged) == hour_rows(HOUR, found)


def test_a_higher_revision_replaces_a_lower() -> None:
    grown = part(HOUR, 7)
    assert hour_rows(HOUR, [grown, part(HOUR, 3)]) == hour_rows(HOUR, [grown])
    assert rows_of(newest_parts([part(HOUR, 3), grown]).values())[DOOR].entries == 7


def test_a_row_of_two_runs_adds_up_and_closes() -> None:
    first = part(HOUR, 3, part_id="a-0", seen_s=600)
    second = part(HOUR, 4, part_id="b-0", seen_s=1200, closed=True)
    (row,) = hour_rows(HOUR, [first, second])
    assert (row.counts.entries, row.counts.seen_ms, row.closed) == (7, 1_800_000, True)
    assert row.revision == first.revision + second.revision


def test_each_place_has_the_time_that_it_was_watched() -> None:
    early = part(HOUR, 1, part_id="a-0", seen_s=600)
    late = part(HOUR, 1, part_id="b-0", seen_s=300)
    late = type(late)(HOUR, "b", "b-0", 2, late.looked, {**late.rows, TILL: Counts(visits=1)})
    rows = rows_of([early, late])
    assert (rows[DOOR].seen_ms, rows[TILL].seen_ms) == (900_000, 300_000)


def test_names_of_lines_and_zones_lead_to_distinct_rows() -> None:
    assert len({key.kind for key in PLACES}) == 3
