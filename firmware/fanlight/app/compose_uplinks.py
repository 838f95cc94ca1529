"""The composition root of the way home: identity, outbox, uplinks, and what sends over them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from fanlight import __version__
from fanlight.adapters.outbox_store import OutboxStore
from fanlight.adapters.receiver_keys import ReceiverKeyFile
from fanlight.adapters.secret_file import secret_in
from fanlight.app.compose import open_ledger
from fanlight.app.compose_links import open_linking
from fanlight.app.compose_people import segments
from fanlight.app.compose_shop import site_rates
from fanlight.app.uplink_config import MqttUplinkSection
from fanlight.domain.suppression import MinimumCount
from fanlight.services.drafting import Drafting, Letterhead
from fanlight.services.releasing import Release
from fanlight.services.syncing import ANY_LINK, Syncing, SyncSettings

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from contextlib import AsyncExitStack

    from fanlight.adapters.device_identity import FileIdentity
    from fanlight.adapters.uplink_https import HttpsUplink
    from fanlight.app.config import Config
    from fanlight.app.uplink_config import HttpsUplinkSection, UplinkSection
    from fanlight.ports.clock import Clock
    from fanlight.ports.uplink import Uplink
    from fanlight.services.linking import Linking
    from fanlight.services.syncing import LinkInUse

Heard = Callable[[int, int, int], None]


@dataclass(frozen=True, slots=True)
class WayHome:
    """What sends to each receiver, and what chooses the link, if there is a choice."""

    syncings: tuple[Syncing, ...]
    linking: Linking | None

    def services(self) -> dict[str, Callable[[], Awaitable[None]]]:
        """Return what runs for ever, by its name in the log."""
        named: dict[str, Callable[[], Awaitable[None]]] = {
            f"uplink {syncing.state.name}": syncing.run for syncing in self.syncings
        }
        if self.linking is not None:
            named["links"] = self.linking.run
        return named


IDENTITY = "identity.key"
RECEIVER_KEYS = "receivers"


def open_way_home(
    config: Config, clock: Clock, parts: AsyncExitStack, heard: Heard
) -> WayHome | None:
    """Return what brings hours home, None without `[[uplinks]]`; `parts` closes it.

    `heard` is told a receiver's time, see `Syncing`.

    Raises:
        Rejected: a key or certificate cannot be used.
        Transient: the storage does not answer.
    """
    if not config.uplinks:
        return None
    syncings: list[Syncing] = []

    def wake() -> None:
        for syncing in syncings:
            syncing.wake()

    linking = open_linking(config, clock, wake, heard)
    if linking is not None:
        parts.push_async_callback(linking.close)
    for section in config.uplinks:
        syncing = open_syncing(config, section, clock, heard, linking or ANY_LINK)
        parts.callback(syncing.close)
        syncings.append(syncing)
    return WayHome(tuple(syncings), linking)


def open_syncing(
    config: Config,
    section: UplinkSection,
    clock: Clock,
    heard: Heard,
    link: LinkInUse = ANY_LINK,
) -> Syncing:
    """Return what sends over one uplink.

    Raises:
        Rejected, Transient: as `open_way_home`.
    """
    return Syncing(
        open_uplink(config, section),
        open_drafting(config, section.name, clock),
        clock,
        SyncSettings(call_timeout_s=section.timeout_s + 5.0, every_h=section.every_h),
        device_id=open_identity(config).device_id,
        link=link,
        heard=heard,
    )


def open_drafting(config: Config, uplink: str, clock: Clock) -> Drafting:
    """Return what reads the ledger for one uplink, beside the ledger's writer."""
    return Drafting(
        uplink,
        open_ledger(config),
        open_outbox(config),
        open_identity(config),
        clock,
        letterhead(config),
    )


def letterhead(config: Config) -> Letterhead:
    """Return what every dispatch of this device says."""
    tells_classes = len(segments(config)) > 0
    return Letterhead(
        door=config.device.name,
        firmware=__version__,
        config=hashlib.sha256(msgspec.json.encode(config)).hexdigest()[:12],
        zone=ZoneInfo(config.device.timezone),
        rates=site_rates(config),
        minimum_count=MinimumCount.of(config.classes.minimum_count) if tells_classes else None,
    )


def open_uplink(config: Config, section: UplinkSection) -> Uplink:
    """Return the way to one receiver; nothing is connected yet.

    Raises:
        Rejected: a file that it names is missing.
    """
    if isinstance(section, MqttUplinkSection):
        return _mqtt(section)
    return open_https(config, section)


def open_https(config: Config, section: HttpsUplinkSection) -> HttpsUplink:
    """Return the way to a collector or web address.

    Raises:
        Rejected: a file that it names is missing.
    """
    from fanlight.adapters.uplink_https import (  # noqa: PLC0415 - heavy, and seldom configured
        HttpsSettings,
        HttpsUplink,
    )

    settings = HttpsSettings(
        url=section.url,
        plain=section.acknowledge == "status",
        ca_file=section.ca_file,
        certificate_file=section.certificate_file,
        key_file=section.key_file,
        token=secret_in(section.token_file, section.name),
        receiver_key=receiver_key_file(config, section.name).read,
        timeout_s=section.timeout_s,
    )
    return HttpsUplink(section.name, settings)


def _mqtt(section: MqttUplinkSection) -> Uplink:
    from fanlight.adapters.uplink_mqtt import (  # noqa: PLC0415 - heavy, and seldom configured
        MqttSettings,
        MqttUplink,
    )

    settings = MqttSettings(
        host=section.host,
        port=section.port,
        prefix=section.prefix,
        tls=section.tls,
        ca_file=section.ca_file,
        certificate_file=section.certificate_file,
        key_file=section.key_file,
        user=section.user,
        password=secret_in(section.password_file, section.name),
        needs_subscriber=section.acknowledge == "subscriber",
        home_assistant=section.home_assistant,
        timeout_s=section.timeout_s,
    )
    return MqttUplink(section.name, settings)


def open_identity(config: Config) -> FileIdentity:
    """Return who this device is; makes its key where there is none.

    Raises:
        Rejected, Transient: the key's file cannot be used.
    """
    from fanlight.adapters.device_identity import FileIdentity  # noqa: PLC0415 - heavy

    return FileIdentity(Path(config.device.data_dir) / IDENTITY)


def open_outbox(config: Config) -> OutboxStore:
    """Return what receivers have acknowledged, not yet read."""
    return OutboxStore(Path(config.device.data_dir) / "outbox")


def open_release(config: Config) -> Release | None:
    """Return what says which months every receiver has, None without receivers."""
    names = [section.name for section in config.uplinks]
    return Release(open_outbox(config), names) if names else None


def receiver_key_file(config: Config, uplink: str) -> ReceiverKeyFile:
    """Return where the key of an uplink's receiver is kept."""
    return ReceiverKeyFile(Path(config.device.data_dir) / RECEIVER_KEYS / f"{uplink}.key")
