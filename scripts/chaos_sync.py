# ruff: noqa: INP001 - a program, not a package
"""Sends simulated days home through every kind of trouble, then compares ledger and collector.

    scripts/chaos-sync [--days 30] [--seed N] [--json]

Ledger, outbox, HTTPS uplink and collector are the real ones, over TLS on loopback; time, people and
trouble are simulated. A third of the requests meet bad weather (bad_weather.py). Besides, there are
days without a link, names that are not known, a receiver with a foreign certificate, corrections of
old hours, and power cuts at any point of sending, after which the device begins from its disk.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import random
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bad_weather import BadWeather, Weather
from fleet_collector.tables import hours
from served import Served, drafting_of, serving
from sqlalchemy import select

from fanlight.adapters.device_identity import FileIdentity
from fanlight.adapters.ledger_tinydb import TinyLedger
from fanlight.adapters.simulated_clock import SimulatedClock
from fanlight.domain.counts import HOUR_MS, Counts, PlaceKind, RowKey
from fanlight.domain.hours import UtcHour
from fanlight.domain.parts import Part
from fanlight.services.syncing import Syncing, SyncSettings

BEGIN = UtcHour.containing(datetime(2027, 3, 20, tzinfo=UTC))
DOORS = (RowKey(PlaceKind.LINE, "door"), RowKey(PlaceKind.LINE, "back"))
BAD_SHARE = 0.33
POWER_CUT_SHARE = 0.08
CORRECTED_SHARE = 0.05
ELSEWHERE_SHARE = 0.08
MOST_TURNS = 6


class PowerCut(Exception):
    """The power is gone: nothing more happens in this run."""


@dataclass
class Device:
    """A device's disk, its clock, and what it has counted."""

    folder: Path
    clock: SimulatedClock
    chance: random.Random
    parts: dict[UtcHour, Part] = field(default_factory=dict)

    def count(self, hour: UtcHour) -> None:
        """Count an hour, and now and then find something to correct in an earlier one."""
        self._commit(hour, 1)
        if self.parts and self.chance.random() < CORRECTED_SHARE:
            old = self.chance.choice(list(self.parts))
            self._commit(old, self.parts[old].revision + 1)

    def truth(self) -> dict[UtcHour, tuple[int, int]]:
        """Return entries and revision of every hour that is over, as the ledger has them."""
        now = UtcHour.containing(self.clock.utc() or BEGIN.start)
        with closing(TinyLedger(self.folder / "ledger")) as ledger:
            found: dict[UtcHour, tuple[int, int]] = {}
            for row in ledger.read(BEGIN, now.plus(-1)):
                entries, _ = found.get(row.hour, (0, 0))
                found[row.hour] = entries + row.counts.entries, row.revision
        return found

    def _commit(self, hour: UtcHour, revision: int) -> None:
        rows = {door: Counts(entries=self.chance.randint(0, 60)) for door in DOORS}
        looked = Counts(seen_ms=HOUR_MS, frames=36_000)
        name = f"run-{hour.number}"
        self.parts[hour] = Part(hour, "run", name, revision, looked, rows, closed=True)
        with closing(TinyLedger(self.folder / "ledger")) as ledger:
            ledger.recover()
            ledger.commit([self.parts[hour]])


