"""A set-up card is read back as it was written; nothing else is a card, and nothing is repeated."""

from __future__ import annotations

import json
import tracemalloc
import zlib
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fanlight.domain.base45 import ALPHABET, from_base45, to_base45
from fanlight.domain.setup_card import (
    LONGEST_BODY,
    LONGEST_TEXT,
    PREFIX,
    BadCard,
    CardSecrets,
    NewerCard,
    SetupCard,
    SignedCard,
    card_body,
    card_text,
    is_card,
    read_card,
    secrets_list,
    secrets_of,
    signed_part,
)
from setup_kit import CARD, MARKER, cards

KEY, SIGNATURE, SEAL = bytes(range(32)), bytes(64), b"s" * 80
BODY = card_body(CARD, sealed=False)
TEXT = card_text(KEY, SIGNATURE, b"", BODY)
PLAIN = json.loads(zlib.decompress(BODY, wbits=-15))
NAMES = [each.name for each in fields(SetupCard)]


def squeezed(text: bytes) -> bytes:
    squeezer = zlib.compressobj(9, wbits=-15)
    return squeezer.compress(text) + squeezer.flush()


def text_of(body: bytes, seal: bytes = b"") -> str:
    return card_text(KEY, SIGNATURE, seal, body)


def text_saying(plain: object, seal: bytes = b"") -> str:
    return text_of(squeezed(json.dumps(plain).encode()), seal)


def with_field(name: str, value: object) -> list[Any]:
    return [value if each == name else said for each, said in zip(NAMES, PLAIN, strict=True)]


def outcome(text: str) -> SignedCard | None:
    """Return the card, None for a BadCard that tells nothing; any other error is the test's."""
    try:
        return read_card(text)
    except BadCard as bad:
        told = f"{bad} {bad!r}"
        assert len(told) < 250, "an error says where, not what"
        for secret in (MARKER, "Müller", "Laden", "counts.example", "ABCDE"):
            assert secret not in told
        assert bad.__cause__ is None
        return None


@given(cards())
def test_an_open_card_comes_back_as_it_was(card: SetupCard) -> None:
    body = card_body(card, sealed=False)
    try:
        text = card_text(KEY, SIGNATURE, b"", body)
    except BadCard as bad:
        assert "a card has at most 2048" in str(bad)
        return
    found = read_card(text)
    assert (found.owner_key, found.signature, found.seal, found.body) == (KEY, SIGNATURE, b"", body)
    assert found.card == card
    assert found.signed == signed_part(b"", body)
    assert is_card(text)


@given(cards())
def test_a_sealed_cards_body_holds_no_secrets(card: SetupCard) -> None:
    body = card_body(
        replace(card, secrets=replace(CARD.secrets, wifi_password=MARKER)), sealed=True
    )  # type: ignore[type-var]
    assert MARKER.encode() not in zlib.decompress(body, wbits=-15)
    found = read_card(card_text(KEY, SIGNATURE, SEAL, body))
    assert found.seal == SEAL
    assert found.card == replace(card, secrets=None)


def test_a_card_without_a_seal_or_secrets_has_empty_ones() -> None:
    body = card_body(replace(CARD, secrets=None), sealed=False)
    assert read_card(text_of(body)).card == replace(CARD, secrets=CardSecrets())


def test_a_card_fits_a_qr_code_and_says_when_it_does_not() -> None:
    assert len(TEXT) < 800
    assert set(TEXT) <= set(ALPHABET), "which a QR code stores most tightly"
    with pytest.raises(BadCard, match="at most 2048"):
        card_text(KEY, SIGNATURE, b"", bytes(1300))
    with pytest.raises(BadCard, match="at most 2048"):
        read_card(PREFIX + "0" * LONGEST_TEXT)


