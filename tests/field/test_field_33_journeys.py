"""Field problem 33: journeys are much larger than counts, and wear out a card no sooner."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest

from counting_kit import S, moment
from crashing_disk import RecordingDisk
from fanlight.adapters.ledger_tinydb import TinyLedger
from fanlight.adapters.simulated_clock import SimulatedClock
from fanlight.domain.books import BooksSettings
from fanlight.domain.counts import watched_places
from fanlight.domain.ground_plane import GroundPlane, Lens
from fanlight.domain.hours import UtcHour
from fanlight.domain.moment import TrackPoint
from fanlight.domain.roaming import Floor
from fanlight.services.bookkeeping import BookkeepingSettings, keep_books

if TYPE_CHECKING:
    from pathlib import Path

    from fanlight.domain.moment import Moment

DAY = datetime(2025, 3, 31, tzinfo=UTC)
PLACES = watched_places(["door"])
FLOOR = Floor(GroundPlane.of_picture(3.5, 30.0, Lens(90.0), 1.0, 0.75), 0.75)
OPEN = range(9, 19)
TICK_S = 15
SHOP_DAY_BYTES = 2_000_000


def walkers(at_s: int, rng: np.random.Generator) -> Moment:
    """Four people, each somewhere else in the picture at every look."""
    seen = moment(at_s)
    points = tuple(TrackPoint(at_s // 30 * 4 + n, *rng.uniform((0.0, 0.2), 1.0)) for n in range(4))
    return type(seen)(seen.at_ns, seen.frame, (), points, 4.0, seen.stages)


@pytest.mark.slow
async def test_field_33_a_shops_day_with_a_floor_map_stays_within_its_budget(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk, clock, rng = RecordingDisk(monkeypatch), SimulatedClock(DAY), np.random.default_rng(1)
    ledger = TinyLedger(tmp_path, disk)
    settings = BookkeepingSettings(books=BooksSettings(max_gap_ns=30 * S, floor=FLOOR))
    books = keep_books(ledger, clock, PLACES, settings)
    for at_s in range(0, 24 * 3600, TICK_S):
        await books.tend()
        clock.advance(TICK_S)
        is_open = at_s // 3600 in OPEN
        books.books.note(walkers(at_s, rng) if is_open else moment(at_s))
    await books.close()
    first = UtcHour.containing(DAY)
    found = ledger.read_journeys(first, first.plus(23))
    watched_ms = sum(one.journeys.watched_ms for one in found)
    spent_ms = sum(s.person_ms for one in found for s in one.journeys.cells.values())
    assert watched_ms >= (24 * 3600 - 2 * TICK_S) * 1000
    assert spent_ms > 3.5 * len(OPEN) * 3_600_000
    assert max(len(one.journeys.cells) for one in found) > 100
    written_bytes = sum(len(op[2]) for op in disk.ops if op[0] == "write")
    assert written_bytes <= SHOP_DAY_BYTES