@dataclass
class Chaos:
    """One run: a device, a collector, and what stands between them."""

    device: Device
    served: Served
    weather: BadWeather
    foreign: Served
    identity: FileIdentity
    power_cuts: int = 0

    async def live_through(self, days: int, offline: range) -> None:
        """Count and send for so many days; without a link in the `offline` ones."""
        for number in range(24 * days):
            hour = BEGIN.plus(number)
            self.device.count(hour)
            self.device.clock.set_wall(hour.plus(1).start)
            self.device.clock.advance(60)
            if number // 24 not in offline:
                await self._send_something()
            if number % 31 == 0:
                await self.weather.deliver_late()

    async def settle(self) -> None:
        """Let the sky clear, and send until nothing waits."""
        self.weather.share = 0.0
        await self.weather.deliver_late()
        syncing = self._begin(self.served.url)
        while await syncing.turn() == 0:
            pass
        syncing.close()
        if syncing.state.trouble:
            raise RuntimeError(syncing.state.trouble)

    async def _send_something(self) -> None:
        """Take a few turns, perhaps to a place that is not the collector, perhaps until a cut."""
        chance = self.device.chance
        url = self.served.url
        if chance.random() < ELSEWHERE_SHARE:
            url = chance.choice(["https://no-such-name.invalid", self.foreign.url])
        syncing = self._begin(url)
        try:
            for _ in range(MOST_TURNS):
                if await syncing.turn() > 0:
                    break
        except PowerCut:
            self.power_cuts += 1
        finally:
            syncing.close()

    def _begin(self, url: str) -> Syncing:
        """Start the device's sending anew, from what its disk holds."""
        drafting = drafting_of(self.device.folder, self.device.clock, self.identity)
        if self.weather.share and self.device.chance.random() < POWER_CUT_SHARE:
            cut_before_it_is_noted(drafting)
        settings = SyncSettings(call_timeout_s=10.0, most_hours=self.device.chance.choice([3, 48]))
        return Syncing(self.served.uplink(url), drafting, self.device.clock, settings)


def cut_before_it_is_noted(drafting: Any) -> None:  # noqa: ANN401 - one method is taken away
    """Let the power go after the collector has stored, before the device knows."""

    def gone(*_: object) -> None:
        raise PowerCut

    drafting.delivered = gone


def compare(device: Device, served: Served) -> dict[str, int]:
    """Compare the device's ledger with the collector's rows, hour by hour."""
    with served.app.state.engine.connect() as connection:
        query = select(hours.c.hour, hours.c.entries, hours.c.revision)
        stored = {
            UtcHour(row.hour): (row.entries, row.revision) for row in connection.execute(query)
        }
    truth = device.truth()
    return {
        "hours": len(truth),
        "arrived": sum(stored.get(hour) == facts for hour, facts in truth.items()),
        "lost": sum(stored.get(hour, (-1, 0))[0] < facts[0] for hour, facts in truth.items()),
        "doubled": sum(
            entries > truth.get(hour, (0, 0))[0] for hour, (entries, _) in stored.items()
        ),
    }


def run(days: int, seed: int, folder: Path) -> dict[str, Any]:
    """Live through the days and return the comparison, and what happened."""
    chance = random.Random(seed)  # noqa: S311 - a simulation's chance
    held: list[BadWeather] = []

    def around(app: Any) -> BadWeather:  # noqa: ANN401 - an application as servers take it
        held.append(BadWeather(app, random.Random(seed + 1), BAD_SHARE))  # noqa: S311
        return held[0]

    strangers = folder / "strangers"
    strangers.mkdir()
    with serving(folder, around) as served, serving(strangers) as foreign:
        identity = FileIdentity(folder / "identity.key")
        served.enrol(identity)
        device = Device(folder, SimulatedClock(BEGIN.start), chance)
        chaos = Chaos(device, served, held[0], foreign, identity)
        offline = range(days // 3, days // 3 + max(1, days // 3)) if days > 1 else range(0)
        asyncio.run(_live(chaos, days, offline))
        found: dict[str, Any] = compare(device, served)
    troubles = {str(kind): n for kind, n in held[0].seen.items() if kind is not Weather.CLEAR}
    return found | {
        "requests": sum(held[0].seen.values()),
        "troubles": troubles,
        "power_cuts": chaos.power_cuts,
        "days_offline": len(offline),
    }


async def _live(chaos: Chaos, days: int, offline: range) -> None:
    await chaos.live_through(days, offline)
    await chaos.settle()


def main() -> int:
    """Print what was compared; 1 if ledger and collector disagree."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", dest="as_json")
    given = parser.parse_args()
    logging.disable()
    with tempfile.TemporaryDirectory() as folder:
        found = run(given.days, given.seed, Path(folder))
    if given.as_json:
        sys.stdout.write(json.dumps(found) + "\n")
    else:
        for name, value in found.items():
            sys.stdout.write(f"{name:14}{value}\n")
    return 0 if found["arrived"] == found["hours"] and not found["doubled"] else 1


if __name__ == "__main__":
    sys.exit(main())
