"""What a receiver says it has stored, read and checked."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from fanlight.domain.dispatch import Acknowledgement, HourKey, UnplacedKey, canonical_json

if TYPE_CHECKING:
    from fanlight.domain.dispatch import SignedDispatch

_MS_NS: Final = 1_000_000


class NoAnswer(Exception):
    """Something was said, but not by a receiver; str() says how that shows."""


class StoredHours(msgspec.Struct, frozen=True):
    """What is durable over there."""

    hours: tuple[HourKey, ...] = ()
    unplaced: tuple[UnplacedKey, ...] = ()


class Refusal(msgspec.Struct, frozen=True):
    """An hour that will never be taken."""

    hour: str
    revision: int
    why: str = ""


class SignedTime(msgspec.Struct, frozen=True):
    """The receiver's time, signed with the dispatch's nonce."""

    utc_ms: int
    nonce: str
    signature: str


class ReceiverAnswer(msgspec.Struct, frozen=True):
    """The whole answer."""

    stored: StoredHours
    refused: tuple[Refusal, ...] = ()
    time: SignedTime | None = None


def read_answer(body: bytes, nonce: str, receiver_key: bytes | None) -> Acknowledgement:
    """Read an answer to the dispatch with that nonce.

    The time is taken only if the receiver's key is known and its signature holds for this nonce.

    Raises:
        NoAnswer: the body is none.
    """
    try:
        answer = msgspec.json.decode(body, type=ReceiverAnswer)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise NoAnswer("no JSON that names what was stored") from error
    return Acknowledgement(
        hours=frozenset(answer.stored.hours),
        unplaced=frozenset(answer.stored.unplaced),
        refused={HourKey(each.hour, each.revision): each.why[:200] for each in answer.refused},
        utc_ns=_time(answer.time, nonce, receiver_key),
    )


def everything(dispatch: SignedDispatch) -> Acknowledgement:
    """Return the acknowledgement of a receiver that names nothing and stored all."""
    message = dispatch.message
    return Acknowledgement(
        hours=frozenset(HourKey(each.hour, each.revision) for each in message.hours),
        unplaced=frozenset(UnplacedKey(each.boot, each.boot_hour) for each in message.unplaced),
    )


def _time(told: SignedTime | None, nonce: str, key: bytes | None) -> int | None:
    if told is None or key is None or told.nonce != nonce:
        return None
    signed = canonical_json({"nonce": told.nonce, "utc_ms": told.utc_ms})
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(base64.b64decode(told.signature), signed)
    except (InvalidSignature, ValueError):
        return None
    return told.utc_ms * _MS_NS
