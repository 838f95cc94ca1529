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
from fanlight.domain.continuity import (
    TENTATIVE,
    ContinuitySettings,
    adopt,
    come_along,
    lost_half,
)
from fanlight.domain.motion import (
    BESIDE,
    BIRTH,
    BORN_S,
    EVIDENCE,
    FIELDS,
    HITS,
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
from fanlight.domain.sightings import Detections, Ended, Ending, Tracks, most_shared, singles

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Detections", "Ended", "Ending", "Tracker", "TrackerSettings", "Tracks"]


@dataclass(frozen=True, slots=True)
class TrackerSettings:
    """What is a body, and how long it may stay unseen.

    Detections from `birth_score` on start a track, which is confirmed by `confirm_hits` looks
    whose scores add up to `confirm_score`, with no gap over `tentative_s` seconds. One that
    shares more than `duplicate` of its area or the other's with a body already seen on the
    frame starts no track. Unseen tracks are kept for `keep_s` seconds, but not at the picture's
    border, when they leave it at more than `leave_speed` body lengths a second. Of two
    detections that share more than `double` of either's area only the surer one is looked at.
    """

    birth_score: float = 0.5
    confirm_hits: int = 2
    confirm_score: float = 1.5
    tentative_s: float = 0.45
    duplicate: float = 0.52
    keep_s: float = 2.8
    leave_speed: float = 0.15
    double: float = 1.0
    association: AssociationSettings = field(default_factory=AssociationSettings)
    motion: MotionSettings = field(default_factory=MotionSettings)
    continuity: ContinuitySettings = field(default_factory=ContinuitySettings)

    @staticmethod
    def for_mount(mount: Mount) -> TrackerSettings:
        """Return settings that suit what bodies look like from there."""
        if mount is Mount.OVERHEAD:
            return TrackerSettings(
                confirm_hits=3,
                confirm_score=2.5,
                duplicate=0.35,
                keep_s=1.6,
                leave_speed=0.3,
                double=0.45,
                association=AssociationSettings(low_score=0.35, reach=0.7, far_reach=2.5),
                motion=MotionSettings(start_speed=2.5, push=4.0, coast_s=1.0),
            )
        return TrackerSettings()

    @staticmethod
    def for_points() -> TrackerSettings:
        """Return settings for recorded positions: every point is a body, never its double."""
        return TrackerSettings(
            tentative_s=1.0,
            duplicate=np.inf,
            keep_s=2.5,
            association=AssociationSettings(reach=0.7, patience=4.5, far_reach=5.0),
            motion=MotionSettings(start_speed=4.0, push=7.0, coast_s=25.0),
            continuity=ContinuitySettings(stitch_reach=1.4),
        )


class Tracker:
    """Follows bodies from frame to frame in a scene of that width and height.

    The picture begins at 0,0; an infinite extent is a scene without borders on those sides.
    """

    def __init__(
        self, settings: TrackerSettings, width: float = np.inf, height: float = np.inf
    ) -> None:
        self._settings = settings
        self._highest = np.array([[width], [height]])
        self._lowest = np.where(np.isfinite(self._highest), 0.0, -np.inf)
        self._next_id = TENTATIVE + 1
        self.reset()

    def reset(self) -> None:
        """Forget all bodies; ids go on."""
        self._states = np.empty((FIELDS, 0))
        self._ids = np.empty(0, dtype=np.int64)
        self._start_ns: int | None = None
        self._now_s = 0.0
        self._all_seen = True
        self._all_known = True
        self._roll: _Roll | None = None

    def step(self, at_ns: int, detections: Detections) -> Tracks:
        """Look at one frame's detections and return the confirmed tracks.

        `at_ns` is the frame's time and does not go back.
        """
        before_s, step_s = self._now_s, self._advance(at_ns)
        ended = self._drop_stale(step_s)
        predict(self._states, step_s, self._settings.motion)
        detections, looks = detections.looks()
        kept = singles(detections, self._settings.double)
        if kept is not None:
            detections, looks = detections.take(kept), looks[:, kept]
        self._follow(detections, looks, before_s, step_s)
        if not self._all_seen:
            ended += self._drop(self._over_border(), Ending.BORDER)
        if not self._all_known:
            self._confirm()
        return self._tracks(ended)

    def _advance(self, at_ns: int) -> float:
        if self._start_ns is None:
            self._start_ns = at_ns
        now_s = max((at_ns - self._start_ns) * 1e-9, self._now_s)
        step_s, self._now_s = now_s - self._now_s, now_s
        return step_s

    def _drop_stale(self, step_s: float) -> tuple[Ended, ...]:
        """End tracks unseen for too long; a tentative one is granted less.

        At a slow frame rate a track is granted the time between two frames: nobody looked.
        """
        settings = self._settings
        if self._all_seen and step_s <= min(settings.tentative_s, settings.keep_s):
            return ()
        tentative_s = max(settings.tentative_s, min(step_s, settings.keep_s))
        patience_s = np.where(self._ids != TENTATIVE, settings.keep_s, tentative_s)
        return self._drop(self._now_s - self._states[SEEN_S] > patience_s, Ending.LOST)

    def _over_border(self) -> NDArray[np.bool_]:
        """Which tracks are out of sight where they were about to leave the picture."""
        states = self._states
        size = np.exp(states[SHAPE])
        speed = states[VELOCITY] / np.sqrt(size[0] * size[1])
        low = (states[PLACE] < self._lowest + size * 0.5) & (speed < -self._settings.leave_speed)
        high = states[PLACE] > self._highest - size * 0.5
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
        self._roll = None

    def _follow(
        self, detections: Detections, looks: NDArray[np.float64], before_s: float, step_s: float
    ) -> None:
        """Give detections to tracks, correct the tracks, and start new ones from the rest."""
        states, scores, motion = self._states, detections.scores, self._settings.motion
        lost_s = None if self._all_seen else np.maximum(before_s - states[SEEN_S], 0.0)
        pairs = associate(states, lost_s, looks, scores, self._settings.association)
        got, seen = pairs.got, pairs.seen
        self._all_seen = seen is None
        if seen is None:
            correct(states, looks[:, got], None, self._now_s, motion)
            takers = self._ids
        else:
            got, takers = got[seen], self._ids[seen]
            found, unseen = states[:, seen], states[:, ~seen]
            contested = None if pairs.contested is None else pairs.contested[seen]
            correct(found, looks[:, got], contested, self._now_s, motion)
            coast(unseen, step_s, motion)
            states[:, seen], states[:, ~seen] = found, unseen
        if not self._all_known:
            states[EVIDENCE, slice(None) if seen is None else seen] += scores[got]
        if len(scores) > len(got):
            self._bear(detections, looks, got, takers)

    def _bear(
        self,
        detections: Detections,
        looks: NDArray[np.float64],
        taken: NDArray[np.int64],
        takers: NDArray[np.int64],
    ) -> None:
        """Start tentative tracks from detections that are nobody yet and nobody's double."""
        candidates = detections.scores >= self._settings.birth_score
        candidates[taken] = False
        if not candidates.any():
            return
        bodies, owners = taken.tolist(), takers.tolist()
        newborn, beside = [], []
        for index in np.argsort(-detections.scores, kind="stable").tolist():
            if not candidates[index]:
                continue
            share, other = most_shared(detections.boxes, index, bodies)
            if share > self._settings.duplicate:
                continue
            is_beside = share >= self._settings.continuity.beside
            beside.append(owners[other] if is_beside else TENTATIVE)
            newborn.append(index)
            bodies.append(index)
            owners.append(TENTATIVE)
        states = born(looks[:, newborn], self._now_s, self._settings.motion)
        states[BESIDE] = beside
        states[EVIDENCE] = detections.scores[newborn]
        self._states = np.concatenate([self._states, states], axis=1)
        self._ids = np.concatenate([self._ids, np.full(len(newborn), TENTATIVE, dtype=np.int64)])
        self._all_known = False

    def _confirm(self) -> None:
        """Give ids to tentative tracks that were seen often enough, an old one where it fits."""
        states, ids = self._states, self._ids
        ripe = (ids == TENTATIVE) & (states[HITS] >= self._settings.confirm_hits)
        ripe &= states[EVIDENCE] >= self._settings.confirm_score
        replaced = np.zeros(len(ids), dtype=np.bool_)
        for row in np.flatnonzero(ripe).tolist():
            lost = lost_half(states, ids, row, self._settings.continuity)
            if lost == FREE:
                come_along(states, ids, row, self._settings.continuity)
                ids[row] = self._next_id
                self._next_id += 1
            else:
                adopt(states, row, lost)
                ids[row], ids[lost] = ids[lost], TENTATIVE
                replaced[lost] = True
        if replaced.any():
            self._keep(~replaced)
        self._all_known = bool((self._ids != TENTATIVE).all())
        self._roll = None

    def _tracks(self, ended: tuple[Ended, ...]) -> Tracks:
        states = self._states
        if not self._all_known:
            states = states[:, self._ids != TENTATIVE]
        if self._roll is None:
            born_ns = (states[BORN_S] * 1e9).astype(np.int64) + (self._start_ns or 0)
            ids = self._ids[self._ids != TENTATIVE]
            self._roll = _Roll(ids, states[BIRTH].T.copy(), born_ns)
        place, size = states[PLACE], np.exp(states[SHAPE])
        half = size * 0.5
        return Tracks(
            ids=self._roll.ids,
            anchors=place.T.copy(),
            boxes=np.concatenate([place - half, place + half]).T,
            observed=states[SEEN_S] >= self._now_s,
            bodies=np.sqrt(size[0] * size[1]),
            births=self._roll.births,
            born_ns=self._roll.born_ns,
            ended=ended,
        )


@dataclass(frozen=True, slots=True)
class _Roll:
    """What of the confirmed tracks changes only when there are others."""

    ids: NDArray[np.int64]
    births: NDArray[np.float64]
    born_ns: NDArray[np.int64]
