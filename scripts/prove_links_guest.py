"""In the guest: three networks, a modem, a collector, and the device's own way home.

device wlan0 --- shop (a router that may forward or not) --- internet (the collector)
device ppp0  --- carrier (pppd behind the modem)         --- internet
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from chaos_sync import Device
from proved import tell
from served import serving

from fanlight.adapters.device_identity import FileIdentity
from fanlight.app.compose_uplinks import IDENTITY, WayHome, open_way_home
from fanlight.app.config import Config, parse_config
from fanlight.domain.hours import UtcHour
from simulated_modem import SimulatedModem

FOLDER = Path("/tmp/proof")  # noqa: S108 - the guest's own
RECEIVER = "10.99.0.1"
PACE = 5
HOURS = 6
NETWORKS = f"""
ip netns add shop
ip netns add carrier
ip netns add internet
ip link set lo up
for n in shop carrier internet; do ip -n $n link set lo up; done
ip link add wlan0 type veth peer name lan netns shop
ip link add wan netns shop type veth peer name shops netns internet
ip link add wan netns carrier type veth peer name towers netns internet
ip addr add 10.20.0.2/24 dev wlan0 && ip link set wlan0 up
ip -n shop addr add 10.20.0.1/24 dev lan && ip -n shop link set lan up
ip -n shop addr add 10.30.0.1/30 dev wan && ip -n shop link set wan up
ip -n carrier addr add 10.31.0.1/30 dev wan && ip -n carrier link set wan up
ip -n internet addr add 10.30.0.2/30 dev shops && ip -n internet link set shops up
ip -n internet addr add 10.31.0.2/30 dev towers && ip -n internet link set towers up
ip -n internet addr add {RECEIVER}/32 dev lo
ip -n internet route add 10.20.0.0/24 via 10.30.0.1
ip -n internet route add 10.64.64.0/24 via 10.31.0.1
ip -n shop route add default via 10.30.0.2
ip -n carrier route add default via 10.31.0.2
ip netns exec carrier sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'
ip netns exec shop sh -c 'echo 0 > /proc/sys/net/ipv4/ip_forward'
ip route add default via 10.20.0.1 dev wlan0 metric 600
"""
CONFIG = """
[device]
name = "door"
data_dir = "{folder}"
[[uplinks]]
kind = "https"
name = "headquarters"
url = "https://{host}:{port}"
ca_file = "{folder}/shops-ca.pem"
timeout_s = 15.0
[links]
interface = "wlan0"
[links.lte]
apn = "internet"
at_port = "{at_port}"
data_port = "{data_port}"
"""
LOOK = """
tail -40 /tmp/ppp.log
ip -br addr; ip route
for n in carrier shop internet; do echo $n; ip -n $n -br addr; ip -n $n route; done
"""
NETWORK_SIDE = (
    *("ip", "netns", "exec", "carrier", "pppd", "nodetach", "noauth", "nocrtscts", "local"),
    *("10.64.64.1:10.64.64.2", "notty", "noipv6", "nolock", "nodefaultroute"),
)


class CallingModem(SimulatedModem):
    """A modem whose data calls end in the carrier's network."""

    def _answer(self, command: str) -> None:
        super()._answer(command)
        if command.startswith("ATD"):
            subprocess.run(
                NETWORK_SIDE,
                stdin=self._master,
                stdout=self._master,
                stderr=sys.stderr,
                check=False,
            )


