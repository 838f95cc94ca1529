"""Base45 as RFC 9285 writes it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.domain.base45 import ALPHABET, from_base45, to_base45


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"", ""),
        (b"AB", "BB8"),
        (b"Hello!!", "%69 VD92EX0"),
        (b"base-45", "UJCLQE7W581"),
        (b"ietf!", "QED8WEX0"),
        (b"\xff\xff", "FGW"),
        (b"\xff", "U5"),
    ],
)
def test_the_standards_examples_hold(raw: bytes, text: str) -> None:
    assert to_base45(raw) == text
    assert from_base45(text) == raw


@given(st.binary(max_size=1400))
def test_what_is_written_is_read(raw: bytes) -> None:
    text = to_base45(raw)
    assert set(text) <= set(ALPHABET)
    assert len(text) == len(raw) // 2 * 3 + len(raw) % 2 * 2
    assert from_base45(text) == raw


@given(st.text(max_size=40) | st.text(ALPHABET, max_size=60))
def test_a_text_is_read_in_one_way_or_refused(text: str) -> None:
    try:
        raw = from_base45(text)
    except ValueError:
        return
    assert to_base45(raw) == text


@pytest.mark.parametrize(
    "text",
    ["A", "AAAA", "a12", "::::::", ":::", "GGW", "V5", "::", "aB8", "BB8\n", "BB\xc4", "BB\u0661"],
)
def test_what_is_no_base45_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(ValueError, match="characters") as caught:
        from_base45(text)
    assert len(text) < 2 or text not in str(caught.value)


@given(st.binary(min_size=1, max_size=60), st.data())
def test_a_foreign_character_anywhere_is_refused(raw: bytes, data: st.DataObject) -> None:
    text = to_base45(raw)
    place = data.draw(st.integers(0, len(text) - 1))
    symbol = data.draw(st.characters().filter(lambda each: each not in ALPHABET))
    with pytest.raises(ValueError, match="not of base45"):
        from_base45(text[:place] + symbol + text[place + 1 :])


@given(st.binary(min_size=1, max_size=60))
def test_one_character_too_many_or_too_few_is_never_read_as_the_same(raw: bytes) -> None:
    text = to_base45(raw)
    for damaged in (text[:-1], text + "0"):
        try:
            found = from_base45(damaged)
        except ValueError:
            continue
        assert found != raw
