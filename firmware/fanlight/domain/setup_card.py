"""The set-up card: what an installer tells a device through its camera, in one QR code.

    text      FANLIGHT1: base45(envelope)                      at most 2 KiB
    envelope  owner's Ed25519 key (32) | signature (64) | length of the seal (2) | seal | body
    body      raw deflate of a JSON list, the fields of `SetupCard` in their order

The signature covers a fixed label, the seal and the body. The seal holds the secrets as a JSON
list, encrypted to one device; without one they are the last element of the body. The format is
described for others in docs/operating/setup-card.md.
"""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import dataclass, field, fields
from typing import Any, Final

from fanlight.domain.base45 import from_base45, to_base45
from fanlight.domain.claim import SYMBOLS
from fanlight.domain.mount import Mount
from fanlight.domain.week import Span

PREFIX: Final = "FANLIGHT1:"
ANY_PREFIX: Final = re.compile(r"FANLIGHT[0-9]+:")
LABEL: Final = b"fanlight set-up card 1\n"
LONGEST_TEXT: Final = 2048
LONGEST_BODY: Final = 4096
KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
MOST_SPANS: Final = 4
LANGUAGES: Final = ("en", "de")
_PRINTABLE: Final = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]*")
_WEB: Final = r"https://[\w.-]+(:(?P<port>\d{1,5}))?([/?#][!#-&(-;=?-\[\]-~]*)?"
_URL: Final = re.compile(f"({_WEB})?", re.ASCII)
_NAME: Final = re.compile(r"[\w .:-]+")
_ZONE: Final = re.compile(r"([A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+){0,2})?")
_DEVICE: Final = re.compile(r"[a-z0-9-]*")
_APN: Final = re.compile(r"[A-Za-z0-9.-]*")
_TOKEN: Final = re.compile(r"[\x21-\x7e]*")
_PIN: Final = re.compile(r"([0-9]{4,8})?")
_CODE: Final = re.compile(f"([{SYMBOLS}]{{5}}-?[{SYMBOLS}]{{5}})?")
_SPAN: Final = re.compile(r"[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}")

Week = tuple[tuple[str, ...], ...]
CLOSED_WEEK: Final[Week] = ((),) * 7


class BadCard(Exception):
    """A text is no set-up card; str() says where, and holds nothing of the card's content."""


