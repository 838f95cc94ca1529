"""Whether a device takes a set-up card: its owner, its time, and that it comes once.

Nobody can make a device forget its owner but by the button (factory reset). A device without a
battery for its clock does not know the time when it is set up; it knows a time that has certainly
passed, and refuses what had expired by then.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from fanlight.domain.setup_card import SetupCard

NONCES_KEPT: Final = 64


class CardTrouble(StrEnum):
    """Why a card was not taken; each has its own message and lamp code."""

    BROKEN = "card_broken"
    NEWER = "card_newer"
    FORGED = "card_forged"
    FOREIGN_OWNER = "card_foreign_owner"
    FOREIGN_DEVICE = "card_foreign_device"
    EXPIRED = "card_expired"
    REPLAYED = "card_replayed"


ADVICE: Final = {
    CardTrouble.BROKEN: "the code is no set-up card, or a damaged one; print it again",
    CardTrouble.NEWER: "the card was made for a later firmware; update the device, "
    "or make the card with this firmware's scripts/setup-qr",
    CardTrouble.FORGED: "its signature does not match; make the card again with the owner's key",
    CardTrouble.FOREIGN_OWNER: "it is signed by somebody else than this device's owner; use the "
    "owner's key, or reset the device by its button",
    CardTrouble.FOREIGN_DEVICE: "it was made for another device; compare the id on the label",
    CardTrouble.EXPIRED: "it has expired; make a new one",
    CardTrouble.REPLAYED: "it, or a later one, has been used on this device; make a new one",
}


@dataclass(frozen=True, slots=True)
class Ownership:
    """Whose device it is, and which cards it has taken.

    `owner_key` is None until the first card; `newest_s` is when the newest card taken was made.
    """

    owner_key: bytes | None = None
    newest_s: int = 0
    nonces: tuple[int, ...] = ()

    def after(self, owner_key: bytes, card: SetupCard) -> Ownership:
        """Return the ownership once a card is taken; the first pins the owner."""
        nonces = (*self.nonces, card.nonce)[-NONCES_KEPT:]
        return Ownership(self.owner_key or owner_key, max(self.newest_s, card.issued_s), nonces)


def trouble_with_card(
    card: SetupCard, owner_key: bytes, own: Ownership, *, device_id: str, at_least_s: float
) -> CardTrouble | None:
    """Return why a card whose signature holds is not taken, None where it is.

    `at_least_s` is a time that has certainly passed: the present one, if the clock is trusted.
    """
    if own.owner_key not in {None, owner_key}:
        return CardTrouble.FOREIGN_OWNER
    if card.device_id not in {"", device_id}:
        return CardTrouble.FOREIGN_DEVICE
    if card.expires_s <= at_least_s:
        return CardTrouble.EXPIRED
    full = len(own.nonces) >= NONCES_KEPT  # a nonce was forgotten: only what is newer is new
    if card.nonce in own.nonces or card.issued_s < own.newest_s + full:
        return CardTrouble.REPLAYED
    return None
