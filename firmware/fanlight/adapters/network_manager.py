"""Wi-Fi by NetworkManager over D-Bus: no password is ever an argument of a program.

A new network is tried as a profile in memory; only one that works is written to disk, and the one
that was in use stays beside it. Source: NetworkManager's D-Bus API, 1.42 (Device.StateChanged,
NMDeviceStateReason, AddAndActivateConnection2).
"""

from __future__ import annotations

import logging
import time
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from jeepney import DBusAddress, DBusErrorResponse, MatchRule, message_bus, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.wrappers import Properties, unwrap_msg

from fanlight.ports.wifi import (
    WifiFault,
    WifiNetwork,
    WifiRejected,
    WifiTransient,
    WifiTrouble,
)

if TYPE_CHECKING:
    from jeepney import Message

log = logging.getLogger(__name__)

SERVICE: Final = "org.freedesktop.NetworkManager"
ROOT: Final = "/org/freedesktop/NetworkManager"
OURS: Final = "fanlight "
"""What the names of profiles made here begin with."""

NOWHERE: Final = "/"
ACTIVATED, FAILED = 100, 120
KEPT_NETWORKS: Final = 2
_SAE, _PSK = 0x400, 0x100
_ANSWER_S: Final = 10.0
_TROUBLE: Final = {
    5: WifiTrouble.NO_ADDRESS,
    7: WifiTrouble.PASSWORD,
    8: WifiTrouble.PASSWORD,
    9: WifiTrouble.REFUSED,
    10: WifiTrouble.REFUSED,
    11: WifiTrouble.TIMEOUT,
    15: WifiTrouble.NO_ADDRESS,
    16: WifiTrouble.NO_ADDRESS,
    17: WifiTrouble.NO_ADDRESS,
    53: WifiTrouble.NOT_FOUND,
}
_BY_A_PERSON: Final = frozenset({WifiTrouble.PASSWORD})


