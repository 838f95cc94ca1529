# ruff: noqa: INP001 - modules of a program, not a package
"""A counter with planted errors at the door of a simulated shop: what its ledger would hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fanlight.domain.counts import HOUR_MS, Counts, PlaceKind, RowKey
from fanlight.domain.groups import Followers
from fanlight.domain.hours import UtcHour
from fanlight.domain.moment import Cause
from fanlight.domain.parts import HourRow
from fanlight.domain.rates import CROWDED_A_MINUTE, Checked, Condition, Crowding, Light

if TYPE_CHECKING:
    from collections.abc import Iterator

    from year_shop import Day, Floats

DOOR = RowKey(PlaceKind.LINE, "door")
STREET = RowKey(PlaceKind.PASSING_LINE, "street")
HOUR_S = 3600.0
FIVE_MINUTES_S = 300.0


@dataclass(frozen=True)
class Faults:
    """What is wrong with a counter: missed and false crossings per true one, by condition.

    On a share `outage_days` of the days it sees nothing for a while, on a share `lost_days` for
    the whole day, in the hours `dark_hours` (UTC) of any day it sees poorly. From `drift_from_s`
    to `drift_to_s` it misses `drift` of the exits on top.
    """

    miss: dict[Condition, float]
    false: dict[Condition, float]
    outage_days: float = 0.08
    lost_days: float = 0.005
    dark: float = 0.15
    drift: float = 0.0
    drift_from_s: float = 0.0
    drift_to_s: float = 0.0


class Counter:
    """Watches days of a shop and returns the rows of its ledger."""

    def __init__(self, faults: Faults, rng: np.random.Generator) -> None:
        self._faults = faults
        self._rng = rng

    def checked(self, crossings: dict[Condition, int]) -> dict[Condition, Checked]:
        """Return what a check of so many crossings in each condition finds."""
        return {
            condition: Checked(
                number,
                int(self._rng.binomial(number, self._faults.miss[condition])),
                int(self._rng.poisson(number * self._faults.false[condition])),
            )
            for condition, number in crossings.items()
        }

    def rows(self, day: Day) -> list[HourRow]:
        """Return what the ledger holds of a day, with an hour before and after opening."""
        if self._rng.random() < self._faults.lost_days:
            return []
        blind = self._outage(day)
        first = int(day.opens_s // HOUR_S) - 1
        last = int(day.closes_s // HOUR_S) + 1
        dark = {hour for hour in range(first, last + 1) if self._rng.random() < self._faults.dark}
        crowds = _crowded(day)
        entries, along = self._seen(day.entries, day.along, dark, crowds, blind)
        exits, _ = self._seen(day.exits, np.zeros(len(day.exits)), dark, crowds, blind)
        if self._faults.drift_from_s <= day.opens_s < self._faults.drift_to_s:
            exits = exits[self._rng.random(len(exits)) >= self._faults.drift]
        calm: set[int] = set()
        passers, _ = self._seen(day.passers, np.zeros(len(day.passers)), dark, calm, blind)
        followed = _followed(entries, along)
        found = (entries, exits, passers, followed)
        return list(self._hours(range(first, last + 1), blind, dark, found))

    def _outage(self, day: Day) -> tuple[float, float]:
        if self._rng.random() >= self._faults.outage_days:
            return 0.0, 0.0
        start = self._rng.uniform(day.opens_s, day.closes_s)
        return start, start + min(6 * HOUR_S, self._rng.exponential(2400.0))

    def _seen(
        self,
        times: Floats,
        along: Floats,
        dark: set[int],
        crowds: set[int],
        blind: tuple[float, float],
    ) -> tuple[Floats, Floats]:
        """Return the times and places of what is counted, sorted by time."""
        crowded = np.isin(times // FIVE_MINUTES_S, list(crowds)).astype(int)
        poor = np.isin(times // HOUR_S, list(dark)).astype(int)
        miss = _by_condition(self._faults.miss)[crowded, poor]
        false = _by_condition(self._faults.false)[crowded, poor]
        kept = self._rng.random(len(times)) >= miss
        doubled = self._rng.random(len(times)) < false
        counted = np.concatenate([times[kept], times[doubled] + 0.3])
        places = np.concatenate([along[kept], along[doubled]])
        inside = (counted < blind[0]) | (counted >= blind[1])
        order = np.argsort(counted[inside], kind="stable")
        return counted[inside][order], places[inside][order]

    def _hours(
        self,
        numbers: range,
        blind: tuple[float, float],
        dark: set[int],
        found: tuple[Floats, Floats, Floats, Floats],
    ) -> Iterator[HourRow]:
        entries, exits, passers, followed = found
        for number in numbers:
            begin, end = number * HOUR_S, (number + 1) * HOUR_S
            unseen = max(0.0, min(end, blind[1]) - max(begin, blind[0]))
            seen_ms = round(HOUR_MS * (1 - unseen / HOUR_S))
            looked = Counts(
                seen_ms=seen_ms,
                degraded_ms={Cause.TOO_DARK: seen_ms} if number in dark else {},
            )
            within = slice(*np.searchsorted(entries, [begin, end]))
            door = Counts(
                entries=len(entries[within]),
                exits=int(np.diff(np.searchsorted(exits, [begin, end]))[0]),
                followers=int(followed[within, 0].sum()),
                chance_followers=int(followed[within, 1].sum()),
                entries_when=_twelfths(entries, begin),
                exits_when=_twelfths(exits, begin),
            )
            passed = int(np.diff(np.searchsorted(np.sort(passers), [begin, end]))[0])
            hour = UtcHour(number)
            yield HourRow(hour, DOOR, looked.merged(door), 1, closed=True)
            yield HourRow(hour, STREET, looked.merged(Counts(passed_in=passed)), 1, closed=True)


def _by_condition(rates: dict[Condition, float]) -> Floats:
    """Return rates as a table: calm or crowded, clear or poor."""
    return np.array(
        [[rates[Condition(crowding, light)] for light in Light] for crowding in Crowding]
    )


def _twelfths(times: Floats, begin: float) -> tuple[int, ...]:
    counts = np.diff(np.searchsorted(times, begin + FIVE_MINUTES_S * np.arange(13)))
    return tuple(counts.tolist()) if counts.any() else ()


def _followed(entries: Floats, along: Floats) -> Floats:
    line = Followers()
    found = [
        line.entry(round(at * 1e9), place)
        for at, place in zip(entries.tolist(), along.tolist(), strict=True)
    ]
    return np.array([[each.really, each.by_chance] for each in found], float).reshape(-1, 2)


def _crowded(day: Day) -> set[int]:
    """Return the five minutes in which the door is crowded, by number since 1970."""
    both = np.concatenate([day.entries, day.exits]) // FIVE_MINUTES_S
    numbers, counts = np.unique(both, return_counts=True)
    return {int(n) for n in numbers[counts / 5 >= CROWDED_A_MINUTE]}