GOOD: list[tuple[str, object]] = [
    *(("nonce", value) for value in (0, 2**64 - 1)),
    *(("issued_s", value) for value in (0, CARD.expires_s - 1)),
    *(("expires_s", value) for value in (CARD.issued_s + 1, 2**33)),
    *(("door", value) for value in ("x", "x" * 40, "Tür 2: oben", "門")),
    *(("shop", value) for value in ("", "x" * 60, "<b>'\"&\\ 🌷")),
    *(("device_id", value) for value in ("", "fan-0123456789abcdef")),
    *(("timezone", value) for value in ("", "UTC", "America/Argentina/Buenos_Aires", "Etc/GMT+5")),
    *(("mount", value) for value in ("", "oblique")),
    *(("height_m", value) for value in (None, 1.5, 12)),
    *(("tilt_deg", value) for value in (None, 0, 85)),
    *(("field_deg", value) for value in (None, 20, 150)),
    *(("wifi_name", value) for value in ("", "x" * 32, " kept ")),
    *(("uplink_url", value) for value in ("", "https://a", "https://a.b:65535/x?y=1#z")),
    *(("uplink_url", "https://a/" + "x" * 190),),
    *(("opening", value) for value in (((),) * 7, (("00:00-24:00",) * 4,) * 7)),
]
BAD: list[tuple[str, object]] = [
    *(
        (name, value)
        for name in ("nonce", "issued_s", "expires_s")
        for value in (-1, True, 1.0, "1", None, 10**400)
    ),
    *(
        (
            ("nonce", 2**64),
            ("issued_s", CARD.expires_s),
            ("expires_s", CARD.issued_s),
            ("expires_s", 2**33 + 1),
        )
    ),
    *(("door", value) for value in ("", "x" * 41, "ä" * 21, "a\nb", "a/b", None, 7, [], "\ud800")),
    *(
        ("shop", value)
        for value in ("x" * 61, "a\x00", "a\u2028b", "\ud800", "\x85", None, 0, False)
    ),
    *(("device_id", value) for value in ("A", "x" * 41, "a b", None, 0)),
    *(
        ("timezone", value)
        for value in ("../x", "a b", "/etc", "a/b/c/d", "x" * 41, None, 0, [], {}, False)
    ),
    *(("language", value) for value in ("", "fr", "EN", None, 0, [])),
    *(("mount", value) for value in ("ceiling", None, 0, [], {})),
    *(
        (name, value)
        for name in ("height_m", "tilt_deg", "field_deg")
        for value in (-0.1, 151, float("nan"), float("inf"), True, "3", [], 10**400)
    ),
    *((("height_m", 1.49), ("height_m", 12.01), ("tilt_deg", 85.1), ("field_deg", 19.9))),
    *(("wifi_name", value) for value in ("x" * 33, "a\x07", None)),
    *(("wifi_hidden", value) for value in (0, 1, "", None, "yes")),
    *(("lte_apn", value) for value in ("x" * 64, "a b", "ä", None)),
    *(
        ("uplink_url", value)
        for value in (
            "http://a",
            "https://",
            "https://[",
            "https://[::1",
            "https://u:p@a",
            "https://a:1234567",
            "https://a:65536",
            "https://a/\x00",
            "https://a b",
            "https://ä",
            'https://a/"',
            "https://a/" + "x" * 191,
            None,
            0,
            [],
            False,
        )
    ),
    *(
        ("opening", value)
        for value in (
            [[]] * 7,
            None,
            0,
            "mon",
            ((),) * 6,
            ((),) * 8,
            (("10:00-18:00",) * 5, *((),) * 6),
        )
    ),
    *(
        ("opening", ((value,), *((),) * 6))
        for value in (
            "",
            "10-18",
            "10:00-25:00",
            "24:00-25:00",
            "10:60-11:00",
            "\u0661\u0660:00-18:00",
            "10:00-18:00 ",
            None,
            0,
            [],
        )
    ),
]


@pytest.mark.parametrize(("name", "value"), GOOD)
def test_a_value_within_its_bounds_is_taken(name: str, value: object) -> None:
    card = replace(CARD, **{name: value})
    assert read_card(text_of(card_body(card, sealed=False))).card == card


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_value_outside_its_bounds_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(BadCard, match=f"{name}:|expires_s:"):
        replace(CARD, **{name: value})
    if value != 10**400 and name != "opening":
        with pytest.raises(BadCard, match=f"{name}:|expires_s:"):
            read_card(text_saying(with_field(name, value)))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("wifi_password", value) for value in ("x" * 64, "a\nb", None, 0, "\ud800")),
        *(("enrolment_token", value) for value in ("x" * 129, "a b", "ä", None)),
        *(("lte_pin", value) for value in ("123", "123456789", "12a4", "١٢٣٤", 1234)),
        *(("first_login", value) for value in ("ABC", "ABCDE-FGHIJ", "abcde-fghjk", "x" * 25, 0)),
    ],
)
def test_a_secret_outside_its_bounds_is_refused_and_not_repeated(name: str, value: object) -> None:
    with pytest.raises(BadCard, match=f"{name}: ") as caught:
        CardSecrets(**{name: value})  # type: ignore[arg-type]
    assert not value or str(value) not in str(caught.value)


@pytest.mark.parametrize("plain", [None, {}, "x", [], ["a"] * 3, ["a"] * 5])
def test_secrets_of_another_form_are_refused(plain: object) -> None:
    with pytest.raises(BadCard, match="secrets: "):
        secrets_of(plain)


def test_secrets_come_back() -> None:
    assert CARD.secrets is not None
    assert secrets_of(secrets_list(CARD.secrets)) == CARD.secrets


def test_secrets_both_sealed_and_open_are_refused() -> None:
    with pytest.raises(BadCard, match="both sealed and open"):
        read_card(text_of(BODY, SEAL))


@pytest.mark.parametrize(
    "text", ["FANLIGHT2:BB8", "FANLIGHT10:", "FANLIGHT0:x", "FANLIGHT2:" + "0" * 9000]
)
def test_a_card_of_a_later_format_is_told_apart(text: str) -> None:
    assert is_card(text)
    with pytest.raises(NewerCard):
        read_card(text)


