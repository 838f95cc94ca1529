# ruff: noqa: INP001 - a program's part, not a package
"""Count recorded people, as recorded, at half the frame rate and with sightings spoilt."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from spoiling import every_second, spoilt

from fanlight.adapters.recordings import read_recording
from fanlight.domain.geometry import CountingLine, Point
from fanlight.domain.replay import replay

if TYPE_CHECKING:
    from pathlib import Path


SEEDS = range(5)


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
