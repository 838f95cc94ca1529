# ruff: noqa: INP001, T201 - a program that prints, not a package
"""Measure tracking and crossing against the peers, all in one run.

    OPENBLAS_NUM_THREADS=1 python scripts/bench_tracking.py [--data FOLDER] [--json]

The peers need numpy 2, which the firmware does not have, so they get an environment of their own:

    python3.11 -m venv ../venv-bench
    ../venv-bench/bin/pip install trackers==2.6.1 supervision==0.31.2 trackeval==1.3.0
    ../venv-bench/bin/pip install --no-deps -e .

Without the peers only Fanlight's own rows are measured. Judge times by their ratios: both sides
take turns on one thread.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from bench_mot import measure_mot
from bench_speed import measure_speed

from fanlight.adapters.recordings import read_recording
from fanlight.domain.geometry import CountingLine, Point
from fanlight.domain.replay import replay

if TYPE_CHECKING:
    from fanlight.domain.recordings import Recording

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
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


def show(results: dict[str, list[dict[str, Any]]]) -> None:
    """Print one table for each group of rows."""
    for title, rows in results.items():
        columns = list(rows[0])
        cells = [[_cell(row.get(column, "")) for column in columns] for row in rows]
        widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
        print(f"\n{title}")
        for line in [columns, *cells]:
            print("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)))


def _cell(value: Any) -> str:  # noqa: ANN401 - whatever was measured
    return f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA, help="the shared data folder")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    given = parser.parse_args()
    if not given.data.is_dir():
        sys.exit(f"no recordings in {given.data}; give their folder with --data")
    results = {
        "speed, ms a frame (median, turns on one thread)": measure_speed(),
        "MOTChallenge with public detections": measure_mot(given.data / "mot"),
        "recorded people, wrong counts (mean of seeds where spoilt)": measure_trajectories(
            given.data / "trajectories"
        ),
    }
    if given.json:
        print(json.dumps(results))
    else:
        show(results)


if __name__ == "__main__":
    main()
