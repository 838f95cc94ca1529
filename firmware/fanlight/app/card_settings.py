"""What a set-up card changes in the device's settings and secrets."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fanlight.adapters.secret_file import write_secret
from fanlight.app.people_config import DAYS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fanlight.app.settings_file import SettingsFile
    from fanlight.domain.setup_card import CardSecrets, SetupCard

log = logging.getLogger(__name__)

UPLINK = "card"
"""The name of the receiver that came by card."""

ENROLMENT = "enrolment.token"
LTE_PIN = "lte.pin"


@dataclass(frozen=True, slots=True)
class CardSettings:
    """Takes cards into a settings file and a folder of secrets; see ports/setup.py.

    `claim` is given the code of the first log-in, `ca_file` is the authority of its receivers. The
    card's language is for a console that is there; no card switches one on.
    """

    settings: SettingsFile
    secrets: Path
    claim: Callable[[str], None]
    ca_file: str = ""

    def take(self, card: SetupCard, secrets: CardSecrets) -> None:
        """Write secrets, then the settings that name them; neither where a rule is broken."""
        changes = changes_by(card, self.secrets, has_pin=bool(secrets.lte_pin))
        for uplink in changes.get("uplinks", []) if self.ca_file else []:
            uplink["ca_file"] = self.ca_file
        _, before = self.settings.changed({})
        if before.console is not None:
            changes["console"] = {"language": card.language}
        self.settings.changed(changes)
        if secrets.enrolment_token:
            write_secret(self.secrets / ENROLMENT, secrets.enrolment_token, "setup")
        if secrets.lte_pin:
            write_secret(self.secrets / LTE_PIN, secrets.lte_pin, "setup")
        self.settings.change(changes)
        if secrets.first_login:
            self.claim(secrets.first_login)


def changes_by(card: SetupCard, secrets: Path, *, has_pin: bool) -> dict[str, Any]:
    """Return what a card changes; what it does not say stays as it is."""
    device = {"name": card.door, "timezone": card.timezone}
    said = {key: value for key, value in device.items() if value}
    changes: dict[str, Any] = {"device": said}
    if any(card.opening):
        week = zip(DAYS, card.opening, strict=True)
        changes["opening"] = {day: list(spans) for day, spans in week}
    if mount := _mount(card):
        changes["mount"] = mount
    if card.uplink_url:
        changes["uplinks"] = [{"kind": "https", "name": UPLINK, "url": card.uplink_url}]
    if card.lte_apn:
        pin = {"pin_file": str(secrets / LTE_PIN)} if has_pin else {}
        changes["links"] = {"lte": {"apn": card.lte_apn, **pin}}
    return changes


def _mount(card: SetupCard) -> dict[str, Any]:
    """Return the facts of the mounting: height, tilt and field together or not at all."""
    mount: dict[str, Any] = {"kind": card.mount} if card.mount else {}
    if card.height_m is not None and card.tilt_deg is not None and card.field_deg is not None:
        mount |= {
            "height_m": card.height_m,
            "tilt_deg": card.tilt_deg,
            "field_deg": card.field_deg,
        }
    return mount