@pytest.mark.parametrize(
    "text",
    ["", "https://example.org", "fanlight1:BB8", " FANLIGHT1:BB8", "FANLIGHT:", "FANLIGHT\u0662:"],
)
def test_another_code_is_no_card_at_all(text: str) -> None:
    assert not is_card(text)
    with pytest.raises(BadCard) as caught:
        read_card(text)
    assert not isinstance(caught.value, NewerCard)


BOMBS = {
    "zeros": squeezed(bytes(1_200_000)),
    "spaces before a list": squeezed(b" " * 1_200_000 + b"[]"),
    "a long text": squeezed(b'["' + b"x" * 1_200_000 + b'"]'),
    "just too long": squeezed(b" " * LONGEST_BODY + b"[]"),
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_what_would_swell_is_refused_before_it_does(bomb: bytes) -> None:
    text = text_of(bomb)
    tracemalloc.start()
    try:
        with pytest.raises(BadCard, match="longer than a card's"):
            read_card(text)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 200_000, "zlib's window and 4 KiB, not a megabyte"


HOSTILE: dict[str, bytes] = {
    "deep lists": b"[" * 4000,
    "deep closed lists": b"[" * 2000 + b"]" * 2000,
    "deep tables": b'{"a":' * 600 + b"1" + b"}" * 600,
    "a huge number": b"[" + b"9" * 4000 + b"]",
    "a huge exponent": b"[1e999]",
    "not a list": b'{"nonce":1}',
    "a text": b'"x"',
    "nothing": b"",
    "no UTF-8": b"\xff\xfe\xfa",
    "NaN": b"[NaN]",
    "too few": json.dumps(PLAIN[:5]).encode(),
    "too many": json.dumps([*PLAIN, 1]).encode(),
    "a number before a list": b"1 []",
}


@pytest.mark.parametrize("plain", HOSTILE.values(), ids=HOSTILE)
def test_hostile_json_is_no_card(plain: bytes) -> None:
    assert outcome(text_of(squeezed(plain))) is None


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "value",
    [
        b"NaN",
        b"Infinity",
        b"-Infinity",
        b"1e999",
        b"9" * 4000,
        b"[" * 900 + b"]" * 900,
        b'"\\ud800"',
        b"{}",
    ],
)
def test_hostile_values_in_any_field_are_no_card(name: str, value: bytes) -> None:
    marked = json.dumps(with_field(name, "@@@")).encode().replace(b'"@@@"', value)
    assert outcome(text_of(squeezed(marked))) is None


def test_rubbish_after_the_deflated_list_is_refused() -> None:
    assert outcome(text_of(BODY + b"x")) is None
    assert outcome(text_of(BODY[:-1])) is None
    assert outcome(text_of(b"\x00")) is None


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.text(max_size=200), st.sampled_from(["", PREFIX, "FANLIGHT2:"]))
@example("\ud800", PREFIX)
def test_no_text_does_anything_but_be_refused(text: str, prefix: str) -> None:
    assert outcome(prefix + text) is None


@given(st.text(ALPHABET, max_size=400))
def test_no_text_of_base45_does_anything_but_be_refused(text: str) -> None:
    assert outcome(PREFIX + text) is None


@given(st.binary(max_size=400))
def test_no_bytes_do_anything_but_be_refused(raw: bytes) -> None:
    assert outcome(PREFIX + to_base45(raw)) is None


@given(st.sampled_from(NAMES), anything)
def test_any_value_in_any_field_is_a_card_of_that_value_or_refused(
    name: str, value: object
) -> None:
    found = outcome(text_saying(with_field(name, value)))
    if found is not None and name not in {"opening", "secrets"}:
        assert getattr(found.card, name) == value
        assert type(getattr(found.card, name)) is type(value)


def cut(text: str, data: st.DataObject) -> str:
    return text[: data.draw(st.integers(0, len(text) - 1))]


def flipped(text: str, data: st.DataObject) -> str:
    raw = bytearray(from_base45(text.removeprefix(PREFIX)))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(96, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    return PREFIX + to_base45(bytes(raw))


def swapped(text: str, data: st.DataObject) -> str:
    place = data.draw(st.integers(0, len(text) - 1))
    return text[:place] + data.draw(st.sampled_from(ALPHABET)) + text[place + 1 :]


@pytest.mark.parametrize("damage", [cut, flipped, swapped])
@given(data=st.data())
def test_a_damaged_card_is_refused_or_at_least_whole_in_form(
    damage: Callable[[str, st.DataObject], str], data: st.DataObject
) -> None:
    text = damage(TEXT, data)
    found = outcome(text)
    if found is not None:
        assert card_text(found.owner_key, found.signature, found.seal, found.body) == text


def test_nothing_shows_a_secret() -> None:
    found = read_card(TEXT)
    assert found.card.secrets is not None
    for shown in (CARD, found, CARD.secrets, found.card.secrets):
        for told in (repr(shown), str(shown)):
            assert not any(secret in told for secret in secrets_list(found.card.secrets))
            assert "\\x" not in told.replace(repr(KEY), "").replace(repr(SIGNATURE), ""), "no body"
