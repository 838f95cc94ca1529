"""Twenty-four simulated hours through the whole device but the network: nothing may grow."""

from __future__ import annotations

import gc
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from fanlight.adapters.ledger_tinydb import TinyLedger
from fanlight.adapters.simulated_clock import SimulatedClock
from fanlight.domain.counts import watched_places
from fanlight.domain.crossings import Doorway, DoorwaySettings
from fanlight.domain.geometry import CountingLine, Point
from fanlight.domain.moment import Cause, Moment
from fanlight.domain.mount import Mount
from fanlight.domain.tracking import Detections, Tracker, TrackerSettings
from fanlight.services.bookkeeping import keep_books
from fanlight.services.counting import Counting, Pace
from fanlight.vision.room import Room
from fanlight.vision.sources.scene import SceneSource

FPS = 2.0
HOURS = 24
WALK_EVERY_S, WALK_S = 30.0, 12.0
SIZE = (64, 48)


class Walkers:
    """A detector that sees one person walk downward through the picture, twice a minute."""

    causes: frozenset[Cause] = frozenset()

    def __init__(self) -> None:
        self.frame = -1

    def show(self, frame: object) -> None:
        self.frame += 1

    def infer(self) -> None: ...

    def detections(self) -> Detections:
        since_s = (self.frame / FPS) % WALK_EVERY_S
        if since_s > WALK_S:
            return Detections.of_boxes(np.empty((0, 4)), np.empty(0))
        y = since_s / WALK_S * SIZE[1]
        return Detections.of_boxes([[26.0, y - 6, 38.0, y + 6]], [0.9])

    def scrub(self) -> None: ...

    def forget(self) -> None: ...

    def rest(self) -> None: ...

    def close(self) -> None: ...


class StraightEye:
    """The room without its thread, which this test does not need."""

    def __init__(self, room: Room, clock: SimulatedClock) -> None:
        self._room = room
        self._clock = clock
        self._last_ns = 0

    async def look(self) -> Moment | None:
        moment = self._room.look()
        if moment is not None:
            self._clock.advance((moment.at_ns - self._last_ns) / 1e9)
            self._last_ns = moment.at_ns
        return moment

    async def finish(self) -> Moment | None:
        return None

    async def reopen(self) -> None: ...

    async def close(self) -> None: ...


def resident_kb() -> int:
    gc.collect()
    fields = Path("/proc/self/status").read_text().split("VmRSS:")[1].split()
    return int(fields[0])


def stored_bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*"))


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_a_day_of_counting_leaves_memory_and_disk_small(tmp_path: Path) -> None:
    clock = SimulatedClock(datetime(2025, 3, 3, tzinfo=UTC))
    noise = np.random.default_rng(1).integers(0, 255, (*SIZE[::-1], 3), dtype=np.uint8)
    source = SceneSource(
        lambda pixels, index: np.copyto(pixels, np.roll(noise, index, axis=0)),
        SIZE,
        FPS,
        int(HOURS * 3600 * FPS),
    )
    line = CountingLine("door", Point(0.0, 24.0), Point(64.0, 24.0))
    room = Room(
        source,
        Walkers(),
        Tracker(TrackerSettings.for_mount(Mount.OVERHEAD), *SIZE),
        Doorway(DoorwaySettings.for_mount(Mount.OVERHEAD), [line]),
        pixel_budget_ms=1000.0,
    )
    books = keep_books(TinyLedger(tmp_path), clock, watched_places(["door"]))
    readings: list[int] = []

    def weigh(moment: Moment) -> None:
        if moment.frame % int(4 * 3600 * FPS) == 0:
            readings.append(resident_kb())

    counting = Counting(StraightEye(room, clock), books, clock, Pace.FAST, weigh)
    tally = await counting.run()
    await books.close()
    room.close()

    assert tally.entries == HOURS * 3600 / WALK_EVERY_S
    assert tally.coverage > 0.99
    growth_kb = readings[-1] - readings[1]
    assert growth_kb < 2_000, readings
    assert stored_bytes(tmp_path) < 100_000
