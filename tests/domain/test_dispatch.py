"""The message that leaves the device: one form, whoever writes it."""

from __future__ import annotations

import json

import msgspec
import pytest
import report_schema
from hypothesis import given
from hypothesis import strategies as st

from dispatch_kit import dispatch_of, hour_of
from fanlight.domain.dispatch import (
    Dispatch,
    SignedDispatch,
    canonical_dispatch,
    canonical_json,
    wire_bytes,
)

NAMES = st.text(st.characters(codec="ascii"), max_size=9)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(PLAIN)
def test_reading_and_writing_again_gives_the_same_bytes(plain: object) -> None:
    once = canonical_json(plain)
    assert canonical_json(json.loads(once)) == once


@given(st.dictionaries(NAMES, st.integers(), min_size=2, max_size=5))
def test_the_order_of_keys_does_not_show(plain: dict[str, int]) -> None:
    backwards = dict(reversed(plain.items()))
    assert canonical_json(plain) == canonical_json(backwards)


@pytest.mark.parametrize("value", [0.5, float("nan"), {"a": [1.0]}, {1: "a"}, b"bytes", object()])
def test_what_has_more_than_one_form_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"neither a word nor a whole number|no JSON key"):
        canonical_json(value)


def test_a_dispatch_survives_the_wire_to_the_byte() -> None:
    dispatch = dispatch_of(hour_of("2025-03-30T01Z"), hour_of("2025-03-30T02Z"))
    wire = wire_bytes(SignedDispatch(message=dispatch, signature="abc"))
    read = msgspec.json.decode(wire, type=SignedDispatch)
    assert read.message == dispatch
    assert canonical_dispatch(read.message) == canonical_dispatch(dispatch)


def test_fields_of_a_later_version_are_ignored() -> None:
    plain = json.loads(canonical_dispatch(dispatch_of(hour_of("2025-03-30T01Z"))))
    plain["hours"][0]["lines"][0]["weather"] = "rain"
    assert msgspec.convert(plain, type=Dispatch).hours[0].lines[0].entries == 3


def test_the_published_schema_is_that_of_the_types() -> None:
    again = "run .venv/bin/python scripts/report_schema.py"
    assert report_schema.PATH.read_text() == report_schema.schema(), again


def test_every_field_is_described_where_receivers_read() -> None:
    page = (report_schema.PATH.parent / "report-format.md").read_text()
    for name in json.loads(report_schema.schema())["$defs"].values():
        for field in name["properties"]:
            assert f"`{field}`" in page, field
