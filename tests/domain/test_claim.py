"""Codes as they are printed, blinked, misread and typed."""

from __future__ import annotations

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.domain.claim import (
    LAMP_EXPIRES_S,
    LAMP_TRIES,
    SYMBOLS,
    ClaimCode,
    CodeKind,
    grouped,
    new_lamp_code,
    new_printed_code,
    normalised,
)

CODES = st.text(SYMBOLS, min_size=10, max_size=10)
DIGITS = st.text("0123456789", min_size=6, max_size=8)


@given(st.text(max_size=80))
def test_reading_twice_is_reading_once(typed: str) -> None:
    assert normalised(normalised(typed)) == normalised(typed)
    assert set(normalised(typed)) <= set(SYMBOLS)


@given(CODES, st.randoms(use_true_random=False))
def test_a_code_is_taken_however_a_person_types_it(code: str, dice: object) -> None:
    pick = dice.choice  # type: ignore[attr-defined]
    misread = {"0": "0Oo", "1": "1IiLl"}
    typed = "".join(
        pick(misread.get(each, each + each.lower())) + pick(["", " ", "-", "\u2013", "\u00a0"])
        for each in code
    )
    assert normalised(typed) == code
    assert ClaimCode.of(CodeKind.LABEL, grouped(code)).matches(typed)


@given(CODES, CODES)
def test_no_other_code_matches(code: str, other: str) -> None:
    assert ClaimCode.of(CodeKind.CARD, code).matches(other) == (code == other)


@given(CODES, st.text(max_size=80))
def test_nothing_odd_matches(code: str, typed: str) -> None:
    found = ClaimCode.of(CodeKind.CARD, code).matches(typed)
    assert found == (normalised(typed) == code)


def test_fullwidth_digits_are_digits() -> None:
    assert ClaimCode.of(CodeKind.LAMP, "482913").matches("\uff14\uff18\uff12\uff19\uff11\uff13")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (CodeKind.LAMP, "12345"),
        (CodeKind.LAMP, "123456789"),
        (CodeKind.LAMP, "12345A"),
        (CodeKind.LABEL, "ABCDE-FGHJ"),
        (CodeKind.CARD, "ABCDE-FGHJU"),
        (CodeKind.CARD, ""),
    ],
)
def test_what_is_no_code_is_refused_and_not_repeated(kind: CodeKind, text: str) -> None:
    with pytest.raises(ValueError, match=f"the code of a {kind.value} has") as caught:
        ClaimCode.of(kind, text)
    assert not text or text not in str(caught.value)


@given(DIGITS, st.floats(0, 1e6), st.floats(-1e4, 1e4))
def test_a_lamps_code_is_good_for_ten_minutes(code: str, issued_s: float, after_s: float) -> None:
    lamp = ClaimCode.of(CodeKind.LAMP, code, issued_s)
    now_s = issued_s + after_s
    assert lamp.is_open(now_s) == (0 <= now_s - issued_s < LAMP_EXPIRES_S)
    assert ClaimCode.of(CodeKind.LABEL, "ABCDEFGHJK", issued_s).is_open(now_s)


def test_five_wrong_tries_end_a_lamps_code_and_no_labels() -> None:
    lamp, label = ClaimCode.of(CodeKind.LAMP, "123456"), ClaimCode.of(CodeKind.LABEL, "ABCDEFGHJK")
    for _ in range(LAMP_TRIES):
        assert lamp.is_open(0)
        lamp, label = lamp.after_wrong(), label.after_wrong()
    assert not lamp.is_open(0)
    assert label.is_open(0)


def test_new_codes_are_codes() -> None:
    printed = new_printed_code(secrets.randbelow)
    assert ClaimCode.of(CodeKind.CARD, printed).matches(grouped(printed))
    for length in (6, 7, 8):
        lamp = new_lamp_code(secrets.randbelow, length)
        assert len(lamp) == length
        assert lamp not in repr(ClaimCode.of(CodeKind.LAMP, lamp))
    with pytest.raises(ValueError, match="6 to 8 digits"):
        new_lamp_code(secrets.randbelow, 5)
