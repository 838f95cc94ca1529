"""Reads what devices send, and believes only what is signed."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from fanlight.domain.dispatch import (
    SCHEMA,
    Dispatch,
    HourReport,
    SignedDispatch,
    canonical_json,
)
from fanlight.domain.hours import UtcHour

LARGEST_PACKED_BYTES: Final = 256 * 1024
LARGEST_BYTES: Final = 2 * 1024 * 1024
MOST_HOURS: Final = 400
LARGEST_NUMBER: Final = 100_000_000
LONGEST_NAME: Final = 64


class NotADispatch(Exception):
    """What came is none; str() says why."""


class TooLarge(Exception):
    """What came is larger than a dispatch can be."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A dispatch, and the bytes that its signature covers. Nothing of it is believed yet."""

    dispatch: Dispatch
    canonical: bytes
    signature: bytes
    plain: dict[str, Any]


def unpacked(body: bytes, encoding: str) -> bytes:
    """Undo the content encoding.

    Raises:
        TooLarge: it unpacks to more than a dispatch can have.
        NotADispatch: the encoding is another one, or broken.
    """
    if encoding in ("", "identity"):
        return body
    if encoding != "gzip":
        raise NotADispatch(f"content encoding {encoding!r} is not known; use gzip")
    unpacker = zlib.decompressobj(wbits=31)
    try:
        data = unpacker.decompress(body, LARGEST_BYTES)
    except zlib.error as error:
        raise NotADispatch(f"broken gzip: {error}") from error
    if unpacker.unconsumed_tail:
        raise TooLarge
    if not unpacker.eof:
        raise NotADispatch("broken gzip: it ends too early")
    return data


def read_dispatch(data: bytes) -> Arrived:
    """Read JSON as a signed dispatch.

    Raises:
        NotADispatch: it is none, or of a schema that this collector does not know.
    """
    try:
        signed = msgspec.json.decode(data, type=SignedDispatch)
        plain = json.loads(data)["message"]
        canonical = canonical_json(plain)
        signature = base64.b64decode(signed.signature, validate=True)
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise NotADispatch(str(error)[:300]) from error
    dispatch = signed.message
    if dispatch.schema != SCHEMA:
        raise NotADispatch(f"schema {dispatch.schema} is not known here; this one is {SCHEMA}")
    if len(dispatch.hours) + len(dispatch.unplaced) > MOST_HOURS:
        raise NotADispatch(f"more than {MOST_HOURS} hours; send fewer at once")
    for report in dispatch.hours:
        _check_hour(report)
    for each in dispatch.unplaced:
        if not 0 <= each.boot_hour < LARGEST_NUMBER or len(each.boot) > LONGEST_NAME:
            raise NotADispatch("an unplaced hour has an impossible key")
    return Arrived(dispatch, canonical, signature, plain)


def _check_hour(report: HourReport) -> None:
    try:
        UtcHour.parse(report.hour)
    except ValueError as error:
        raise NotADispatch(f"{report.hour[:40]!r} is no hour of UTC") from error
    numbers = [report.revision, report.seen_ms]
    for line in report.lines:
        numbers += [line.entries, line.exits, line.total_entries, line.total_exits]
    for passing in report.passing_lines:
        numbers += [passing.passed_in, passing.passed_out]
    if not all(0 <= number < LARGEST_NUMBER for number in numbers):
        raise NotADispatch(f"{report.hour}: a number is negative or impossibly large")


def is_signed_by(arrived: Arrived, public_key: bytes) -> bool:
    """Tell whether the holder of a key has signed exactly this."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(arrived.signature, arrived.canonical)
    except (InvalidSignature, ValueError):
        return False
    return True


def read_public_key(text: str) -> bytes:
    """Read the 32 bytes of an Ed25519 public key from base64.

    Raises:
        NotADispatch: it is none.
    """
    try:
        key = base64.b64decode(text, validate=True)
        Ed25519PublicKey.from_public_bytes(key)
    except (binascii.Error, ValueError) as error:
        raise NotADispatch("public_key is no Ed25519 key in base64") from error
    return key
