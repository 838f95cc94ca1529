"""Totals that never fall, and what is due."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from counting_kit import DOOR, STREET, TILL
from fanlight.domain.counts import Counts, RowKey, Segment
from fanlight.domain.hours import UtcHour, hours_of_month
from fanlight.domain.outbox import MonthIndex, due_hours
from fanlight.domain.parts import HourRow
from fanlight.domain.totals import Total, Totals

FIRST = UtcHour.parse("2025-03-01T00Z")
COUNTS = st.builds(
    Counts,
    entries=st.integers(0, 50),
    exits=st.integers(0, 50),
    passed_in=st.integers(0, 9),
    passed_out=st.integers(0, 9),
    visits=st.integers(0, 9),
)
ROWS = st.lists(
    st.builds(
        HourRow,
        hour=st.integers(0, 80).map(FIRST.plus),
        key=st.sampled_from([DOOR, STREET, TILL]),
        counts=COUNTS,
        revision=st.integers(1, 9),
        closed=st.booleans(),
    ),
    max_size=20,
)
REVISIONS = st.dictionaries(st.integers(0, 40).map(FIRST.plus), st.integers(1, 9), max_size=12)


@given(ROWS, ROWS)
def test_totals_of_all_rows_are_those_of_their_parts_together(
    some: list[HourRow], others: list[HourRow]
) -> None:
    whole = Totals.of([*some, *others])
    assert Totals.of(some).plus(Totals.of(others)) == Totals(dict(sorted(whole.by_place.items())))
    assert whole.at(DOOR).entries == sum(
        row.counts.entries for row in [*some, *others] if row.key == DOOR
    )


@given(ROWS, ROWS)
def test_a_total_never_falls_as_rows_come(some: list[HourRow], more: list[HourRow]) -> None:
    before, after = Totals.of(some), Totals.of(some).with_rows(more)
    for place in (DOOR, STREET, TILL):
        assert after.at(place).entries >= before.at(place).entries
        assert after.at(place).passed >= before.at(place).passed


def test_classes_of_people_have_no_totals() -> None:
    child = RowKey(DOOR.kind, DOOR.name, Segment.CHILD)
    row = HourRow(FIRST, child, Counts(entries=7), 1, closed=True)
    assert Totals.of([row]).at(child) == Total()


@given(REVISIONS, REVISIONS)
def test_due_is_what_has_a_higher_revision_here(
    here: dict[UtcHour, int], there: dict[UtcHour, int]
) -> None:
    due = due_hours(here, there)
    assert due == sorted(due, reverse=True)
    for hour, revision in here.items():
        assert (hour in due) == (revision > there.get(hour, 0))
    assert due_hours(here, there | here) == [
        hour for hour in due if here[hour] > (there | here)[hour]
    ]


def test_the_hour_that_goes_on_is_in_the_totals_but_not_due() -> None:
    rows = [
        HourRow(FIRST, DOOR, Counts(entries=3), 2, closed=False),
        HourRow(FIRST.plus(1), DOOR, Counts(entries=4), 5, closed=False),
    ]
    index = MonthIndex.of(rows, now=FIRST.plus(1))
    assert index.revisions == {FIRST: 2}
    assert index.totals.at(DOOR).entries == 7


@given(st.integers(1971, 2200), st.integers(1, 12))
def test_a_month_has_all_of_its_hours(year: int, month: int) -> None:
    first, last = hours_of_month(f"{year:04}-{month:02}")
    assert first.month == last.month == f"{year:04}-{month:02}"
    assert {first.plus(-1).month, last.plus(1).month}.isdisjoint({first.month})
    assert (last.number - first.number + 1) % 24 == 0
