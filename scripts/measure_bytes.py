# ruff: noqa: INP001 - a program, not a package
"""Measures what a day of reports weighs on the wire: TLS, connections and answers included.

    scripts/measure-bytes [--json]

The real uplink talks TLS to the real collector through a relay that counts. For each connection
the packets of opening (3) and closing (4) are added, for each 1,400 bytes of a transfer one packet
and one acknowledgement, each with 52 bytes of IP and TCP headers. Two lines, with classes.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import logging
import math
import socket
import sys
import tempfile
import threading
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from served import Served, drafting_of, serving

from fanlight.adapters.device_identity import FileIdentity
from fanlight.adapters.ledger_tinydb import TinyLedger
from fanlight.adapters.simulated_clock import SimulatedClock
from fanlight.domain.counts import HOUR_MS, Counts, PlaceKind, RowKey, Segment
from fanlight.domain.dispatch import wire_bytes
from fanlight.domain.hours import UtcHour
from fanlight.domain.parts import Part
from fanlight.services.syncing import Syncing, SyncSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

BEGIN = UtcHour.containing(datetime(2027, 3, 20, tzinfo=UTC))
HEADER_BYTES = 52
SEGMENT_BYTES = 1400
CONNECTION_PACKETS = 7
CLASSES = {Segment.ADULT: 88, Segment.CHILD: 20, Segment.STAFF: 12}


@dataclass
class Relay:
    """Passes bytes on to a port, and counts them."""

    port: int
    transfers: int = 0
    payload_bytes: int = 0
    packets: int = 0
    connections: int = 0

    @property
    def wire_bytes(self) -> int:
        """All bytes, with the headers of all packets."""
        packets = self.packets + CONNECTION_PACKETS * self.connections
        return self.payload_bytes + HEADER_BYTES * packets

    @contextmanager
    def open(self) -> Iterator[int]:
        """Listen on loopback; yields the port."""
        with socket.create_server(("127.0.0.1", 0)) as listening:
            threading.Thread(target=self._accept, args=[listening], daemon=True).start()
            yield listening.getsockname()[1]

    def _accept(self, listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listening.accept()
                far = socket.create_connection(("127.0.0.1", self.port))
                self.connections += 1
                threading.Thread(target=self._join, args=[near, far], daemon=True).start()

    def _join(self, near: socket.socket, far: socket.socket) -> None:
        """Pass on in both directions until both have ended."""
        with near, far:
            back = threading.Thread(target=self._pass, args=[far, near], daemon=True)
            back.start()
            self._pass(near, far)
            back.join()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self.payload_bytes += len(data)
                self.packets += 2 * math.ceil(len(data) / SEGMENT_BYTES)
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)


def count(folder: Path, hour: UtcHour) -> None:
    """Write an hour of a busy shop with two doors into the ledger."""
    rows = {}
    for door in ("front door", "back door"):
        entries = 130 + hour.number % 23
        line = RowKey(PlaceKind.LINE, door)
        rows[line] = Counts(entries=entries, exits=entries - 3, u_turns=4)
        for segment, people in CLASSES.items():
            rows[RowKey(PlaceKind.LINE, door, segment)] = Counts(entries=people, exits=people - 1)
    part = Part(hour, "run", f"run-{hour.number}", 700, _looked(), rows, closed=True)
    with closing(TinyLedger(folder / "ledger")) as ledger:
        ledger.recover()
        ledger.commit([part])


async def measure_day(served: Served, folder: Path, every_h: int) -> Relay:
    """Send a day, and count its bytes; the first dispatch after the start is not of that day."""
    identity = FileIdentity(folder / "identity.key")
    served.enrol(identity)
    clock = SimulatedClock(BEGIN.start)
    relay = Relay(served.port)
    settings = SyncSettings(every_h=every_h, call_timeout_s=20.0)
    with relay.open() as port:
        uplink = served.uplink(f"https://127.0.0.1:{port}", timeout_s=10.0)
        drafting = drafting_of(folder, clock, identity)
        syncing = Syncing(uplink, drafting, clock, settings, device_id=identity.device_id)
        await _hours(syncing, folder, clock, range(24))
        before = relay.wire_bytes
        await _hours(syncing, folder, clock, range(24, 48))
        syncing.close()
        relay.payload_bytes -= before
    return relay


def report_bytes(folder: Path) -> int:
    """Return the size of a dispatch of one hour, compressed as it is sent."""
    identity = FileIdentity(folder / "identity.key")
    clock = SimulatedClock(BEGIN.plus(52).start)
    draft = drafting_of(folder, clock, identity).draft(clock.utc(), 1)
    if draft is None:
        raise RuntimeError("nothing waits, so there is nothing to measure")
    return len(gzip.compress(wire_bytes(draft.signed), 9))


async def _hours(syncing: Syncing, folder: Path, clock: SimulatedClock, numbers: range) -> None:
    for number in numbers:
        count(folder, BEGIN.plus(number))
        clock.set_wall(BEGIN.plus(number + 1).start)
        clock.advance(300)
        while await syncing.turn() == 0:
            pass
        if syncing.state.trouble:
            raise RuntimeError(syncing.state.trouble)


def _looked() -> Counts:
    return Counts(seen_ms=HOUR_MS, frames=54_000, peak_occupancy=31)


def run() -> dict[str, int]:
    """Measure days with hours sent one by one and six together, and one report."""
    found: dict[str, int] = {}
    for name, every_h in (("bytes_per_day", 6), ("bytes_per_day_hourly", 1)):
        with tempfile.TemporaryDirectory() as where:
            folder = Path(where)
            with serving(folder) as served:
                relay = asyncio.run(measure_day(served, folder, every_h))
            found[name] = relay.wire_bytes
            count(folder, BEGIN.plus(50))
            found["report_bytes"] = report_bytes(folder)
    return found


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", dest="as_json")
    given = parser.parse_args()
    logging.disable()
    found = run()
    if given.as_json:
        sys.stdout.write(json.dumps(found) + "\n")
    else:
        for name, value in found.items():
            sys.stdout.write(f"{name:24}{value:8}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
