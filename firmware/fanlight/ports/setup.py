"""What setting up asks of the device: its owner's record, its settings, and its secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from fanlight.domain.setup_card import CardSecrets, SetupCard, SignedCard
    from fanlight.domain.setup_rules import Ownership


class OwnerStore(Protocol):
    """Whose device it is. Calls block on storage.

    Raises (every method):
        Transient: the storage cannot take or give it now.
        Rejected: what is stored is damaged in both copies; only a factory reset helps.
    """

    def read(self) -> Ownership:
        """Return the ownership; nobody's where nothing is stored."""

    def write(self, own: Ownership) -> None:
        """Keep the ownership."""


class CardSeals(Protocol):
    """What the device can tell about a card by its keys."""

    @property
    def device_id(self) -> str:
        """The id on the label."""

    def holds(self, signed: SignedCard) -> bool:
        """Whether the key on the card signed it."""

    def open(self, signed: SignedCard) -> CardSecrets:
        """Return its secrets.

        Raises:
            BadCard: they are sealed for another device.
        """


class CardTaker(Protocol):
    """Makes what a card says the device's settings."""

    def take(self, card: SetupCard, secrets: CardSecrets) -> None:
        """Write settings and secrets, all or nothing.

        Raises:
            ConfigError: together with the rest they break a rule.
            Transient: the storage cannot take them now.
        """
