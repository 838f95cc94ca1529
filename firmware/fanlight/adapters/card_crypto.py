"""What protects a set-up card: the owner's Ed25519 signature, and secrets sealed to one device.

Sealing is HPKE (RFC 9180), base mode, with X25519, HKDF-SHA256 and ChaCha20-Poly1305. The device's
key for it is derived from the seed of its identity by HKDF (RFC 5869), so that one label and one
file hold both; the signature binds the seal to the card.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from fanlight.domain.setup_card import (
    BadCard,
    CardSecrets,
    SetupCard,
    card_body,
    card_text,
    secrets_list,
    secrets_of,
    signed_part,
)

if TYPE_CHECKING:
    from fanlight.domain.setup_card import SignedCard

INFO: Final = b"fanlight set-up card 1"
_SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


class CardKey:
    """The device's key to seals, derived from its identity's seed of 32 bytes."""

    def __init__(self, seed: bytes) -> None:
        derived = HKDF(SHA256(), 32, salt=None, info=b"fanlight seal key 1").derive(seed)
        self._key = X25519PrivateKey.from_private_bytes(derived)

    def __repr__(self) -> str:
        return f"<CardKey {self.public.hex()}>"

    @property
    def public(self) -> bytes:
        """The 32 bytes to print on the label."""
        return self._key.public_key().public_bytes_raw()

    def open(self, seal: bytes) -> CardSecrets:
        """Open the secrets of a card.

        Raises:
            BadCard: they are sealed for another device, or changed.
        """
        try:
            plain: object = json.loads(_SUITE.decrypt(seal, self._key, INFO))
        except (InvalidTag, ValueError, RecursionError):  # whose traceback would hold the secrets
            raise BadCard("secrets: sealed for another device") from None
        return secrets_of(plain)


def signature_holds(signed: SignedCard) -> bool:
    """Whether the key on the card signed it."""
    try:
        key = Ed25519PublicKey.from_public_bytes(signed.owner_key)
        key.verify(signed.signature, signed.signed)
    except (InvalidSignature, ValueError):
        return False
    return True


def signed_text(card: SetupCard, owner: Ed25519PrivateKey, sealed_for: bytes | None = None) -> str:
    """Write a card's text, signed by its owner; secrets sealed where a device's key is given.

    Raises:
        BadCard: it would be too long.
        ValueError: the device's key is none.
    """
    seal = b""
    if sealed_for is not None and card.secrets is not None:
        key = X25519PublicKey.from_public_bytes(sealed_for)
        plain = json.dumps(secrets_list(card.secrets), separators=(",", ":")).encode()
        seal = _SUITE.encrypt(plain, key, INFO)
    body = card_body(card, sealed=bool(seal))
    signature = owner.sign(signed_part(seal, body))
    return card_text(owner.public_key().public_bytes_raw(), signature, seal, body)