class NetworkManagerWifi:
    """One Wi-Fi interface of NetworkManager; see ports/wifi.py."""

    def __init__(self, interface: str, *, bus: str = "SYSTEM", timeout_s: float = 60.0) -> None:
        self._interface = interface
        self._timeout_s = timeout_s
        try:
            self._bus: DBusConnection = open_dbus_connection(bus=bus)
        except (OSError, KeyError, ValueError) as error:
            raise WifiTransient(WifiTrouble.NO_MANAGER) from error

    def joined(self) -> str | None:
        """Return the name of the network in use."""
        device = self._device()
        if self._property(device, "Device", "ActiveConnection") == NOWHERE:
            return None
        point = self._property(device, "Device.Wireless", "ActiveAccessPoint")
        if point == NOWHERE:
            return None
        name: bytes = self._property(point, "AccessPoint", "Ssid")
        return bytes(name).decode(errors="replace")

    def join(self, network: WifiNetwork) -> None:
        """Join a network, or go back to the one before."""
        device = self._device()
        before = self._property(device, "Device", "ActiveConnection")
        good = NOWHERE
        if before != NOWHERE:
            good = self._property(before, "Connection.Active", "Connection")
        rule = MatchRule(
            type="signal", interface=f"{SERVICE}.Device", member="StateChanged", path=device
        )
        self._said(message_bus.AddMatch(rule))
        profile = NOWHERE
        try:
            with self._bus.filter(rule, bufsize=64) as states:
                profile = self._try(network, device)
                self._await_joined(network, states)
        except WifiFault:
            self._go_back(profile, good, device)
            raise
        finally:
            self._said(message_bus.RemoveMatch(rule))
        self._keep(profile)

    def close(self) -> None:
        """Let the bus go."""
        self._bus.close()

    def _try(self, network: WifiNetwork, device: str) -> str:
        """Activate a profile that is in memory only; return it."""
        options = {"persist": ("s", "memory")}
        settings = profile_of(network, self._interface, sae_only=self._wants_sae(network, device))
        profile: str
        profile, _, _ = self._call(
            ROOT,
            "",
            "AddAndActivateConnection2",
            "a{sa{sv}}ooa{sv}",
            (settings, device, NOWHERE, options),
            network.name,
        )
        return profile

    def _await_joined(self, network: WifiNetwork, states: Any) -> None:  # noqa: ANN401 - a queue
        ends_s = time.monotonic() + self._timeout_s
        while (left_s := ends_s - time.monotonic()) > 0:
            try:
                message = self._bus.recv_until_filtered(states, timeout=left_s)
            except TimeoutError:
                break
            state, _, reason = message.body
            if state == ACTIVATED:
                return
            if state == FAILED:
                trouble = _TROUBLE.get(reason, WifiTrouble.REFUSED)
                kind = WifiRejected if trouble in _BY_A_PERSON else WifiTransient
                raise kind(trouble, network.name)
        raise WifiTransient(WifiTrouble.TIMEOUT, network.name)

    def _go_back(self, profile: str, good: str, device: str) -> None:
        """Forget a profile that did not work and use the one that did."""
        if profile != NOWHERE:
            self._delete(profile)
        if good != NOWHERE:
            with suppress(WifiFault):  # what is told is why the new one failed
                self._call(ROOT, "", "ActivateConnection", "ooo", (good, device, NOWHERE))

    def _keep(self, profile: str) -> None:
        """Write a profile that works to disk, and forget our oldest ones."""
        self._call(profile, "Settings.Connection", "Save")
        for old in self._ours(newest_first=profile)[KEPT_NETWORKS:]:
            self._delete(old)

    def _delete(self, profile: str) -> None:
        """Delete a profile; one that is gone already is as good."""
        with suppress(WifiFault):
            self._call(profile, "Settings.Connection", "Delete")

    def _ours(self, newest_first: str) -> list[str]:
        """Return the profiles made here, the given one first, then as they were used last."""
        found: list[tuple[int, str]] = []
        for path in self._property(f"{ROOT}/Settings", "Settings", "Connections"):
            settings = self._call(path, "Settings.Connection", "GetSettings")[0]["connection"]
            if settings["id"][1].startswith(OURS):
                used = settings.get("timestamp", ("t", 0))[1]
                found.append((2**62 if path == newest_first else used, path))
        return [path for _, path in sorted(found, reverse=True)]

    def _wants_sae(self, network: WifiNetwork, device: str) -> bool:
        """Tell whether a network in sight speaks WPA3 alone."""
        flags = [
            self._property(point, "AccessPoint", "RsnFlags")
            for point in self._call(device, "Device.Wireless", "GetAllAccessPoints")[0]
            if bytes(self._property(point, "AccessPoint", "Ssid")) == network.name.encode()
        ]
        return bool(flags) and all(flag & _SAE and not flag & _PSK for flag in flags)

    def _device(self) -> str:
        try:
            device: str = self._call(ROOT, "", "GetDeviceByIpIface", "s", (self._interface,))[0]
        except WifiFault as fault:
            if fault.trouble is WifiTrouble.REFUSED:
                raise WifiRejected(WifiTrouble.NO_RADIO) from fault
            raise
        return device

    def _property(self, path: str, interface: str, name: str) -> Any:  # noqa: ANN401 - D-Bus types
        address = DBusAddress(path, SERVICE, f"{SERVICE}.{interface}")
        return self._said(Properties(address).get(name))[0][1]

    def _call(  # noqa: PLR0913, PLR0917 - a call over D-Bus has as many parts
        self,
        path: str,
        interface: str,
        method: str,
        signature: str | None = None,
        body: tuple[Any, ...] = (),
        network: str = "",
    ) -> tuple[Any, ...]:
        address = DBusAddress(path, SERVICE, f"{SERVICE}.{interface}".rstrip("."))
        return self._said(new_method_call(address, method, signature, body), network)

    def _said(self, message: Message, network: str = "") -> tuple[Any, ...]:
        try:
            reply = self._bus.send_and_get_reply(message, timeout=_ANSWER_S)
            answer: tuple[Any, ...] = unwrap_msg(reply)
        except DBusErrorResponse as error:
            log.info("NetworkManager refuses: %s", error.name)
            missing = "ServiceUnknown" in error.name or "NameHasNoOwner" in error.name
            trouble = WifiTrouble.NO_MANAGER if missing else WifiTrouble.REFUSED
            raise WifiTransient(trouble, network) from None
        except (OSError, TimeoutError) as error:
            raise WifiTransient(WifiTrouble.NO_MANAGER, network) from error
        return answer


def profile_of(
    network: WifiNetwork, interface: str, *, sae_only: bool
) -> dict[str, dict[str, tuple[str, Any]]]:
    """Return NetworkManager's settings for a network, as D-Bus takes them."""
    settings: dict[str, dict[str, tuple[str, Any]]] = {
        "connection": {
            "id": ("s", f"{OURS}{network.name}"),
            "uuid": ("s", str(uuid.uuid4())),
            "type": ("s", "802-11-wireless"),
            "interface-name": ("s", interface),
            "autoconnect": ("b", True),
        },
        "802-11-wireless": {
            "ssid": ("ay", network.name.encode()),
            "mode": ("s", "infrastructure"),
            "hidden": ("b", network.hidden),
        },
        "ipv4": {"method": ("s", "auto")},
        "ipv6": {"method": ("s", "auto")},
    }
    if network.password:
        settings["802-11-wireless-security"] = {
            "key-mgmt": ("s", "sae" if sae_only else "wpa-psk"),
            "psk": ("s", network.password),
        }
    return settings
