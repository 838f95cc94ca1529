"""NetworkManager on a private bus: the part of its D-Bus API that joins Wi-Fi networks.

What the real one does is tried in a guest with `scripts/prove-links`.
"""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageType,
    message_bus,
    new_error,
    new_method_return,
    new_signal,
)
from jeepney.io.blocking import open_dbus_connection

SERVICE = "org.freedesktop.NetworkManager"
ROOT = "/org/freedesktop/NetworkManager"
DEVICE = f"{ROOT}/Devices/3"
PSK, SAE = 0x100, 0x400
Settings = dict[str, dict[str, Any]]
Reply = tuple[str | None, tuple[Any, ...]] | None


@dataclass
class Air:
    """The networks in reach, by name: password and what the access point speaks."""

    passwords: dict[str, str] = field(default_factory=lambda: {"shop": "correct horse"})
    flags: dict[str, int] = field(default_factory=dict)
    addressless: frozenset[str] = frozenset()
    mute: bool = False
    profiles: dict[str, dict[str, Any]] = field(default_factory=dict)
    saved: set[str] = field(default_factory=set)
    active: str = "/"
    asked: list[str] = field(default_factory=list)
    used: int = 0

    def name_of(self, profile: str) -> str:
        return bytes(self.profiles[profile]["802-11-wireless"]["ssid"][1]).decode()

    def attempt(self, profile: str) -> int:
        """Return 0 if the profile gets in, else NetworkManager's reason."""
        name = self.name_of(profile)
        if name not in self.passwords:
            return 53
        security = self.profiles[profile].get("802-11-wireless-security", {})
        if security.get("psk", ("s", ""))[1] != self.passwords[name]:
            return 7
        wants_sae = self.flags.get(name, PSK) == SAE
        if wants_sae != (security.get("key-mgmt", ("s", ""))[1] == "sae"):
            return 10
        return 17 if name in self.addressless else 0


class SimulatedNetworkManager:
    """Answers on a bus until closed."""

    def __init__(self, address: str, air: Air, interface: str = "wlan0") -> None:
        self.air, self._interface = air, interface
        self._bus = open_dbus_connection(bus=address)
        self._bus.send_and_get_reply(message_bus.RequestName(SERVICE))
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        self._thread.join(5)
        self._bus.close()

    def _work(self) -> None:
        while not self._over.is_set():
            try:
                message = self._bus.receive(timeout=0.05)
            except TimeoutError:
                continue
            if message.header.message_type is MessageType.method_call:
                self._answer(message)

    def _answer(self, message: Message) -> None:
        fields = message.header.fields
        path, member = fields[HeaderFields.path], fields[HeaderFields.member]
        self.air.asked.append(member)
        handler = getattr(self, f"_{member.lower()}", None)
        reply = None if handler is None else handler(path, *message.body)
        if reply is None:
            reply = new_error(message, f"{SERVICE}.UnknownDevice", "s", ("no",))
        else:
            reply = new_method_return(message, *reply)
        self._bus.send(reply)
        if member in {"AddAndActivateConnection2", "ActivateConnection"}:
            self._go_through(message.body[0] if member == "ActivateConnection" else self._newest)

    def _get(self, path: str, interface: str, name: str) -> Reply:
        air = self.air
        values: dict[str, tuple[str, Any]] = {
            "ActiveConnection": ("o", f"{ROOT}/Active/1" if air.active != "/" else "/"),
            "ActiveAccessPoint": ("o", f"{ROOT}/AP/{air.active.rsplit('/', 1)[-1]}"),
            "Connection": ("o", air.active),
            "Connections": ("ao", list(air.profiles)),
        }
        if interface.endswith("AccessPoint"):
            points = sorted(air.passwords)
            number = path.rsplit("/", 1)[-1]
            ssid = points[int(number[1:])] if number[0] == "p" else air.name_of(air.active)
            values["Ssid"] = ("ay", ssid.encode())
            values["RsnFlags"] = ("u", air.flags.get(ssid, PSK))
        return ("v", (values[name],))

    def _getdevicebyipiface(self, _: str, interface: str) -> Reply:
        return ("o", (DEVICE,)) if interface == self._interface else None

    def _getallaccesspoints(self, _: str) -> Reply:
        count = len(self.air.passwords)
        return ("ao", ([f"{ROOT}/AP/p{index}" for index in range(count)],))

    def _addandactivateconnection2(self, _: str, settings: Settings, *__: object) -> Reply:
        number = 1 + max((int(path.rsplit("/", 1)[-1]) for path in self.air.profiles), default=0)
        self._newest = f"{ROOT}/Settings/{number}"
        self.air.profiles[self._newest] = settings
        return ("ooa{sv}", (self._newest, f"{ROOT}/Active/1", {}))

    def _activateconnection(self, _: str, profile: str, *__: object) -> Reply:
        return ("o", (f"{ROOT}/Active/1",)) if profile in self.air.profiles else None

    def _getsettings(self, path: str) -> Reply:
        settings = {group: dict(values) for group, values in self.air.profiles[path].items()}
        settings.pop("802-11-wireless-security", None)
        return ("a{sa{sv}}", (settings,))

    def _save(self, path: str) -> Reply:
        self.air.saved.add(path)
        return (None, ())

    def _delete(self, path: str) -> Reply:
        self.air.profiles.pop(path, None)
        self.air.saved.discard(path)
        return (None, ())

    def _go_through(self, profile: str) -> None:
        """Say the states that a device goes through."""
        if self.air.mute or profile not in self.air.profiles:
            return
        self.air.active = "/"
        reason = self.air.attempt(profile)
        self._state(50, 0)
        if reason:
            self._state(120, reason)
            self._state(30, 0)
            return
        self.air.active = profile
        self.air.used += 1
        self.air.profiles[profile]["connection"]["timestamp"] = ("t", self.air.used)
        self._state(100, 0)

    def _state(self, state: int, reason: int) -> None:
        emitter = DBusAddress(DEVICE, interface=f"{SERVICE}.Device")
        self._bus.send(new_signal(emitter, "StateChanged", "uuu", (state, 40, reason)))


@contextmanager
def private_bus() -> Iterator[str]:
    """Start a message bus of its own; yields its address."""
    command = ["dbus-daemon", "--session", "--nofork", "--print-address=1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as daemon:
        assert daemon.stdout is not None
        try:
            yield daemon.stdout.readline().strip()
        finally:
            daemon.kill()
