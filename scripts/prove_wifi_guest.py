"""In the guest: two simulated radios, an access point, the real NetworkManager, and the device."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from proved import tell

from fanlight.adapters.network_manager import NetworkManagerWifi
from fanlight.ports.wifi import WifiFault, WifiNetwork, WifiTrouble

FOLDER = Path("/tmp/wifi")  # noqa: S108 - the guest's own
POINT = """
interface=wlan1
driver=nl80211
ssid={name}
hw_mode=g
channel=1
wpa=2
wpa_key_mgmt={management}
rsn_pairwise=CCMP
wpa_passphrase={password}
ieee80211w={frames}
sae_password={password}
"""
ADDRESSES = """
start 10.50.0.10
end 10.50.0.50
interface wlan1
lease_file /tmp/wifi/leases
pidfile /tmp/wifi/udhcpd.pid
option subnet 255.255.255.0
option router 10.50.0.1
"""
BEGIN = """
mkdir -p /run/dbus /run/udev
mount -t tmpfs own /etc/NetworkManager/system-connections
mount -t tmpfs own /var/lib/NetworkManager
mount -t tmpfs own /etc/NetworkManager/conf.d
printf '[keyfile]\\nunmanaged-devices=interface-name:wlan1\\n' \\
    > /etc/NetworkManager/conf.d/point.conf
/lib/systemd/systemd-udevd --daemon
udevadm trigger --action=add
udevadm settle
dbus-daemon --system --fork
wpa_supplicant -u -B -s
NetworkManager
touch /tmp/wifi/leases
ip link set lo up
ip addr add 10.50.0.1/24 dev wlan1
"""


class Point:
    """An access point with one network at a time, and what gives addresses behind it."""

    def __init__(self) -> None:
        self._running: list[subprocess.Popen[bytes]] = []

    def offer(self, name: str, password: str, *, sae: bool = False, addresses: bool = True) -> None:
        self.silence()
        management, frames = ("SAE", 2) if sae else ("WPA-PSK", 0)
        text = POINT.format(name=name, password=password, management=management, frames=frames)
        (FOLDER / "point.conf").write_text(text)
        (FOLDER / "addresses.conf").write_text(ADDRESSES)
        self._run("hostapd", str(FOLDER / "point.conf"))
        if addresses:
            self._run(os.environ["BUSYBOX"], "udhcpd", "-f", str(FOLDER / "addresses.conf"))
        time.sleep(2)

    def silence(self) -> None:
        for process in self._running:
            process.kill()
            process.wait()
        self._running.clear()

    def _run(self, *command: str) -> None:
        self._running.append(subprocess.Popen(command, stdout=sys.stderr, stderr=sys.stderr))


def step(name: str, call: Callable[[], str]) -> bool:
    """Take a step and say what it showed."""
    began_s = time.monotonic()
    try:
        says, ok = call(), True
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told
        says, ok = f"{type(error).__name__}: {error}", False
    tell(name, began_s, says, ok=ok)
    return ok


def joins(wifi: NetworkManagerWifi, network: WifiNetwork) -> str:
    """Join and say how the device stands then."""
    wifi.join(network)
    assert wifi.joined() == network.name, wifi.joined()
    return f"joined {wifi.joined()}, {address()}"


def fails(wifi: NetworkManagerWifi, network: WifiNetwork, trouble: WifiTrouble) -> str:
    """Try to join in vain, and say why it was in vain."""
    try:
        wifi.join(network)
    except WifiFault as fault:
        assert fault.trouble is trouble, fault.trouble
        assert not network.password or network.password not in str(fault)
        return str(fault.trouble)
    raise AssertionError("it was joined")


def is_back(wifi: NetworkManagerWifi, name: str) -> str:
    """Wait until the network before is in use again."""
    ends_s = time.monotonic() + 60
    while wifi.joined() != name and time.monotonic() < ends_s:
        time.sleep(0.5)
    assert wifi.joined() == name, wifi.joined()
    return f"back in {name}"


def address() -> str:
    """Return the device's address."""
    shown = subprocess.run(
        ["ip", "-br", "-4", "addr", "show", "dev", "wlan0"], capture_output=True, text=True
    )
    return shown.stdout.split()[-1]


def both_kept() -> str:
    """Say which profiles are on disk."""
    folder = Path("/etc/NetworkManager/system-connections")
    kept = sorted(path.name for path in folder.iterdir())
    assert len(kept) == 2, kept
    return ", ".join(kept)


def prove() -> int:
    """Take all steps; 1 if one failed."""
    FOLDER.mkdir()
    subprocess.run(["sh", "-c", BEGIN], check=False)
    time.sleep(5)
    wifi, point = NetworkManagerWifi("wlan0", timeout_s=60.0), Point()
    shop = WifiNetwork("shop", "correct horse")
    point.offer(shop.name, shop.password)
    steps = [
        step("WPA2 is joined", lambda: joins(wifi, shop)),
        step(
            "a wrong password is told",
            lambda: fails(wifi, WifiNetwork("shop", "wrong horse"), WifiTrouble.PASSWORD),
        ),
        step("the last good network is in use again", lambda: is_back(wifi, "shop")),
        step(
            "a network out of reach is told",
            lambda: fails(wifi, WifiNetwork("elsewhere", "x" * 8), WifiTrouble.NOT_FOUND),
        ),
        step("the last good network is in use again", lambda: is_back(wifi, "shop")),
    ]
    point.offer("new shop", "battery staple", sae=True)
    steps.append(
        step("WPA3 alone is joined", lambda: joins(wifi, WifiNetwork("new shop", "battery staple")))
    )
    steps.append(step("both are kept", both_kept))
    return int(not all(steps))


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    os._exit(prove())
