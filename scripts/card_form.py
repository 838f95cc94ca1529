# ruff: noqa: INP001 - a program, not a package
"""The form of a set-up card: words that a person gives, made into a card."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from fanlight.adapters.secret_file import SHORTEST
from fanlight.domain.opening_text import opening_from
from fanlight.domain.setup_card import BadCard, CardSecrets, SetupCard

if TYPE_CHECKING:
    from collections.abc import Mapping

CODE_SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U."""


@dataclass(frozen=True)
class Field:
    """One field of the form; a `secret` one is asked for without an echo."""

    name: str
    asks: str
    default: str = ""
    secret: bool = field(default=False, repr=False)


FORM = (
    Field("door", "Name of the door", "door"),
    Field("shop", "Name of the shop (may be empty)"),
    Field("wifi_name", "Wi-Fi network (empty: none)"),
    Field("wifi_password", "Wi-Fi password", secret=True),
    Field("lte_apn", "LTE access point name (empty: no modem)"),
    Field("lte_pin", "PIN of the SIM (empty: none)", secret=True),
    Field("uplink_url", "Address of the receiver, https://... (empty: none)"),
    Field("enrolment_token", "Enrolment token of the receiver", secret=True),
    Field("timezone", "Time zone", "Europe/Berlin"),
    Field("opening", "Opening hours", "mon-fri 10:00-18:00, sat 10:00-16:00"),
    Field("mount", "Mounting: overhead or oblique", "overhead"),
    Field("height_m", "Height of the lens above the floor in metres", "3.0"),
    Field("tilt_deg", "Tilt in degrees, 0 looks straight down", "0"),
    Field("field_deg", "Field of the lens in degrees: 66, or 102 for the wide one", "102"),
    Field("language", "Language: en or de", "en"),
)
OPTIONAL = (Field("device_id", "Only for this device (id on its label)"),)
FACTS = ("height_m", "tilt_deg", "field_deg")
YES, NO = ("1", "yes", "true"), ("", "0", "no", "false")
NAMES = frozenset(each.name for each in (*FORM, *OPTIONAL)) | {"wifi_hidden", "device_key"}


class BadForm(Exception):
    """A form that makes no card; str() names the field and what to write there."""


def new_code() -> str:
    """Return a code of 50 random bits for the first log-in."""
    symbols = [secrets.choice(CODE_SYMBOLS) for _ in range(10)]
    return "".join(symbols[:5]) + "-" + "".join(symbols[5:])


def card_from(form: Mapping[str, str], now_s: int, valid_days: float) -> SetupCard:
    """Make a card from words; fields that are missing are not said.

    Raises:
        BadForm: a field cannot be used.
    """
    unknown = set(form) - NAMES
    if unknown:
        raise BadForm(f"{min(unknown)}: no such field; the fields are {sorted(NAMES)}")
    said = {name: form.get(name, "").strip() for name in NAMES}
    if said["wifi_password"] and len(said["wifi_password"]) < 8:
        raise BadForm("wifi_password: a Wi-Fi password has at least 8 characters")
    _check_together(said)
    try:
        return SetupCard(
            nonce=secrets.randbits(64),
            issued_s=now_s,
            expires_s=now_s + round(valid_days * 86_400),
            door=said["door"] or "door",
            shop=said["shop"],
            device_id=said["device_id"],
            timezone=said["timezone"],
            language=said["language"] or "en",
            mount=said["mount"],
            height_m=_number("height_m", said["height_m"]),
            tilt_deg=_number("tilt_deg", said["tilt_deg"]),
            field_deg=_number("field_deg", said["field_deg"]),
            wifi_name=said["wifi_name"],
            wifi_hidden=said["wifi_hidden"].lower() in YES,
            lte_apn=said["lte_apn"],
            uplink_url=said["uplink_url"],
            opening=_opening(said["opening"]),
            secrets=CardSecrets(
                wifi_password=said["wifi_password"],
                enrolment_token=said["enrolment_token"],
                lte_pin=said["lte_pin"],
                first_login=new_code(),
            ),
        )
    except BadCard as error:
        raise BadForm(str(error)) from None


def _check_together(said: Mapping[str, str]) -> None:
    """Refuse what a card can say but no device can use."""
    if said["enrolment_token"] and not said["uplink_url"]:
        raise BadForm("enrolment_token: it goes with an uplink_url")
    if 0 < len(said["enrolment_token"]) < SHORTEST:
        raise BadForm(f"enrolment_token: it has at least {SHORTEST} characters; copy all of it")
    if said["lte_apn"] and not said["uplink_url"]:
        raise BadForm("lte_apn: it goes with an uplink_url; without one there is nothing to send")
    if 0 < sum(bool(said[name]) for name in FACTS) < len(FACTS):
        raise BadForm(f"{', '.join(FACTS)}: give all three, or none")
    if said["timezone"] and said["timezone"] not in available_timezones():
        raise BadForm("timezone: not an IANA time zone; write one such as Europe/Berlin")
    if said["wifi_hidden"].lower() not in {*YES, *NO}:
        raise BadForm("wifi_hidden: write yes or no")


def device_key_of(form: Mapping[str, str]) -> bytes | None:
    """Return the device's printed public key, None where it is not given.

    Raises:
        BadForm: it is no key.
    """
    text = "".join(form.get("device_key", "").split()).replace("-", "")
    if not text:
        return None
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise BadForm("device_key: the label has 64 digits from 0 to f; copy them all")
    return key


def _number(name: str, text: str) -> float | None:
    if not text:
        return None
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise BadForm(f"{name}: {text!r} is no number") from None


def _opening(text: str) -> tuple[tuple[str, ...], ...]:
    try:
        return opening_from(text)
    except ValueError as error:
        raise BadForm(f"opening: {error}") from None
