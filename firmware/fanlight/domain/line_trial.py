"""Would another line count more surely? Every walk judges the configured line and its variants.

A walk is a track from birth to end. Each line keeps of it whether it was met, held on both sides,
and met where somebody may be missed or doubled; once the walk is over, only sums are left.
"""

from __future__ import annotations

from cmath import rect
from dataclasses import dataclass, field
from itertools import product
from math import inf, radians
from typing import TYPE_CHECKING, Final

import numpy as np

from fanlight.domain.geometry import ROUNDING, CountingLine, Point
from fanlight.domain.line_suggestion import LEAST_WALKS, LineTally, TrialSums
from fanlight.domain.passage import PassageSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fanlight.domain.line_suggestion import LineSuggestion
    from fanlight.domain.moment import Moment, TrackPoint

MOVES: Final = (0.0, -0.075, 0.075, -0.15, 0.15)
TURNS_DEG: Final = (0.0, -20.0, 20.0)
LENGTHS: Final = (1.0, 1.25)
LEAST_LEFT: Final = 0.5
"""A variant of which the picture's border cuts off more than half is none."""
ALIKE: Final = 0.01
"""Lines whose ends are no farther apart are the same one."""
MOST_TRACKS: Final = 200
CUT_S: Final = 5.0
"""Whoever was in sight before nothing was seen for so long is forgotten unjudged."""

_FIELDS: Final = 10
_ACROSS, _ALONG, _MET, _SIDE, _SINCE_S, _LOOKS, _BEFORE, _HELD, _NEAR, _DOUBTFUL = range(_FIELDS)


@dataclass(frozen=True, slots=True)
class TrialSettings:
    """What a walk needs to be clean; lengths are in picture widths.

    `aspect` is the picture's height by its width, `body` a body's length in it, `passage` when
    a crossing counts.
    """

    aspect: float = 0.75
    body: float = 0.1
    passage: PassageSettings = field(default_factory=PassageSettings)

    @property
    def margin(self) -> float:
        """How far off a side is held for sure, and how far from the ends a line is met for sure.

        It is three of the crossing rules' bands: what counts there just so is not clean.
        """
        return 3 * self.passage.band * self.body


