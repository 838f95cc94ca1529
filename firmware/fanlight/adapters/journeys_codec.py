"""Journeys as the ledger writes them: ways by zone, the floor by rows of its cells."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from fanlight.domain.journeys import Journeys, Spell


def journeys_to_plain(journeys: Journeys) -> dict[str, Any]:
    """Say journeys in strings, numbers, lists and dicts.

    A row of the floor is its number, then column, tracks and person-milliseconds of each cell.
    """
    plain: dict[str, Any] = {"watched_ms": journeys.watched_ms}
    if journeys.ways:
        plain["ways"] = [[*way, tracks] for way, tracks in sorted(journeys.ways.items())]
    if journeys.cells:
        by_row = sorted(journeys.cells.items(), key=lambda item: (item[0][1], item[0][0]))
        plain["floor"] = [
            [row, *(n for (x, _), spell in cells for n in (x, spell.tracks, spell.person_ms))]
            for row, cells in groupby(by_row, key=lambda item: item[0][1])
        ]
    return plain


def journeys_from_plain(plain: dict[str, Any]) -> Journeys:
    """Read journeys back; none at all is how they were before there were any.

    Raises:
        TypeError, ValueError: it is not that.
    """
    ways = {(str(one), str(other)): int(tracks) for one, other, tracks in plain.get("ways", ())}
    cells = {}
    for row, *numbers in plain.get("floor", ()):
        triples = [int(number) for number in numbers]
        if len(triples) % 3:
            raise ValueError(f"row {row} of the floor has {len(triples)} numbers")
        for x, tracks, ms in zip(triples[::3], triples[1::3], triples[2::3], strict=True):
            cells[x, int(row)] = Spell(tracks, ms)
    return Journeys(ways, cells, int(plain.get("watched_ms", 0)))
