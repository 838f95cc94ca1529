"""The walk test: what five walks each way can show, and what they cannot."""

from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.domain.events import Crossing, Direction, Event, Passing, UTurn, ZoneVisit
from fanlight.domain.walk_test import (
    MOST_WALKS,
    WalkAdvice,
    WalkOutcome,
    WalkProgress,
    WalkTest,
    WalkVerdict,
    share_at_least,
)

LETTERS = {"i": Direction.IN, "o": Direction.OUT}


def told(counted: str, line: str = "door") -> list[Event]:
    """Events in order: i and o for crossings, u for a U-turn."""
    return [
        UTurn(line, 0, 0, 1) if letter == "u" else Crossing(line, LETTERS[letter], 0, 0, 1)
        for letter in counted
    ]


def judged(
    counted: str, walked_in: int | None = None, walked_out: int | None = None
) -> WalkVerdict:
    test = WalkTest()
    test.note(told(counted))
    return test.end(walked_in, walked_out)


def test_ten_of_ten_pass_and_show_no_more_than_74_per_cent() -> None:
    verdict = judged("io" * 5)
    assert verdict.outcome is WalkOutcome.PASSED
    assert verdict.advice == ()
    assert verdict.share_at_least == pytest.approx(0.05**0.1)
    assert [way.share_at_least for way in verdict.ways] == [pytest.approx(0.05**0.2)] * 2


def test_a_miss_is_told_of_its_direction() -> None:
    verdict = judged("ioioiioio")
    assert verdict.outcome is WalkOutcome.MISSED
    assert [way.outcome for way in verdict.ways] == [WalkOutcome.PASSED, WalkOutcome.MISSED]
    assert verdict.advice == (WalkAdvice.LENGTHEN_LINE, WalkAdvice.CHECK_HEIGHT)


def test_a_miss_beside_u_turns_has_the_line_moved_from_where_people_turn() -> None:
    verdict = judged("ioiouioio")
    assert verdict.outcome is WalkOutcome.MISSED
    assert verdict.advice[0] is WalkAdvice.MOVE_LINE_FROM_TURNING
    assert verdict.u_turns == 1


def test_nothing_counted_at_all_has_the_line_laid_across_the_way() -> None:
    verdict = judged("")
    assert verdict.outcome is WalkOutcome.MISSED
    assert verdict.advice[0] is WalkAdvice.LAY_LINE_ACROSS_THE_WAY
    assert verdict.share_at_least == 0.0


def test_a_walk_counted_twice_is_doubled() -> None:
    verdict = judged("iioioioioio")
    assert verdict.outcome is WalkOutcome.DOUBLED
    assert verdict.advice == (WalkAdvice.WALK_ALONE,)
    assert [way.right for way in verdict.ways] == [4, 5]


def test_walks_over_two_lines_are_to_be_judged_line_by_line() -> None:
    both, first = WalkTest(), WalkTest(line="door")
    for test in (both, first):
        test.note([*told("io" * 5), *told("io" * 5, "passage")])
    assert both.end().advice == (WalkAdvice.JUDGE_ONE_LINE,)
    assert first.end().outcome is WalkOutcome.PASSED


def test_a_line_the_wrong_way_round_is_to_be_turned_although_the_totals_agree() -> None:
    verdict = judged("oi" * 5)
    assert verdict.outcome is WalkOutcome.WRONG_WAY
    assert verdict.advice == (WalkAdvice.TURN_LINE,)
    assert verdict.share_at_least == pytest.approx(0.05**0.1)


def test_a_wrong_line_that_misses_besides_tells_both() -> None:
    verdict = judged("oioiioioi")
    assert verdict.outcome is WalkOutcome.WRONG_WAY
    assert verdict.advice[0] is WalkAdvice.TURN_LINE
    assert WalkAdvice.CHECK_HEIGHT in verdict.advice


