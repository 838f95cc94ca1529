"""Detections -> tracks, made for doorways.

The family is ByteTrack (Zhang et al., ECCV 2022: confident detections first, then the doubtful
ones) and OC-SORT (Cao et al., CVPR 2023: a body that comes back is looked for where it was last
seen as well as where it was heading). All times are seconds, so frames may come irregularly.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from fanlight.domain.assignment import FREE
from fanlight.domain.association import AssociationSettings, associate
from fanlight.domain.motion import (
    BIRTH,
    BORN_S,
    FIELDS,
    HITS,
    LAST,
    LOG_H,
    LOG_W,
    PLACE,
    SEEN_S,
    SHAPE,
    VELOCITY,
    MotionSettings,
    born,
    coast,
    correct,
    predict,
)
from fanlight.domain.mount import Mount
from fanlight.domain.sightings import Detections, Ended, Ending, Tracks

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Detections", "Ended", "Ending", "Tracker", "TrackerSettings", "Tracks"]

TENTATIVE = 0
"""The id of a body that is not confirmed yet."""


@dataclass(frozen=True, slots=True)
class TrackerSettings:
    """What is a body, and how long it may stay unseen.

    Detections below `low_score` are ignored, those below `high_score` only continue a track,
    those from `birth_score` on start one, which is confirmed by `confirm_hits` looks with no
    gap over `tentative_s` seconds. A detection that shares more than `duplicate` of its area or
    the other's with a body already seen on the frame starts no track. Unseen tracks are kept
    for `keep_s` seconds, but not at the picture's border, when they leave it at more than
    `leave_speed` body lengths a second. A new track that starts within `stitch_reach` body
    widths and heights of where a lost one should be continues it.
    """

    low_score: float = 0.2
    high_score: float = 0.45
    birth_score: float = 0.5
    confirm_hits: int = 3
    tentative_s: float = 0.3
    duplicate: float = 0.7
    keep_s: float = 2.0
    leave_speed: float = 0.3
    stitch_reach: float = 1.2
    association: AssociationSettings = field(default_factory=AssociationSettings)
    motion: MotionSettings = field(default_factory=MotionSettings)

    @staticmethod
    def for_mount(mount: Mount) -> TrackerSettings:
        """Return settings that suit what bodies look like from there."""
        if mount is Mount.OVERHEAD:
            return TrackerSettings(motion=MotionSettings(start_speed=2.5, push=4.0))
        return TrackerSettings()

    @staticmethod
    def for_points() -> TrackerSettings:
        """Return settings for recorded positions: every point is a body, never its double."""
        return TrackerSettings(
            confirm_hits=2,
            duplicate=np.inf,
            motion=MotionSettings(start_speed=3.0, push=4.0),
        )


class Tracker:
    """Follows bodies from frame to frame in a scene of that width and height.

    An infinite extent is a scene without borders.
    """

    def __init__(
        self, settings: TrackerSettings, width: float = np.inf, height: float = np.inf
    ) -> None:
        self._settings = settings
        self._extent = np.array([[width], [height]])
        self._bounded = bool(np.isfinite(self._extent).any())
        self._next_id = TENTATIVE + 1
        self.reset()

    def reset(self) -> None:
        """Forget all bodies; ids go on."""
        self._states = np.empty((FIELDS, 0))
        self._ids = np.empty(0, dtype=np.int64)
        self._start_ns: int | None = None
        self._now_s = 0.0

    def step(self, at_ns: int, detections: Detections) -> Tracks:
        """Look at one frame's detections and return the confirmed tracks.

        `at_ns` is the frame's time and does not go back.
        """
        before_s, step_s = self._now_s, self._advance(at_ns)
        ended = self._drop(self._stale(), Ending.LOST)
        predict(self._states, step_s, self._settings.motion)
        self._follow(detections.usable(), before_s, step_s)
        if self._bounded:
            ended += self._drop(self._over_border(), Ending.BORDER)
        self._confirm()
        return self._tracks(ended)

    def _advance(self, at_ns: int) -> float:
        if self._start_ns is None:
            self._start_ns = at_ns
        now_s = max((at_ns - self._start_ns) * 1e-9, self._now_s)
        step_s, self._now_s = now_s - self._now_s, now_s
        return step_s

    def _stale(self) -> NDArray[np.bool_]:
        """Which tracks have been unseen for too long; a tentative one is granted less."""
        settings = self._settings
        patience_s = np.where(self._ids != TENTATIVE, settings.keep_s, settings.tentative_s)
        stale: NDArray[np.bool_] = self._now_s - self._states[SEEN_S] > patience_s
        return stale

    def _over_border(self) -> NDArray[np.bool_]:
        """Which tracks are out of sight where they were about to leave the picture."""
        states = self._states
        size = np.exp(states[SHAPE])
        speed = states[VELOCITY] / np.sqrt(size[0] * size[1])
        low = (states[PLACE] < size * 0.5) & (speed < -self._settings.leave_speed)
        high = states[PLACE] > self._extent - size * 0.5
        high &= speed > self._settings.leave_speed
        leaving: NDArray[np.bool_] = (low | high).any(axis=0) & (states[SEEN_S] < self._now_s)
        return leaving

    def _drop(self, which: NDArray[np.bool_], why: Ending) -> tuple[Ended, ...]:
        if not which.any():
            return ()
        ended = [Ended(track, why) for track in self._ids[which].tolist() if track != TENTATIVE]
        self._keep(~which)
        return tuple(ended)

    def _keep(self, which: NDArray[np.bool_]) -> None:
        self._states = self._states[:, which]
        self._ids = self._ids[which]

    def _follow(self, detections: Detections, before_s: float, step_s: float) -> None:
        """Give detections to tracks, correct the tracks, and start new ones from the rest."""
        settings, states, scores = self._settings, self._states, detections.scores
        looks = _looks(detections)
        sure, maybe = scores >= settings.high_score, scores >= settings.low_score
        fresh = states[SEEN_S] >= before_s
        got = associate(states, fresh, looks, sure=sure, maybe=maybe, settings=settings.association)
        seen = got != FREE
        if seen.all():
            correct(states, looks[:, got], step_s, settings.motion)
            states[SEEN_S] = self._now_s
        else:
            found, unseen = states[:, seen], states[:, ~seen]
            correct(found, looks[:, got[seen]], step_s, settings.motion)
            coast(unseen, step_s, settings.motion)
            found[SEEN_S] = self._now_s
            states[:, seen], states[:, ~seen] = found, unseen
        self._bear(detections, looks, got[seen])

    def _bear(
        self, detections: Detections, looks: NDArray[np.float64], taken: NDArray[np.int64]
    ) -> None:
        """Start tentative tracks from detections that are nobody yet and nobody's double."""
        candidates = detections.scores >= self._settings.birth_score
        candidates[taken] = False
        if not candidates.any():
            return
        kept = taken.tolist()
        fresh = []
        by_score = np.argsort(-detections.scores, kind="stable")
        for index in by_score[candidates[by_score]].tolist():
            if _most_shared(detections.boxes, index, kept) <= self._settings.duplicate:
                kept.append(index)
                fresh.append(index)
        newborn = born(looks[:, fresh], self._now_s, self._settings.motion)
        self._states = np.concatenate([self._states, newborn], axis=1)
        self._ids = np.concatenate([self._ids, np.full(len(fresh), TENTATIVE, dtype=np.int64)])

    def _confirm(self) -> None:
        """Give ids to tentative tracks that were seen often enough, an old one where it fits."""
        ripe = (self._ids == TENTATIVE) & (self._states[HITS] >= self._settings.confirm_hits)
        if not ripe.any():
            return
        replaced = np.zeros(len(self._ids), dtype=np.bool_)
        for row in np.flatnonzero(ripe).tolist():
            lost = self._lost_half(row)
            if lost == FREE:
                self._ids[row] = self._next_id
                self._next_id += 1
            else:
                self._ids[row] = self._ids[lost]
                self._states[BIRTH, row] = self._states[BIRTH, lost]
                self._states[BORN_S, row] = self._states[BORN_S, lost]
                self._ids[lost] = TENTATIVE
                replaced[lost] = True
        if replaced.any():
            self._keep(~replaced)

    def _lost_half(self, row: int) -> int:
        """Find the lost track that a new one continues, or -1.

        Where the lost one should be by now is compared with where the new one is, and where it
        was last seen with where the new one began; the smaller distance decides.
        """
        states = self._states
        gone = (self._ids != TENTATIVE) & (states[SEEN_S] < states[BORN_S, row])
        if not gone.any():
            return FREE
        size = np.exp(states[SHAPE])
        now = np.hypot(*((states[PLACE] - states[PLACE, row, None]) / size))
        then = np.hypot(*((states[LAST] - states[BIRTH, row, None]) / size))
        apart = np.where(gone, np.minimum(now, then), np.inf)
        best = int(apart.argmin())
        return best if apart[best] <= self._settings.stitch_reach else FREE

    def _tracks(self, ended: tuple[Ended, ...]) -> Tracks:
        known = self._ids != TENTATIVE
        states = self._states if known.all() else self._states[:, known]
        half = np.exp(states[SHAPE]) * 0.5
        place = states[PLACE]
        return Tracks(
            ids=self._ids[known],
            anchors=place.T.copy(),
            boxes=np.concatenate([place - half, place + half]).T,
            observed=states[SEEN_S] >= self._now_s,
            bodies=np.exp((states[LOG_W] + states[LOG_H]) * 0.5),
            births=states[BIRTH].T.copy(),
            born_ns=(states[BORN_S] * 1e9).astype(np.int64) + (self._start_ns or 0),
            ended=ended,
        )


def _looks(detections: Detections) -> NDArray[np.float64]:
    """Return (4, m): the reference point and the logarithms of width and height."""
    looks = np.empty((4, len(detections)))
    looks[:2] = detections.anchors.T
    boxes = detections.boxes
    np.log((boxes[:, 2:] - boxes[:, :2]).T, out=looks[2:])
    return looks


def _most_shared(boxes: NDArray[np.float64], index: int, others: list[int]) -> float:
    """Return the largest share of its own or the other's area that a box has in common."""
    if not others:
        return 0.0
    box, rest = boxes[index], boxes[others]
    sides = np.minimum(box[2:], rest[:, 2:]) - np.maximum(box[:2], rest[:, :2])
    common = np.maximum(sides, 0.0).prod(axis=1)
    smaller = np.minimum((box[2:] - box[:2]).prod(), (rest[:, 2:] - rest[:, :2]).prod(axis=1))
    return float((common / smaller).max())
