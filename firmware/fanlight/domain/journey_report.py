"""The journeys of a day, as far as they may be published: only of days that are over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fanlight.domain.journeys import CELL_M, Journeys

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fanlight.domain.hours import UtcHour
    from fanlight.domain.journeys import Cell, Way
    from fanlight.domain.parts import HourJourneys


@dataclass(frozen=True, slots=True)
class JourneyReport:
    """What of a day's journeys may be known.

    `by_hour` and `ways` hold tracks from zone to zone, `person_s` the time spent in each cell of
    the floor; what fewer than the minimum of tracks did is in none of them. `watched_s` is how
    long the floor was watched.
    """

    hours: tuple[UtcHour, ...]
    by_hour: Mapping[UtcHour, Mapping[Way, int]]
    ways: Mapping[Way, int]
    person_s: Mapping[Cell, float]
    watched_s: float


def journey_report(
    hours: Sequence[UtcHour], found: Sequence[HourJourneys], least: int
) -> JourneyReport:
    """Publish the journeys of all the hours of a day that is over.

    An hour's way is shown from `least` tracks on. The day's is shown if it can be, too: where
    what it adds to the hours shown is nothing, or at least `least` and so that no hidden hour is
    settled by it.
    """
    ways = {one.hour: one.journeys.ways for one in found}
    by_hour = {
        hour: {way: tracks for way, tracks in ways[hour].items() if tracks >= least}
        for hour in hours
        if hour in ways
    }
    whole = Journeys()
    for one in found:
        whole = whole.merged(one.journeys)
    busy = sum(bool(one.journeys.ways) for one in found)
    shown = {
        way: tracks
        for way, tracks in whole.ways.items()
        if tracks >= least and _adds_safely(way, tracks, by_hour, busy, least)
    }
    person_s = {
        cell: spell.person_ms / 1000 for cell, spell in whole.cells.items() if spell.tracks >= least
    }
    return JourneyReport(tuple(hours), by_hour, shown, person_s, whole.watched_ms / 1000)


def journey_report_to_plain(report: JourneyReport, least: int) -> dict[str, Any]:
    """Say a report in strings, numbers, lists and dicts; what is hidden is left out."""
    return {
        "minimum_count": least,
        "ways": _ways_to_plain(report.ways),
        "ways_by_hour": {
            str(hour): _ways_to_plain(ways) for hour, ways in report.by_hour.items() if ways
        },
        "floor": {
            "cell_m": CELL_M,
            "watched_s": report.watched_s,
            "cells": [
                {"x": x, "y": y, "person_s": round(seconds, 1)}
                for (x, y), seconds in sorted(report.person_s.items())
            ],
        },
    }


def _adds_safely(
    way: Way,
    tracks: int,
    by_hour: Mapping[UtcHour, Mapping[Way, int]],
    busy: int,
    least: int,
) -> bool:
    """Whether the day's number settles no hour that is hidden, of those with anybody about.

    Each of the hidden hours has 0 to `least` - 1. Their sum leaves each of them at least two
    values unless it is 0, which concerns nobody, or as large as it can be.
    """
    shown = [ways[way] for ways in by_hour.values() if way in ways]
    hidden, rest = busy - len(shown), tracks - sum(shown)
    return rest == 0 or least <= rest < (least - 1) * hidden


def _ways_to_plain(ways: Mapping[Way, int]) -> list[dict[str, Any]]:
    return [
        {"from": start, "to": end, "tracks": tracks}
        for (start, end), tracks in sorted(ways.items())
    ]
