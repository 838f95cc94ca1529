"""The composition root of lamp and button: what the lamp shows, and what a press does."""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from fanlight.adapters.simulated_panel import NoPanel
from fanlight.app.console_upkeep import rerun_soon
from fanlight.app.station import Reason
from fanlight.domain.blinks import Signal, digits
from fanlight.domain.claim import ClaimCode, CodeKind, new_lamp_code
from fanlight.domain.presses import Press
from fanlight.domain.setup_mode import Arming
from fanlight.domain.setup_rules import CardTrouble
from fanlight.domain.week import Span, Week
from fanlight.ports.errors import Rejected
from fanlight.ports.wifi import WifiTrouble
from fanlight.services.panel import PanelService

if TYPE_CHECKING:
    from collections.abc import Callable

    from fanlight.app.config import Config
    from fanlight.app.console_config import PanelSection
    from fanlight.app.station import Station
    from fanlight.ports.clock import Clock
    from fanlight.ports.panel import Panel
    from fanlight.services.access import Access
    from fanlight.services.setup import SetupNews

log = logging.getLogger(__name__)

CODE_SHOWN_S: Final = 180.0
SIGNAL_OF: Final = {
    CardTrouble.BROKEN: Signal.CARD_BROKEN,
    CardTrouble.NEWER: Signal.CARD_BROKEN,
    CardTrouble.FORGED: Signal.CARD_FOREIGN,
    CardTrouble.FOREIGN_OWNER: Signal.CARD_FOREIGN,
    CardTrouble.FOREIGN_DEVICE: Signal.CARD_FOREIGN,
    CardTrouble.EXPIRED: Signal.CARD_EXPIRED,
    CardTrouble.REPLAYED: Signal.CARD_REPLAYED,
    WifiTrouble.PASSWORD: Signal.WIFI_PASSWORD,
    WifiTrouble.NOT_FOUND: Signal.WIFI_NOT_FOUND,
}
"""Other troubles of the network are told by one signal."""


def open_panel(section: PanelSection | None) -> Panel:
    """Return lamp and button; none where there are no pins."""
    if section is None:
        return NoPanel()
    from fanlight.adapters.gpio_panel import GpioPanel  # noqa: PLC0415 - only on a device
    from fanlight.adapters.gpio_switch import system_gpio  # noqa: PLC0415 - as above

    try:
        return GpioPanel(section.lamp_pin, section.button_pin, system_gpio())
    except Rejected as fault:
        log.warning("no lamp and no button: %s", fault)
        return NoPanel()


def panel_service(
    config: Config,
    panel: Panel,
    clock: Clock,
    on_press: Callable[[Press], None],
) -> PanelService:
    """Return what lights the lamp and hears the button."""
    zone = ZoneInfo(config.device.timezone)
    nights = Span.parse(config.panel.night) if config.panel else None
    week = Week(((nights,) if nights else (),) * 7, zone)

    def night() -> bool:
        now = clock.utc()
        return now is not None and week.holds(int(now.timestamp() * 1e9))

    return PanelService(panel, clock, night, on_press)


def signal_for(news: SetupNews) -> Signal:
    """Return what the lamp says of a card."""
    if news.trouble is None:
        return Signal.CARD_READ
    found = SIGNAL_OF.get(news.trouble)  # type: ignore[call-overload]
    if found is not None:
        return Signal(found)
    return Signal.CARD_BROKEN if news.trouble == "settings" else Signal.WIFI_REFUSED


def press_does(
    station: Station,
    clock: Clock,
    access: Access | None,
    flash: Callable[..., None],
) -> Callable[[Press], None]:
    """Return what each press does.

    A short one blinks the code of the first log-in, while nobody owns the device; a long one arms
    set-up mode; a very long one erases everything.
    """

    def blink_code() -> None:
        if access is None or access.is_claimed:
            return
        code = new_lamp_code(secrets.randbelow)
        if access.offer(ClaimCode.of(CodeKind.LAMP, code, clock.monotonic_ns() / 1e9)) is None:
            flash(digits(code), CODE_SHOWN_S)

    def do(press: Press) -> None:
        if press is Press.SHORT:
            blink_code()
        elif press is Press.SETUP:
            station.setup_mode.arm(clock.monotonic_ns(), Arming.BUTTON)
            station.rerun.ask(Reason.SETUP_ARMED)
        else:
            flash(Signal.ERASED)
            rerun_soon(station, Reason.FACTORY_RESET)

    return do