class NewerCard(BadCard):
    """A card of a later format: the firmware is too old for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSecrets:
    """What nobody but the device is to know; none of it is in a repr."""

    wifi_password: str = field(default="", repr=False)
    enrolment_token: str = field(default="", repr=False)
    lte_pin: str = field(default="", repr=False)
    first_login: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        _text("wifi_password", self.wifi_password, 63, _PRINTABLE)
        _text("enrolment_token", self.enrolment_token, 128, _TOKEN)
        _text("lte_pin", self.lte_pin, 8, _PIN)
        _text("first_login", self.first_login, 24, _CODE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupCard:
    """What a card says. Times are seconds since 1970 in UTC; empty words are "not said".

    `device_id` binds the card to one device, `opening` has the spans of each day, Monday first,
    `secrets` is None where they are sealed.

    Raises:
        BadCard: a value is outside its bounds.
    """

    nonce: int
    issued_s: int
    expires_s: int
    door: str
    shop: str = ""
    device_id: str = ""
    timezone: str = ""
    language: str = "en"
    mount: str = ""
    height_m: float | None = None
    tilt_deg: float | None = None
    field_deg: float | None = None
    wifi_name: str = ""
    wifi_hidden: bool = False
    lte_apn: str = ""
    uplink_url: str = ""
    opening: Week = CLOSED_WEEK
    secrets: CardSecrets | None = None

    def __post_init__(self) -> None:
        _whole("nonce", self.nonce, 2**64 - 1)
        _whole("issued_s", self.issued_s, 2**33)
        _whole("expires_s", self.expires_s, 2**33)
        if self.expires_s <= self.issued_s:
            raise BadCard("expires_s: not after issued_s")
        _text("door", self.door, 40, _NAME)
        _text("shop", self.shop, 60, _PRINTABLE)
        _text("device_id", self.device_id, 40, _DEVICE)
        _text("timezone", self.timezone, 40, _ZONE)
        _one_of("language", self.language, LANGUAGES)
        _one_of("mount", self.mount, ("", *Mount))
        _number("height_m", self.height_m, 1.5, 12)
        _number("tilt_deg", self.tilt_deg, 0, 85)
        _number("field_deg", self.field_deg, 20, 150)
        _text("wifi_name", self.wifi_name, 32, _PRINTABLE)
        _flag("wifi_hidden", self.wifi_hidden)
        _text("lte_apn", self.lte_apn, 63, _APN)
        _text("uplink_url", self.uplink_url, 200, _URL)
        if (found := _URL.fullmatch(self.uplink_url)) and int(found["port"] or 443) > 65535:
            raise BadCard("uplink_url: no such port")
        _week(self.opening)


@dataclass(frozen=True, slots=True)
class SignedCard:
    """A card as it was read: whose key signed it, what was signed, and what it says.

    Nothing is verified yet but the form.
    """

    owner_key: bytes
    signature: bytes
    seal: bytes = field(repr=False)
    body: bytes = field(repr=False)
    card: SetupCard

    @property
    def signed(self) -> bytes:
        """The bytes that the signature covers."""
        return signed_part(self.seal, self.body)


def signed_part(seal: bytes, body: bytes) -> bytes:
    """Return what the owner signs."""
    return LABEL + len(seal).to_bytes(2, "big") + seal + body


def is_card(text: str) -> bool:
    """Whether a text wants to be a set-up card of any format."""
    return ANY_PREFIX.match(text) is not None


def read_card(text: str) -> SignedCard:
    """Read the text of a QR code.

    Raises:
        NewerCard: it is of a later format.
        BadCard: it is no card, or a damaged one.
    """
    if not text.startswith(PREFIX):
        raise (NewerCard if is_card(text) else BadCard)("the text does not begin as a card does")
    if len(text) > LONGEST_TEXT:
        raise BadCard(f"{len(text)} characters; a card has at most {LONGEST_TEXT}")
    try:
        envelope = from_base45(text.removeprefix(PREFIX))
    except ValueError as error:
        raise BadCard(f"envelope: {error}") from None
    rest = envelope[KEY_BYTES + SIGNATURE_BYTES :]
    length = int.from_bytes(rest[:2], "big")
    if len(rest) < length + 3:
        raise BadCard("envelope: it ends too early")
    seal, body = rest[2 : length + 2], rest[length + 2 :]
    key, signature = envelope[:KEY_BYTES], envelope[KEY_BYTES : KEY_BYTES + SIGNATURE_BYTES]
    return SignedCard(key, signature, seal, body, _card_of(body, sealed=bool(seal)))


def card_text(owner_key: bytes, signature: bytes, seal: bytes, body: bytes) -> str:
    """Write the text of a QR code.

    Raises:
        BadCard: it would be longer than a card may be.
    """
    text = PREFIX + to_base45(owner_key + signature + len(seal).to_bytes(2, "big") + seal + body)
    if len(text) > LONGEST_TEXT:
        raise BadCard(f"{len(text)} characters; a card has at most {LONGEST_TEXT}")
    return text


def card_body(card: SetupCard, *, sealed: bool) -> bytes:
    """Write what a card says; its secrets only where they are not sealed."""
    plain: list[Any] = [getattr(card, each.name) for each in fields(card) if each.name != "secrets"]
    if not sealed and card.secrets is not None:
        plain.append(secrets_list(card.secrets))
    return _deflated(plain)


def secrets_list(secrets: CardSecrets) -> list[str]:
    """Say secrets in the order of their fields."""
    return [getattr(secrets, each.name) for each in fields(secrets)]


def secrets_of(plain: object) -> CardSecrets:
    """Read secrets from a list.

    Raises:
        BadCard: they are not of that form.
    """
    names = [each.name for each in fields(CardSecrets)]
    if not isinstance(plain, list) or len(plain) != len(names):
        raise BadCard("secrets: not a list of that length")
    return CardSecrets(**dict(zip(names, plain, strict=True)))


def _card_of(body: bytes, *, sealed: bool) -> SetupCard:
    plain = _inflated(body)
    names = [each.name for each in fields(SetupCard)]
    if not isinstance(plain, list) or len(plain) not in {len(names) - 1, len(names)}:
        raise BadCard("body: not a list of that length")
    said = dict(zip(names, plain, strict=False))
    open_secrets = said.pop("secrets", None)
    if open_secrets is not None and sealed:
        raise BadCard("secrets: both sealed and open")
    week = said["opening"]
    if isinstance(week, list) and all(isinstance(day, list) for day in week):
        said["opening"] = tuple(tuple(day) for day in week)
    secrets = None if sealed else CardSecrets()
    if open_secrets is not None:
        secrets = secrets_of(open_secrets)
    return SetupCard(**said, secrets=secrets)


def _deflated(plain: list[Any]) -> bytes:
    text = json.dumps(plain, separators=(",", ":"), ensure_ascii=False).encode()
    squeezer = zlib.compressobj(9, wbits=-15)
    return squeezer.compress(text) + squeezer.flush()


def _inflated(body: bytes) -> object:
    stretcher = zlib.decompressobj(wbits=-15)
    try:
        text = stretcher.decompress(body, LONGEST_BODY)
        if not stretcher.eof or stretcher.unused_data:
            raise BadCard("body: longer than a card's, or cut off")
        plain: object = json.loads(text.decode())
    except (zlib.error, ValueError, RecursionError) as error:
        raise BadCard(f"body: {type(error).__name__}") from None
    return plain


def _text(name: str, value: object, longest: int, pattern: re.Pattern[str]) -> None:
    if not isinstance(value, str):
        raise BadCard(f"{name}: not a text")
    if len(value.encode(errors="replace")) > longest:
        raise BadCard(f"{name}: longer than {longest} bytes")
    if not pattern.fullmatch(value) or any("\ud800" <= symbol <= "\udfff" for symbol in value):
        raise BadCard(f"{name}: it has characters that do not belong there, or none at all")


def _whole(name: str, value: object, largest: int) -> None:
    if type(value) is not int or not 0 <= value <= largest:
        raise BadCard(f"{name}: not a whole number up to {largest}")


def _number(name: str, value: object, least: float, largest: float) -> None:
    if value is None:
        return
    if type(value) not in {int, float} or not least <= value <= largest:  # type: ignore[operator]
        raise BadCard(f"{name}: not a number from {least:g} to {largest:g}")


def _flag(name: str, value: object) -> None:
    if not isinstance(value, bool):
        raise BadCard(f"{name}: neither true nor false")


def _one_of(name: str, value: object, known: tuple[str, ...]) -> None:
    if value not in known:
        raise BadCard(f"{name}: none of {', '.join(filter(None, known))}")


def _week(week: object) -> None:
    if not isinstance(week, tuple) or len(week) != 7:
        raise BadCard("opening: not seven days")
    for day in week:
        if not isinstance(day, tuple) or len(day) > MOST_SPANS:
            raise BadCard(f"opening: a day has up to {MOST_SPANS} spans")
        for span in day:
            _text("opening", span, 11, _SPAN)
            try:
                Span.parse(span)
            except ValueError:
                raise BadCard("opening: no times of a day") from None