class QuickClock:
    """The guest's clock, five times too fast."""

    boot_id = "guest"

    def __init__(self) -> None:
        self._began_ns = time.monotonic_ns()
        self._began = datetime.now(UTC)

    def monotonic_ns(self) -> int:
        return (time.monotonic_ns() - self._began_ns) * PACE

    def utc(self) -> datetime:
        return self._began + timedelta(microseconds=self.monotonic_ns() // 1000)


class Proof:
    """The steps so far, and what they are taken on."""

    def __init__(self, config: Config, clock: QuickClock) -> None:
        self.config, self.clock = config, clock
        self.failed = False

    async def step(self, name: str, limit_s: float, holds: Callable[[], str | None]) -> None:
        """Wait until something holds, and say so; what `holds` returns is the evidence."""
        began_s, says = time.monotonic(), None
        while says is None and time.monotonic() - began_s < limit_s:
            await asyncio.sleep(0.5)
            says = holds()
        ok = says is not None
        self.failed = self.failed or not ok
        tell(name, began_s, says or "did not happen in time", ok=ok)
        if not ok:
            subprocess.run(["sh", "-c", LOOK], check=False)

    async def around(self, *steps: Callable[[WayHome], Awaitable[None]]) -> None:
        """Run the device's way home, and take steps meanwhile."""
        async with AsyncExitStack() as parts:
            home = open_way_home(self.config, self.clock, parts, lambda *_: None)
            assert home is not None
            running = [asyncio.ensure_future(run()) for run in home.services().values()]
            for take in steps:
                await take(home)
            for task in running:
                task.cancel()

    async def by_lte(self, home: WayHome) -> None:
        """The shop's router forwards nothing: hours must go home over PPP."""
        linking = home.linking
        assert linking is not None
        await self.step("Wi-Fi is given up", 150, lambda: "lte" if linking.on_metered else None)
        await self.step("pppd is up", 90, ppp_address)
        await self.step("what is sent goes there", 15, route_over_ppp)
        await self.step("all hours arrive over LTE", 120, lambda: arrived(HOURS))
        await self.step(
            "what was spent is known", 60, lambda: spent(linking.status().spending, 3000)
        )

    async def by_wifi(self, home: WayHome) -> None:
        """The router forwards again."""
        linking = home.linking
        assert linking is not None
        forward("shop")
        await self.step("Wi-Fi is taken again", 400, lambda: None if linking.on_metered else "wifi")
        await self.step("LTE is hung up", 60, lambda: None if ppp_address() else "no ppp0")

    async def more_by_wifi(self, home: WayHome) -> None:
        """A new start sends over Wi-Fi, and dials nothing."""
        linking = home.linking
        assert linking is not None
        await self.step("a later hour arrives over Wi-Fi", 90, lambda: arrived(HOURS + 1))
        await self.step(
            "the month's bytes are kept", 10, lambda: spent(linking.status().spending, 3000)
        )


def ppp_address() -> str | None:
    """Return the address that the carrier gave to the device."""
    shown = subprocess.run(
        ["ip", "-br", "-4", "addr", "show", "dev", "ppp0"],
        capture_output=True,
        text=True,
        check=False,
    )
    return shown.stdout.split()[2] if shown.stdout.strip() else None


def route_over_ppp() -> str | None:
    """Return the way to the receiver, once it leads through ppp0."""
    shown = subprocess.run(
        ["ip", "route", "get", RECEIVER], capture_output=True, text=True, check=False
    )
    return " ".join(shown.stdout.split()[:5]) if "ppp0" in shown.stdout else None


def arrived(wanted: int) -> str | None:
    """Return how many hours the collector has, once it has as many as wanted."""
    with closing(sqlite3.connect(f"file:{FOLDER}/collector.db?mode=ro", uri=True)) as database:
        (found,) = database.execute("select count(distinct hour) from hours").fetchone()
    return f"{found} hours" if found >= wanted else None


def spent(spending: object, least: int) -> str | None:
    """Return the month's bytes, once there are some."""
    carried = getattr(spending, "spent_bytes", 0)
    return f"{carried} bytes" if carried >= least else None


def forward(network: str) -> None:
    """Let a router forward."""
    command = "echo 1 > /proc/sys/net/ipv4/ip_forward"
    subprocess.run(["ip", "netns", "exec", network, "sh", "-c", command], check=True)


def collect() -> None:
    """Serve a collector in the internet until this process is ended, with the device enrolled."""
    with serving(FOLDER, host=RECEIVER) as served:
        served.enrol(FileIdentity(FOLDER / IDENTITY))
        (FOLDER / "port").write_text(str(served.port))
        time.sleep(1e6)


async def prove() -> int:
    """Take all steps; 1 if one failed."""
    FOLDER.mkdir()
    subprocess.run(["sh", "-e", "-c", NETWORKS], check=True)
    serve = ["ip", "netns", "exec", "internet", sys.executable, __file__, "--collect"]
    with subprocess.Popen(serve) as collector:
        while not (FOLDER / "port").exists():
            await asyncio.sleep(0.2)
        at_port, data_port = SimulatedModem(), CallingModem()
        text = CONFIG.format(
            folder=FOLDER,
            host=RECEIVER,
            port=(FOLDER / "port").read_text(),
            at_port=at_port.device,
            data_port=data_port.device,
        )
        proof = Proof(parse_config(text.encode(), "proof"), QuickClock())
        now = UtcHour.containing(datetime.now(UTC))
        device = Device(FOLDER, proof.clock, random.Random(1))  # type: ignore[arg-type] # noqa: S311
        for number in range(HOURS):
            device.count(now.plus(number - HOURS))
        await proof.around(proof.by_lte, proof.by_wifi)
        device.count(now.plus(-HOURS - 1))
        await proof.around(proof.more_by_wifi)
        collector.kill()
    return int(proof.failed)


if __name__ == "__main__":
    if "--collect" in sys.argv:
        collect()
    else:
        logging.basicConfig(level=logging.INFO, format="%(message)s")
        os._exit(asyncio.run(prove()))
