"""No class of few people is published, and none can be computed from what is."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from fanlight.domain.hours import UtcHour
from fanlight.domain.suppression import CLASSES, Block, HourSplit, MinimumCount, blocks

H0 = UtcHour(490_000)
SMALL = MinimumCount(least=3, block=6)
ADULT, CHILD, STAFF = CLASSES

Table = tuple[tuple[int, int, int], ...]


def splits_of(totals: list[int], table: Table) -> list[HourSplit]:
    return [
        HourSplit(H0.plus(number), total, dict(zip(CLASSES, row, strict=True)))
        for number, (total, row) in enumerate(zip(totals, table, strict=True))
    ]


def rows_up_to(total: int) -> list[tuple[int, int, int]]:
    span = range(total + 1)
    return [row for row in product(span, span, span) if sum(row) <= total]


def tables(totals: list[int]) -> list[Table]:
    return list(product(*(rows_up_to(total) for total in totals)))


@st.composite
def counted(draw: st.DrawFn, most_hours: int = 7, most: int = 300) -> list[HourSplit]:
    """Hours with any split, many of them small or with one class only."""
    made = []
    for number in range(draw(st.integers(0, most_hours))):
        total = draw(st.integers(0, 12) | st.integers(0, most))
        left, classes = total, {}
        for segment in draw(st.permutations(CLASSES)):
            classes[segment] = draw(st.sampled_from((0, left)) | st.integers(0, left))
            left -= classes[segment]
        made.append(HourSplit(H0.plus(number), total, classes))
    return made


def by_output(totals: list[int]) -> dict[str, list[Table]]:
    """All tables with these public totals, by what would be published of them."""
    groups: dict[str, list[Table]] = {}
    for table in tables(totals):
        groups.setdefault(repr(blocks(splits_of(totals, table), SMALL)), []).append(table)
    return groups


@pytest.mark.parametrize(
    "totals",
    [[6], [7], [8], [1, 5, 3], [3, 3], [4, 3], [5, 5], [1, 1, 4, 3], [2, 2, 2], [5, 1, 2]],
    ids=str,
)
def test_whoever_knows_the_rule_and_the_footfall_cannot_tell_a_hidden_cell(
    totals: list[int],
) -> None:
    """By trying every table there is: a hidden cell has more than one value that fits."""
    for output, fitting in by_output(totals).items():
        published = blocks(splits_of(totals, fitting[0]), SMALL)
        alone = {block.hours[0]: block for block in published if len(block.hours) == 1}
        for number, column in product(range(len(totals)), range(3)):
            block = alone.get(H0.plus(number))
            if block and CLASSES[column] in block.shown:
                continue
            values = {table[number][column] for table in fitting}
            assert values == {0} or len(values) >= 2, (output, number, CLASSES[column], values)


@examples(max_examples=60)
@given(counted())
def test_nothing_below_the_minimum_is_shown(hours: list[HourSplit]) -> None:
    rule = MinimumCount.of(5)
    for block in blocks(hours, rule):
        assert block.total >= rule.block
        assert all(people >= rule.least for people in block.shown.values())


@examples(max_examples=60)
@given(counted())
def test_the_hidden_rest_of_a_block_is_nobody_or_not_few_where_an_age_is_shown(
    hours: list[HourSplit],
) -> None:
    rule = MinimumCount.of(5)
    for block in blocks(hours, rule):
        rest = block.total - sum(block.shown.values())
        if ADULT in block.shown or CHILD in block.shown:
            assert rest == 0 or rest >= rule.least


@examples(max_examples=60)
@given(counted())
def test_what_a_block_shows_leaves_every_hour_of_it_a_range(hours: list[HourSplit]) -> None:
    """The bounds of Frechet for a cell whose row and column sums are known."""
    rule = MinimumCount.of(5)
    totals = {split.hour: split.total for split in hours}
    for block in blocks(hours, rule):
        if len(block.hours) == 1:
            continue
        for hour, people in product(block.hours, block.shown.values()):
            here = totals[hour]
            low, high = max(0, here + people - block.total), min(here, people)
            assert high - low >= min(here, rule.least)


@examples(max_examples=60)
@given(counted(), counted())
def test_later_hours_change_no_block_that_was_published(
    earlier: list[HourSplit], later: list[HourSplit]
) -> None:
    rule = MinimumCount.of(5)
    later = [
        HourSplit(split.hour.plus(len(earlier)), split.total, split.classes) for split in later
    ]
    first = blocks(earlier, rule)
    assert blocks([*earlier, *later], rule)[: len(first)] == first


@examples(max_examples=60)
@given(counted())
def test_blocks_share_no_hour_and_are_cut_by_footfall_alone(hours: list[HourSplit]) -> None:
    rule = MinimumCount.of(5)
    cut = blocks(hours, rule)
    used = [hour for block in cut for hour in block.hours]
    assert len(used) == len(set(used))
    bare = blocks([HourSplit(split.hour, split.total) for split in hours], rule)
    assert [block.hours for block in bare] == [block.hours for block in cut]


@examples(max_examples=60)
@given(counted())
def test_the_visitors_lie_within_what_is_said_of_them(hours: list[HourSplit]) -> None:
    staff = {split.hour: split.classes.get(STAFF, 0) for split in hours}
    for block in blocks(hours, MinimumCount.of(5)):
        if block.visitors is not None:
            visitors = block.total - sum(staff[hour] for hour in block.hours)
            assert block.visitors[0] <= visitors <= block.visitors[1]


def test_a_busy_hour_shows_its_adults_and_children_and_hides_a_lone_member_of_staff() -> None:
    busy = HourSplit(H0, 120, {ADULT: 90, CHILD: 12, STAFF: 2})
    (block,) = blocks([busy], MinimumCount.of(5))
    assert block == Block((H0,), 120, {ADULT: 90, CHILD: 12}, (116, 120))


def test_the_only_child_is_not_what_is_left_of_all_the_adults() -> None:
    (block,) = blocks([HourSplit(H0, 120, {ADULT: 119, CHILD: 1})], MinimumCount.of(5))
    assert block.shown == {}


@pytest.mark.parametrize(("least", "block"), [(2, 40), (5, 9)])
def test_a_rule_that_protects_nobody_is_refused(least: int, block: int) -> None:
    with pytest.raises(ValueError, match=r"protects nobody|too small"):
        MinimumCount(least, block)
