"""The composition root of set-up by card: who reads, judges and takes a card."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from fanlight.adapters.card_crypto import signature_holds
from fanlight.adapters.erasure import erase
from fanlight.adapters.owner_store import OwnerFile
from fanlight.adapters.secret_file import read_secret
from fanlight.adapters.system_clock import BUILT
from fanlight.app.card_settings import ENROLMENT, UPLINK, CardSettings
from fanlight.app.compose_uplinks import open_https, open_identity, receiver_key_file
from fanlight.app.uplink_config import HttpsUplinkSection
from fanlight.domain.setup_card import BadCard
from fanlight.services.setup import Setup, SetupNews, SetupParts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fanlight.adapters.device_identity import FileIdentity
    from fanlight.app.config import Config
    from fanlight.app.station import Station
    from fanlight.domain.setup_card import CardSecrets, SignedCard
    from fanlight.ports.audit import AuditKind, Fact
    from fanlight.ports.clock import Clock
    from fanlight.ports.wifi import WifiNetwork

OWNER = "owner"
SECRETS = "secrets"


@dataclass(frozen=True, slots=True)
class DeviceSeals:
    """What the device's identity tells about cards; see ports/setup.py."""

    identity: FileIdentity

    @property
    def device_id(self) -> str:
        """The id on the label."""
        return self.identity.device_id

    def holds(self, signed: SignedCard) -> bool:
        """Whether the key on the card signed it."""
        return signature_holds(signed)

    def open(self, signed: SignedCard) -> CardSecrets:
        """Return its secrets, sealed or not."""
        if signed.card.secrets is not None:
            return signed.card.secrets
        if not signed.seal:
            raise BadCard("secrets: there are none")
        return self.identity.card_key.open(signed.seal)


def open_setup(  # noqa: PLR0913, PLR0917 - what setting up needs to know
    config: Config,
    station: Station,
    clock: Clock,
    claim: Callable[[str], None],
    audit: Callable[[AuditKind, Mapping[str, Fact]], None],
    on_news: Callable[[SetupNews], None],
) -> Setup:
    """Return what takes set-up cards.

    Raises:
        Rejected, Transient: the device's key cannot be used.
    """
    identity = open_identity(config)
    ca_file = config.setup.ca_file if config.setup else ""
    parts = SetupParts(
        seals=DeviceSeals(identity),
        owners=open_owner(config),
        taker=CardSettings(station.settings, secrets_of(config), claim, ca_file),
        join=partial(_join, config.links.interface),
        passed_s=partial(passed_s, clock),
        audit=audit,
    )
    taken = station.news.signature if station.news else None
    return Setup(parts, clock, on_news, taken)


def open_owner(config: Config) -> OwnerFile:
    """Return whose device it is, not yet read."""
    return OwnerFile(Path(config.device.data_dir) / OWNER)


def secrets_of(config: Config) -> Path:
    """Return the folder of secrets that came by card."""
    return Path(config.device.data_dir) / SECRETS


def passed_s(clock: Clock) -> float:
    """Return a time of UTC, in seconds since 1970, that has certainly passed."""
    now = clock.utc() or BUILT
    return now.timestamp()


def enrol_by_card(config: Config) -> bool:
    """Make the device known at the receiver of its card; False without a token. Blocks.

    Raises:
        Fault: it did not work; the token is still there.
    """
    token_path = secrets_of(config) / ENROLMENT
    section = next((each for each in config.uplinks if each.name == UPLINK), None)
    if not token_path.exists() or not isinstance(section, HttpsUplinkSection):
        return False
    uplink = open_https(config, section)
    try:
        token = read_secret(token_path, UPLINK)
        key = uplink.enrol(open_identity(config).public_key, token, config.device.name)
    finally:
        uplink.close()
    receiver_key_file(config, UPLINK).write(key)
    erase([token_path])
    return True


def _join(interface: str, network: WifiNetwork) -> None:
    from fanlight.adapters.network_manager import (  # noqa: PLC0415 - only in set-up mode
        NetworkManagerWifi,
    )

    wifi = NetworkManagerWifi(interface)
    try:
        wifi.join(network)
    finally:
        wifi.close()
