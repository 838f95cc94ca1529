"""What protects a card: every byte is signed, and a seal opens for one device alone."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from hypothesis import given, settings

from fanlight.adapters.card_crypto import _SUITE, INFO, CardKey, signature_holds, signed_text
from fanlight.adapters.device_identity import FileIdentity
from fanlight.domain.setup_card import BadCard, CardSecrets, SignedCard, secrets_list
from setup_kit import CARD, MARKER, OWNER, STRANGER, all_secrets, public, signed

DEVICE, OTHER = CardKey(bytes(range(32))), CardKey(bytes(32))
SECRETS = CARD.secrets or CardSecrets()
OPEN, SEALED = signed(), signed(sealed_for=DEVICE.public)
TAG_BYTES = 16


def sealed_json(plain: bytes) -> bytes:
    return _SUITE.encrypt(plain, X25519PublicKey.from_public_bytes(DEVICE.public), INFO)


def flips(raw: bytes) -> list[bytes]:
    return [
        raw[:place] + bytes([raw[place] ^ 1 << bit]) + raw[place + 1 :]
        for place in range(len(raw))
        for bit in (0, 7)
    ]


@pytest.mark.parametrize("card", [OPEN, SEALED], ids=["open", "sealed"])
def test_a_signature_holds_and_covers_every_byte(card: SignedCard) -> None:
    assert signature_holds(card)
    damaged = [
        *(replace(card, owner_key=raw) for raw in flips(card.owner_key)),
        *(replace(card, signature=raw) for raw in flips(card.signature)),
        *(replace(card, seal=raw) for raw in flips(card.seal)),
        *(replace(card, body=raw) for raw in flips(card.body)),
    ]
    assert len(damaged) == 2 * (96 + len(card.seal) + len(card.body))
    assert not any(signature_holds(each) for each in damaged)


def test_bytes_may_not_move_from_the_seal_to_the_body() -> None:
    moved = replace(SEALED, seal=SEALED.seal[:-1], body=SEALED.seal[-1:] + SEALED.body)
    assert not signature_holds(moved)
    assert not signature_holds(replace(SEALED, seal=b""))
    assert not signature_holds(replace(SEALED, seal=b"", body=SEALED.seal + SEALED.body))


def test_a_card_of_somebody_else_is_theirs() -> None:
    theirs = signed(owner=STRANGER)
    assert signature_holds(theirs)
    assert theirs.owner_key == public(STRANGER)
    assert not signature_holds(replace(theirs, owner_key=public(OWNER)))


@pytest.mark.parametrize("key", [b"", b"x" * 31, b"x" * 33, bytes(32), b"\xff" * 32])
def test_what_is_no_key_signed_nothing(key: bytes) -> None:
    assert not signature_holds(replace(OPEN, owner_key=key))


@settings(max_examples=30)
@given(all_secrets)
def test_sealed_secrets_open_with_the_devices_key_alone(secrets: CardSecrets) -> None:
    card = signed(replace(CARD, secrets=secrets), sealed_for=DEVICE.public)
    assert card.card.secrets is None
    assert DEVICE.open(card.seal) == secrets
    with pytest.raises(BadCard, match="sealed for another device") as caught:
        OTHER.open(card.seal)
    assert caught.value.__cause__ is None


def test_a_seal_is_a_key_a_text_and_a_tag() -> None:
    plain = json.dumps(secrets_list(SECRETS), separators=(",", ":")).encode()
    assert len(SEALED.seal) == 32 + len(plain) + TAG_BYTES
    again = signed(sealed_for=DEVICE.public)
    assert again.seal[:32] != SEALED.seal[:32], "each has a key of its own"
    X25519PublicKey.from_public_bytes(SEALED.seal[:32])
    assert MARKER.encode() not in SEALED.seal + SEALED.body


def test_a_seal_with_a_byte_changed_or_missing_does_not_open() -> None:
    for seal in [*flips(SEALED.seal), *(SEALED.seal[:size] for size in range(len(SEALED.seal)))]:
        with pytest.raises(BadCard, match="secrets"):
            DEVICE.open(seal)


@pytest.mark.parametrize(
    "plain",
    [
        b"",
        b"[",
        b"\xff",
        b"{}",
        b"[" * 5000,
        b'["a","b","c"]',
        b"[1,2,3,4]",
        b'["a\\u0000","","",""]',
    ],
)
def test_what_is_sealed_must_be_secrets_and_is_not_repeated(plain: bytes) -> None:
    with pytest.raises(BadCard) as caught:
        DEVICE.open(sealed_json(plain))
    assert caught.value.__cause__ is None
    assert len(str(caught.value)) < 100


def test_a_key_comes_from_its_seed_and_shows_no_secret() -> None:
    seed = bytes(range(32))
    assert CardKey(seed).public == DEVICE.public
    assert DEVICE.public.hex() == (
        "dfbc082b8b86e1729ed2f3624dd610fce6b45c0ac91466de27bb99eb05563f4f"
    ), "a label that is printed stays right for ever"
    assert OTHER.public != DEVICE.public
    assert repr(DEVICE) == f"<CardKey {DEVICE.public.hex()}>"


def test_an_identity_has_the_card_key_of_its_seed(tmp_path: Path) -> None:
    made = FileIdentity(tmp_path / "identity.key")
    seed = (tmp_path / "identity.key").read_bytes()
    assert made.card_key.public == CardKey(seed).public
    assert FileIdentity(tmp_path / "identity.key").card_key.public == made.card_key.public
    assert made.card_key.public != made.public_key


def test_without_secrets_there_is_nothing_to_seal() -> None:
    assert signed(replace(CARD, secrets=None), sealed_for=DEVICE.public).seal == b""


@pytest.mark.parametrize("key", [b"x" * 31, b"", bytes(32)])
def test_no_card_is_sealed_to_what_is_no_key(key: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        signed_text(CARD, OWNER, key)
