# ruff: noqa: INP001 - a program's part, not a package
"""Count recorded people, as recorded, at half the frame rate and with sightings spoilt."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from fanlight.adapters.recordings import read_recording
from fanlight.domain.geometry import CountingLine, Point
from fanlight.domain.replay import replay

if TYPE_CHECKING:
    from pathlib import Path

    from fanlight.domain.recordings import Recording

LOSS, SHAKE_M, HIDDEN_S, BODY_M = 0.1, 0.05, 1.0, 0.45
SEEDS = range(5)


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


def measure_trajectories(folder: Path) -> list[dict[str, Any]]:
    """Count every recording as it is, at half its rate, and spoilt; errors are |in| + |out|."""
    known = json.loads((folder / "line_crossings.json").read_text(encoding="utf-8"))
    rows = []
    for name, entry in known.items():
        recording = read_recording(folder / name)
        x1, y1, x2, y2 = entry["line"]
        line = CountingLine("line", Point(x1, y1), Point(x2, y2))
        wanted = entry["counts_at_hysteresis"]["0"]
        fps = float(entry["fps"])
        given = {"full": [recording], "half": [every_second(recording)]}
        given["spoilt"] = [spoilt(recording, fps, seed) for seed in SEEDS]
        row: dict[str, Any] = {"name": name, "stable": entry["stable"]}
        row["people"] = wanted["pos"] + wanted["neg"]
        for recorded in (False, True):
            for how, recordings in given.items():
                counts = [replay(each, [line], fps, recorded=recorded) for each in recordings]
                wrong = [abs(c.ins - wanted["pos"]) + abs(c.outs - wanted["neg"]) for c in counts]
                row[f"{how}_{'recorded' if recorded else 'tracked'}"] = sum(wrong) / len(wrong)
        rows.append(row)
    return rows
