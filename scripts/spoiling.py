# ruff: noqa: INP001 - shared by a program and a test, not a package
"""Recordings of people made worse: fewer frames, lost sightings, shaken places."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from fanlight.domain.recordings import Recording

LOSS, SHAKE_M, HIDDEN_S, BODY_M = 0.1, 0.05, 1.0, 0.45


def kept(recording: Recording, which: np.ndarray) -> Recording:
    """Return the recording with some of its sightings only."""
    return replace(
        recording,
        frames=recording.frames[which],
        people=recording.people[which],
        points=recording.points[which],
    )


def every_second(recording: Recording) -> Recording:
    """Return every second frame with somebody on it."""
    return kept(recording, np.isin(recording.frames, np.unique(recording.frames)[::2]))


def spoilt(recording: Recording, fps: float, seed: int) -> Recording:
    """Lose one sighting in ten, hide everybody for a second once, and shake by 5 cm."""
    chance = np.random.default_rng(seed)
    which = chance.random(len(recording.frames)) >= LOSS
    for person in np.unique(recording.people):
        rows = np.flatnonzero(recording.people == person)
        first, last = recording.frames[rows[0]], recording.frames[rows[-1]]
        hidden = HIDDEN_S * fps
        if last - first > 3 * hidden:
            start = chance.uniform(first + hidden / 2, last - 1.5 * hidden)
            frames = recording.frames[rows]
            which[rows[(frames >= start) & (frames < start + hidden)]] = False
    left = kept(recording, which)
    shake = chance.normal(0.0, SHAKE_M / BODY_M * left.body, left.points.shape)
    return replace(left, points=left.points + shake)