def test_walks_one_way_only_tell_the_wrong_way_too() -> None:
    assert judged("ooooo", 5, 0).outcome is WalkOutcome.WRONG_WAY
    assert judged("iiiii", 5, 0).outcome is WalkOutcome.UNDECIDED


def test_who_begins_inside_says_so() -> None:
    test = WalkTest()
    test.note(told("oi" * 5))
    assert test.end(began=Direction.OUT).outcome is WalkOutcome.PASSED


def test_a_missed_first_walk_is_no_wrong_way() -> None:
    assert judged("oioioioio").outcome is WalkOutcome.MISSED


def test_all_walks_one_way_and_then_all_the_other_pass_too() -> None:
    assert judged("iiiiiooooo").outcome is WalkOutcome.PASSED
    assert judged("oooooiiiii").outcome is WalkOutcome.WRONG_WAY


def test_few_walks_can_fail_but_not_pass() -> None:
    assert judged("ioio", 2, 2).outcome is WalkOutcome.UNDECIDED
    assert judged("ioio", 2, 2).advice == (WalkAdvice.WALK_MORE,)
    assert judged("oi", 1, 1).outcome is WalkOutcome.UNDECIDED
    assert judged("ioi", 2, 2).outcome is WalkOutcome.MISSED
    assert judged("", 0, 0).share_at_least == 0.0


def test_progress_tells_crossings_and_u_turns_alone() -> None:
    test = WalkTest()
    test.note([Passing("street", Direction.IN, 0, 0, 1), ZoneVisit("shelf", 900, 0, 0, 1)])
    assert test.progress == WalkProgress()
    test.note(told("iou"))
    test.note(told("i"))
    assert test.progress == WalkProgress(ins=2, outs=1, u_turns=1)


@given(st.text("iou", max_size=40), st.integers(0, 20), st.integers(0, 20))
def test_any_count_gets_a_verdict_that_agrees_with_itself(
    counted: str, walked_in: int, walked_out: int
) -> None:
    verdict = judged(counted, walked_in, walked_out)
    exact = all(way.counted == way.walked for way in verdict.ways)
    assert (verdict.outcome in {WalkOutcome.MISSED, WalkOutcome.DOUBLED}) <= (not exact)
    assert (verdict.outcome is WalkOutcome.PASSED) == (verdict.advice == ())
    assert len(set(verdict.advice)) == len(verdict.advice)
    assert sum(way.counted for way in verdict.ways) == counted.count("i") + counted.count("o")
    assert (WalkAdvice.TURN_LINE in verdict.advice) == (verdict.outcome is WalkOutcome.WRONG_WAY)


@given(st.integers(1, 12), st.data())
def test_one_lost_walk_never_turns_the_line(target: int, data: st.DataObject) -> None:
    lost = data.draw(st.integers(0, 2 * target - 1))
    counted = ("io" * target)[:lost] + ("io" * target)[lost + 1 :]
    test = WalkTest(target)
    test.note(told(counted))
    assert test.end().outcome is WalkOutcome.MISSED


@given(st.integers(1, 60), st.data())
def test_the_bound_is_where_the_tail_is_one_in_twenty(walked: int, data: st.DataObject) -> None:
    right = data.draw(st.integers(1, walked))
    share = share_at_least(right, walked)
    tail = sum(
        comb(walked, hits) * share**hits * (1 - share) ** (walked - hits)
        for hits in range(right, walked + 1)
    )
    assert tail == pytest.approx(0.05)
    assert share_at_least(right - 1, walked) < share < right / walked


@pytest.mark.parametrize("target", [0, -1, MOST_WALKS + 1])
def test_an_impossible_target_is_an_error(target: int) -> None:
    with pytest.raises(ValueError, match="make no test"):
        WalkTest(target)


@pytest.mark.parametrize("walks", [(-1, 5), (5, MOST_WALKS + 1)])
def test_impossible_walks_are_an_error(walks: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        WalkTest().end(*walks)
    with pytest.raises(ValueError, match="no share"):
        share_at_least(3, 2)
