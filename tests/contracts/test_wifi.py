"""What Wi-Fi promises: a real message bus, and a NetworkManager that plays its part on it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from fanlight.adapters.network_manager import NetworkManagerWifi
from fanlight.ports.wifi import (
    ADVICE,
    WifiFault,
    WifiNetwork,
    WifiRejected,
    WifiTransient,
    WifiTrouble,
)
from simulated_network_manager import SAE, Air, SimulatedNetworkManager, private_bus

pytestmark = pytest.mark.skipif(
    not shutil.which("dbus-daemon"), reason="needs dbus-daemon: apt-get install dbus"
)
SHOP = WifiNetwork("shop", "correct horse")


@dataclass
class House:
    air: Air
    bus: str
    parts: ExitStack

    def wifi(self, interface: str = "wlan0", timeout_s: float = 5.0) -> NetworkManagerWifi:
        opened = NetworkManagerWifi(interface, bus=self.bus, timeout_s=timeout_s)
        self.parts.callback(opened.close)
        return opened


@pytest.fixture
def house() -> Iterator[House]:
    with private_bus() as address, ExitStack() as parts:
        air = Air()
        manager = SimulatedNetworkManager(address, air)
        parts.callback(manager.close)
        yield House(air, address, parts)


def trouble_of(house: House, network: WifiNetwork, **more: float) -> WifiTrouble:
    with pytest.raises(WifiFault) as caught:
        house.wifi(**more).join(network)  # type: ignore[arg-type]
    assert ADVICE[caught.value.trouble] in str(caught.value)
    assert network.name in str(caught.value)
    assert not network.password or network.password not in str(caught.value)
    return caught.value.trouble


def test_it_joins_and_keeps_what_it_joined(house: House) -> None:
    wifi = house.wifi()
    assert wifi.joined() is None
    wifi.join(SHOP)
    assert wifi.joined() == "shop"
    assert house.air.saved == {house.air.active}


def test_field_38_a_wrong_password_leaves_the_last_good_network(house: House) -> None:
    house.wifi().join(SHOP)
    house.air.passwords["guest"] = "another secret"
    assert trouble_of(house, WifiNetwork("guest", "wrong secret")) is WifiTrouble.PASSWORD
    assert house.wifi().joined() == "shop"
    assert [house.air.name_of(path) for path in house.air.profiles] == ["shop"]
    house.wifi().join(WifiNetwork("guest", "another secret"))
    assert house.wifi().joined() == "guest", "without a new start"


def test_field_38_nothing_is_kept_of_a_first_network_that_fails(house: House) -> None:
    assert trouble_of(house, WifiNetwork("shop", "wrong secret")) is WifiTrouble.PASSWORD
    assert house.air.profiles == {}
    assert house.wifi().joined() is None
    house.wifi().join(SHOP)
    assert house.wifi().joined() == "shop"


def test_each_trouble_has_its_own_message(house: House) -> None:
    assert trouble_of(house, WifiNetwork("elsewhere", "x" * 8)) is WifiTrouble.NOT_FOUND
    house.air.addressless = frozenset({"shop"})
    assert trouble_of(house, SHOP) is WifiTrouble.NO_ADDRESS
    house.air.mute = True
    assert trouble_of(house, SHOP, timeout_s=0.3) is WifiTrouble.TIMEOUT
    with pytest.raises(WifiRejected, match="no such Wi-Fi interface"):
        house.wifi("wlan7").joined()
    assert len(set(ADVICE.values())) == len(WifiTrouble)


def test_a_network_of_wpa3_alone_is_joined_by_its_own_rule(house: House) -> None:
    house.air.flags["shop"] = SAE
    house.wifi().join(SHOP)
    assert house.wifi().joined() == "shop"


def test_the_last_two_good_networks_are_kept(house: House) -> None:
    foreign = {"connection": {"id": ("s", "by hand")}, "802-11-wireless": {"ssid": ("ay", b"own")}}
    house.air.profiles["/org/freedesktop/NetworkManager/Settings/99"] = foreign
    for name in ("shop", "upper floor", "warehouse"):
        house.air.passwords[name] = "correct horse"
        house.wifi().join(WifiNetwork(name, "correct horse"))
    kept = {house.air.name_of(path) for path in house.air.profiles}
    assert kept == {"own", "upper floor", "warehouse"}, "profiles of others are not ours to forget"


def test_without_a_manager_or_a_bus_it_says_so() -> None:
    with private_bus() as address:
        wifi = NetworkManagerWifi("wlan0", bus=address)
        with pytest.raises(WifiTransient, match="NetworkManager does not answer"):
            wifi.joined()
        wifi.close()
    with pytest.raises(WifiTransient, match="NetworkManager does not answer"):
        NetworkManagerWifi("wlan0", bus="unix:path=/no/such/bus")


def test_a_password_is_in_no_representation() -> None:
    assert "horse" not in repr(SHOP)
    assert "horse" not in f"{SHOP}"
