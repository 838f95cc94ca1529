"""The blink code: that a person can tell its signals apart, and count what is to be counted."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.domain.blinks import (
    CODE,
    COUNTED,
    LEAST_LIT,
    MEANING,
    NIGHT_SHARE,
    PAUSE_MS,
    Pattern,
    Signal,
    digits,
    dimmed,
    endless,
    lasting,
    level_at,
)

LAMP_MD = Path(__file__).parents[2] / "docs/operating/lamp.md"
SAMPLE_MS = 20
TELLING = 0.3
"""Levels that differ by less look alike."""

RHYTHMS = sorted(set(Signal) - set(COUNTED))


def sampled(pattern: Pattern, for_ms: int, from_ms: int = 0) -> list[float]:
    levels = [level_at(pattern, ms) for ms in range(from_ms, from_ms + for_ms, SAMPLE_MS)]
    return [level for level in levels if level is not None]


def runs(levels: list[float]) -> list[tuple[bool, int]]:
    """What a person sees: light and dark, and how long each, in ms."""
    seen: list[tuple[bool, int]] = []
    for level in levels:
        lit = level > 0
        if seen and seen[-1][0] == lit:
            seen[-1] = (lit, seen[-1][1] + SAMPLE_MS)
        else:
            seen.append((lit, SAMPLE_MS))
    return seen


def difference(one: list[float], other: list[float]) -> float:
    assert len(one) == len(other) > 0
    pairs = zip(one, other, strict=True)
    return sum(abs(a - b) >= TELLING for a, b in pairs) / len(one)


def test_every_signal_has_a_pattern_and_a_meaning_of_its_own() -> None:
    assert set(CODE) == set(Signal)
    assert set(MEANING) == set(Signal)
    assert len(set(MEANING.values())) == len(Signal)
    assert len(set(CODE.values())) == len(Signal)


def test_what_lasts_is_for_ever_and_what_happens_is_not() -> None:
    lasting_ones = {signal for signal in Signal if CODE[signal].repeats is None}
    assert lasting_ones == {
        Signal.STARTING,
        Signal.COUNTING,
        Signal.COUNTING_OFFLINE,
        Signal.CANNOT_COUNT,
        Signal.SETUP,
        Signal.ERASE_WARNING,
    }


@pytest.mark.parametrize(("one", "other"), list(combinations(RHYTHMS, 2)))
def test_two_rhythms_can_be_told_apart(one: Signal, other: Signal) -> None:
    first, second = endless(CODE[one]), endless(CODE[other])
    assert difference(sampled(first, 6000), sampled(second, 6000)) >= 0.1
    for begun_ms in range(0, second.round_ms, 100):
        assert difference(sampled(first, 6000), sampled(second, 6000, begun_ms)) >= 0.1


@pytest.mark.parametrize("rhythm", RHYTHMS)
@pytest.mark.parametrize("counted", list(COUNTED))
def test_no_rhythm_looks_like_something_to_count(rhythm: Signal, counted: Signal) -> None:
    first, second = endless(CODE[rhythm]), endless(CODE[counted])
    assert difference(sampled(first, 6000), sampled(second, 6000)) >= 0.1


def test_problems_are_a_number_of_short_blinks_and_a_pause() -> None:
    problems = {signal for signal in Signal if signal.startswith(("card_", "wifi_"))}
    assert set(COUNTED) == problems - {Signal.CARD_READ}
    numbers = list(COUNTED.values())
    assert len(set(numbers)) == len(numbers)
    for signal, number in COUNTED.items():
        pattern = CODE[signal]
        seen = runs(sampled(pattern, pattern.round_ms))
        lit = [ms for is_lit, ms in seen if is_lit]
        dark = [ms for is_lit, ms in seen if not is_lit]
        assert len(lit) == pattern.blinks == number
        assert 2 <= number <= 8
        assert max(lit) <= 250
        assert dark[-1] == PAUSE_MS >= 4 * max(dark[:-1])


@pytest.mark.parametrize("signal", list(Signal))
def test_the_lamp_can_follow_and_shows_that_it_lives(signal: Signal) -> None:
    pattern = endless(CODE[signal])
    assert min(ms for _, ms in pattern.steps) >= 4 * SAMPLE_MS
    assert len(set(sampled(pattern, 5000))) > 1


def test_a_finite_pattern_ends_and_one_for_ever_does_not() -> None:
    steps = ((1.0, 100), (0.5, 50))
    twice = Pattern(steps, repeats=2)
    levels = [level_at(twice, ms) for ms in (0, 99, 100, 149, 150, 299, 300, 10_000)]
    assert levels == [1.0, 1.0, 0.5, 0.5, 1.0, 0.5, None, None]
    assert level_at(endless(twice), 1_000_000 * 150 + 120) == 0.5


@given(
    st.lists(st.tuples(st.floats(0, 1), st.integers(1, 5000)), min_size=1, max_size=12),
    st.integers(1, 5),
    st.floats(0, 100_000),
)
def test_a_level_is_always_one_of_the_steps(
    steps: list[tuple[float, int]], repeats: int, elapsed_ms: float
) -> None:
    pattern = Pattern(tuple(steps), repeats)
    level = level_at(pattern, elapsed_ms)
    assert (level is None) == (elapsed_ms >= repeats * pattern.round_ms)
    assert level is None or level in {level for level, _ in steps}
    assert level_at(endless(pattern), elapsed_ms) is not None


@pytest.mark.parametrize(
    ("steps", "repeats"),
    [((), None), (((1.1, 5),), None), (((-0.1, 5),), 1), (((1.0, 0),), 1), (((1.0, 5),), 0)],
)
def test_a_pattern_that_is_none_is_refused(
    steps: tuple[tuple[float, int], ...], repeats: int | None
) -> None:
    with pytest.raises(ValueError, match=r"steps are|comes at least once"):
        Pattern(steps, repeats)


@given(st.sampled_from(Signal), st.floats(0, 60_000))
def test_a_pattern_lasts_in_whole_rounds(signal: Signal, at_least_ms: float) -> None:
    pattern = CODE[signal]
    long = lasting(pattern, at_least_ms)
    assert long.repeats is not None
    assert long.steps == pattern.steps
    whole_ms = long.repeats * pattern.round_ms
    assert whole_ms >= at_least_ms
    assert long.repeats == 1 or whole_ms - pattern.round_ms < at_least_ms


def read(levels: list[float]) -> str:
    """Read a code as a person does: a long light, then blinks, told apart by their pauses."""
    opening, _, *rest = runs(levels)
    assert opening[0]
    assert opening[1] >= 1500
    code, count = "", 0
    for lit, ms in rest:
        if lit:
            count += 1
        elif ms >= 1000:
            code, count = code + str(count % 10), 0
    assert count == 0
    return code


@given(st.text("0123456789", min_size=1, max_size=8))
def test_a_code_can_be_read_off_the_lamp(code: str) -> None:
    pattern = digits(code)
    assert pattern.repeats == 1
    assert read(sampled(pattern, pattern.round_ms + 1000)) == code


def test_where_a_code_ends_is_seen_too() -> None:
    dark = [ms for lit, ms in runs(sampled(digits("12"), 60_000)) if not lit]
    within, between, end = min(dark), dark[1], dark[-1]
    assert between >= 4 * within
    assert end >= 2 * between


@pytest.mark.parametrize("code", ["", "123456789", "12a", "-1", "1.5", " 1", "²", "\u0661"])
def test_what_is_no_code_is_refused_without_being_told(code: str) -> None:
    with pytest.raises(ValueError, match="1 to 8 digits") as caught:
        digits(code)
    assert str(caught.value) == "a code has 1 to 8 digits"


@given(st.floats(0, 1))
def test_at_night_the_lamp_is_faint_and_what_is_lit_stays_lit(level: float) -> None:
    assert dimmed(level, at_night=False) == level
    shown = dimmed(level, at_night=True)
    assert shown <= max(level * NIGHT_SHARE, LEAST_LIT)
    assert shown <= level
    assert (shown > 0) == (level > 0)


@pytest.mark.parametrize("signal", list(COUNTED))
def test_a_problem_is_seen_at_night(signal: Signal) -> None:
    levels = {dimmed(level, at_night=True) for level, _ in CODE[signal].steps}
    assert sorted(levels) == pytest.approx([0.0, NIGHT_SHARE])
    assert dimmed(0.1, at_night=True) == LEAST_LIT


def test_the_manual_tells_the_same_code() -> None:
    row = re.compile(r"^\| `(\w+)` \| [^|]+ \| (\d+) \| ([\d.]+) \| ([^|]+) \|$", re.MULTILINE)
    told = {
        name: (int(blinks), float(round_s), meaning)
        for name, blinks, round_s, meaning in row.findall(LAMP_MD.read_text())
    }
    assert told == {
        signal.value: (CODE[signal].blinks, CODE[signal].round_ms / 1000, MEANING[signal])
        for signal in Signal
    }
