"""The composition root of the links: probes, modem, data call, and what chooses between them."""

from __future__ import annotations

import logging
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fanlight.adapters.interface_counters import InterfaceCounters
from fanlight.adapters.secret_file import secret_in
from fanlight.adapters.spending_store import SpendingStore
from fanlight.adapters.tls_probe import Goal, TlsProbe
from fanlight.app.uplink_config import MqttUplinkSection
from fanlight.domain.byte_budget import ByteBudget
from fanlight.ports.errors import Rejected
from fanlight.services.linking import Linking, LinkingSettings, Probes
from fanlight.services.lte import LteLink

if TYPE_CHECKING:
    from collections.abc import Callable

    from fanlight.app.config import Config
    from fanlight.app.link_config import LteSection
    from fanlight.app.uplink_config import UplinkSection
    from fanlight.ports.clock import Clock
    from fanlight.ports.modem import Modem

log = logging.getLogger(__name__)

SHORTEST_PIN = 4


def open_linking(
    config: Config,
    clock: Clock,
    on_change: Callable[[], None],
    heard: Callable[[int, int, int], None],
) -> Linking | None:
    """Return what chooses between the links, None where there is only the system's.

    A modem whose power cannot be switched does without that rung.
    """
    lte = config.links.lte
    if lte is None:
        return None
    goal = goal_of(config.uplinks[0])
    interface = config.links.interface
    return Linking(
        Probes(TlsProbe(goal, interface), TlsProbe(goal)),
        open_lte(lte),
        SpendingStore(Path(config.device.data_dir) / "links"),
        clock,
        LinkingSettings(
            first_name="ethernet" if interface.startswith("e") else "wifi",
            budget=ByteBudget(lte.monthly_bytes),
        ),
        on_change=on_change,
        heard=heard,
    )


def goal_of(section: UplinkSection) -> Goal:
    """Return what a probe has to reach for an uplink to work."""
    if isinstance(section, MqttUplinkSection):
        return Goal(host=section.host, port=section.port, ca_file=section.ca_file, tls=section.tls)
    parts = urlsplit(section.url)
    tls = parts.scheme == "https"
    port = parts.port or (443 if tls else 80)
    return Goal(host=parts.hostname or "", port=port, ca_file=section.ca_file, tls=tls)


def open_lte(lte: LteSection) -> LteLink:
    """Return the metered link; nothing is dialled yet."""
    from fanlight.adapters.ppp import Pppd, PppSettings  # noqa: PLC0415 - seldom configured

    dialer = Pppd(
        PppSettings(
            port=lte.data_port, user=lte.user, password=secret_in(lte.password_file, "lte", 1)
        )
    )
    return LteLink(
        partial(open_modem, lte),
        dialer,
        InterfaceCounters().carried_bytes,
        _switch(lte.power_pin),
    )


def open_modem(lte: LteSection) -> Modem:
    """Return the modem at its command port.

    Raises:
        ModemGone: it is not there.
    """
    from fanlight.adapters.at_channel import AtChannel  # noqa: PLC0415 - seldom configured
    from fanlight.adapters.modem_at import AtModem, SimSettings  # noqa: PLC0415 - as above

    settings = SimSettings(
        apn=lte.apn, roaming=lte.roaming, pin=secret_in(lte.pin_file, "lte", SHORTEST_PIN)
    )
    return AtModem(AtChannel(lte.at_port), settings)


def _switch(pin: int | None) -> Callable[[bool], None] | None:
    from fanlight.adapters.gpio_switch import GpioSwitch, system_gpio  # noqa: PLC0415 - only there

    if pin is None:
        return None
    try:
        return GpioSwitch(pin, system_gpio())
    except Rejected as fault:
        log.warning("the modem's power is not switched: %s", fault)
        return None
