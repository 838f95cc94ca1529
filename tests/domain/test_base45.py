from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.domain.base45 import ALPHABET, from_base45, to_base45

EXAMPLES = {b"AB": "BB8", b"Hello!!": "%69 VD92EX0", b"base-45": "UJCLQE7W581", b"ietf!": "QED8WEX0"}


@pytest.mark.parametrize(("raw", "text"), EXAMPLES.items())
def test_the_standards_examples_hold(raw: bytes, text: str) -> None:
    assert to_base45(raw) == text
    assert from_base45(text) == raw


@given(st.binary(max_size=300))
def test_what_is_written_is_read(raw: bytes) -> None:
    text = to_base45(raw)
    assert set(text) <= set(ALPHABET)
    assert from_base45(text) == raw


@given(st.text(max_size=40))
def test_a_text_is_read_or_refused(text: str) -> None:
    try:
        raw = from_base45(text)
    except ValueError:
        return
    assert to_base45(raw) == text


@pytest.mark.parametrize("text", ["A", "AAAA", "a12", "::::::", ":::", "GGW", "::"])
def test_what_is_no_base45_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="."):
        from_base45(text)