class LineTrial:
    """Takes in Moments and says whether a variant of the line would count more surely.

    A walk is clean at a line that it met once, away from its ends, with both sides held for the
    crossing rules' time. It is broken if it met the line otherwise, or was born or ended near it
    or met its prolongation near its ends; else it was apart. Sums of an earlier trial of the same
    lines are gone on with, others are dropped.
    """

    def __init__(
        self,
        line: CountingLine,
        settings: TrialSettings = TrialSettings(),
        earlier: TrialSums | None = None,
    ) -> None:
        self._settings = settings
        self._lines = variants(line, settings.aspect)
        flat = [each.scaled(1.0, settings.aspect) for each in self._lines]
        self._starts = np.array([[each.start.x, each.start.y] for each in flat])
        self._lengths = np.array([each.length for each in flat])
        ends = np.array([[each.end.x, each.end.y] for each in flat])
        self._runs = (ends - self._starts) / self._lengths[:, None]
        self._sums = np.zeros((5, len(flat)), dtype=np.int64)
        self._earlier = TrialSums(self._lines, settings.margin, (LineTally(),) * len(flat))
        if earlier is not None and earlier.is_of_same_trial(self._earlier):
            self._earlier = earlier
        self._at_s = -inf
        self._forget()

    @property
    def sums(self) -> TrialSums:
        """What is known so far, without the walks under way."""
        tallies = tuple(LineTally(*figures) for figures in self._sums.T.tolist())
        return TrialSums(self._lines, self._settings.margin, tallies).plus(self._earlier)

    def suggestion(self, least_walks: int = LEAST_WALKS) -> LineSuggestion | None:
        """Return a line that counts the same people more surely, if there is one."""
        return self.sums.suggestion(least_walks)

    def note(self, moment: Moment) -> None:
        """Take in where everybody is; a Moment without sight says nothing."""
        if not moment.sighted:
            return
        at_s = moment.at_ns / 1e9
        if not 0.0 <= at_s - self._at_s <= CUT_S:
            self._forget()
        self._at_s = at_s
        points = self._followed(moment.tracks)
        self._line_up([point.track for point in points])
        if points:
            self._look(np.array([(point.x, point.y * self._settings.aspect) for point in points]))

    def _forget(self) -> None:
        self._ids: list[int] = []
        self._left_out: set[int] = set()
        self._states = np.empty((_FIELDS, 0, len(self._lines)))

    def _followed(self, points: Sequence[TrackPoint]) -> list[TrackPoint]:
        """Return the points of walks there is room for; whoever found none stays left out."""
        live, known = {point.track for point in points}, set(self._ids)
        self._left_out &= live
        new = [n.track for n in points if n.track not in known and n.track not in self._left_out]
        self._left_out.update(new[max(0, MOST_TRACKS - len(known & live)) :])
        return [point for point in points if point.track not in self._left_out]

    def _line_up(self, ids: list[int]) -> None:
        """Bring what is known of each walk into the order of the tracks; judge those gone."""
        if ids == self._ids:
            return
        rows = {track: row for row, track in enumerate(self._ids)}
        gone = [row for track, row in rows.items() if track not in set(ids)]
        if gone:
            self._judge(self._states[:, gone])
        came = np.array([rows.get(track, -1) for track in ids], dtype=np.int64)
        states = np.zeros((_FIELDS, len(ids), len(self._lines)))
        states[_ACROSS] = np.nan
        states[:, came >= 0] = self._states[:, came[came >= 0]]
        self._ids, self._states = ids, states

    def _look(self, places: NDArray[np.float64]) -> None:
        """Take in where the walks are, each (n,2) in picture widths."""
        states, margin = self._states, self._settings.margin
        away = places[:, None] - self._starts
        along = (away * self._runs).sum(axis=2)
        across = self._runs[:, 0] * away[..., 1] - self._runs[:, 1] * away[..., 0]
        beyond = np.maximum(0.0, np.maximum(-along, along - self._lengths))
        near = np.hypot(across, beyond) < margin
        born = np.isnan(states[_ACROSS])
        was = np.where(born, across, states[_ACROSS])
        over = (was >= 0.0) != (across >= 0.0)
        share = np.divide(was, was - across, out=np.zeros_like(was), where=over)
        place = states[_ALONG] + share * (along - states[_ALONG])
        from_end = np.minimum(place, self._lengths - place)
        met = over & (from_end >= -ROUNDING)
        states[_DOUBTFUL] += (born & near) | (over & (np.abs(from_end) < margin))
        states[_BEFORE] = np.where(met & (states[_MET] == 0), states[_HELD], states[_BEFORE])
        states[_HELD] = np.where(over, 0.0, states[_HELD])
        states[_MET] += met
        states[_ACROSS], states[_ALONG], states[_NEAR] = across, along, near
        self._hold(np.where(np.abs(across) >= margin, np.sign(across), 0.0))

    def _hold(self, sides: NDArray[np.float64]) -> None:
        """Note which sides, 0 for neither, are now held for long enough."""
        states = self._states
        goes_on = sides == states[_SIDE]
        states[_SINCE_S] = np.where(goes_on, states[_SINCE_S], self._at_s)
        states[_LOOKS] = np.where(goes_on, states[_LOOKS], 0.0) + 1
        states[_SIDE] = sides
        long = self._at_s - states[_SINCE_S] >= self._settings.passage.hold_s
        states[_HELD] = (states[_HELD] > 0) | ((sides != 0.0) & long & (states[_LOOKS] >= 2))

    def _judge(self, states: NDArray[np.float64]) -> None:
        """Add walks that are over to the sums."""
        doubtful = (states[_DOUBTFUL] > 0) | (states[_NEAR] > 0)
        held = (states[_BEFORE] > 0) & (states[_HELD] > 0)
        clean = (states[_MET] == 1) & held & ~doubtful
        seen = (states[_MET] > 0) | doubtful
        there = clean[:, :1]
        kinds = (clean, seen & ~clean, clean & ~there, there & ~clean, seen | seen[:, :1])
        self._sums += np.stack([kind.sum(axis=0) for kind in kinds])


def variants(line: CountingLine, aspect: float) -> tuple[CountingLine, ...]:
    """Return the line and up to thirty variants of it, in fractions of the picture.

    Raises:
        ValueError: an end of the line lies outside the picture.
    """
    flat = line.inside_picture().scaled(1.0, aspect)
    start, end = complex(flat.start.x, flat.start.y), complex(flat.end.x, flat.end.y)
    run, found = end - start, [line]
    for move, turn_deg, length in product(MOVES, TURNS_DEG, LENGTHS):
        middle = (start + end) / 2 + move * 1j * run / abs(run)
        half = run / 2 * length * rect(1.0, radians(turn_deg))
        ends = _inside(middle - half, middle + half, aspect)
        if ends is None or abs(ends[1] - ends[0]) < LEAST_LEFT * abs(run):
            continue
        # Rounded, so that another libm's sines do not make them other lines after an update.
        places = [
            Point(round(each.real, 4) + 0.0, round(each.imag / aspect, 4) + 0.0) for each in ends
        ]
        variant = CountingLine(line.name, *places)
        if not any(_is_same(variant, other) for other in found):
            found.append(variant)
    return tuple(found)


def _inside(start: complex, end: complex, aspect: float) -> tuple[complex, complex] | None:
    """Return the ends of what of a segment lies in the picture (Liang and Barsky, 1984)."""
    run, first, last = end - start, 0.0, 1.0
    for place, step, highest in (
        (start.real, run.real, 1.0),
        (start.imag, run.imag, aspect),
    ):
        if step == 0.0:
            if not 0.0 <= place <= highest:
                return None
            continue
        low, high = sorted((-place / step, (highest - place) / step))
        first, last = max(first, low), min(last, high)
    return (start + first * run, start + last * run) if first < last else None


def _is_same(one: CountingLine, other: CountingLine) -> bool:
    pairs = ((one.start, other.start), (one.end, other.end))
    return all(abs(a.x - b.x) < ALIKE and abs(a.y - b.y) < ALIKE for a, b in pairs)
