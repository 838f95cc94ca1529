# ruff: noqa: INP001, T201 - a program that prints, not a package
"""Measure everything the project claims, beside its peers, in one run.

    scripts/bench [--json] [--write] [--data FOLDER] [--detectors NAMES] [--only WORDS]

Detectors are named as in `bench_detectors.py`. Real clips are for the final table: name a detector
of ours only when its weights and thresholds are settled, and count the opening in its card. Judge
times by their ratios: both sides take turns on one thread of the same machine.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench_clips import measure_clips
from bench_mot import measure_mot
from bench_process import measure_process
from bench_speed import measure_speed
from bench_trajectories import measure_trajectories

if TYPE_CHECKING:
    from collections.abc import Callable

REPO = Path(__file__).resolve().parent.parent
DATA = REPO.parent / "shared" / "data"
PAGE = REPO / "docs" / "measurements.md"

Rows = list[dict[str, Any]]


def sections(data: Path, detectors: list[str]) -> dict[str, Callable[[], Rows]]:
    """Return what makes each group of rows, by title."""
    return {
        "Detectors compared, by mount": lambda: _in_firmware("bench_detectors.py", detectors),
        "Real clips: missed + false crossings, by direction and within 1.2 s": lambda: (
            measure_clips(data / "clips", detectors)
        ),
        "The sealed room, ms on one thread: a crowded clip, and the demo": lambda: _in_firmware(
            "bench_room.py", detectors
        ),
        "The process": measure_process,
        "Tracking and crossing: ms a frame (median)": measure_speed,
        "MOTChallenge with public detections": lambda: measure_mot(data / "mot"),
        "Recorded people: wrong counts (mean of seeds where spoilt)": lambda: measure_trajectories(
            data / "trajectories"
        ),
    }


def _in_firmware(program: str, detectors: list[str]) -> Rows:
    """Run a part in the firmware's own environment."""
    command = [REPO / ".venv/bin/python", REPO / "scripts" / program, "--json"]
    command += ["--detectors", ",".join(detectors)]
    told: Rows = json.loads(
        subprocess.check_output(command)  # noqa: S603 - the project's own program
    )
    return told


def as_text(results: dict[str, Rows]) -> str:
    """Say the results as aligned tables."""
    parts = []
    for title, rows in results.items():
        columns = list(rows[0])
        cells = [[_cell(row.get(column, "")) for column in columns] for row in rows]
        widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
        lines = [
            "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
            for line in (columns, *cells)
        ]
        parts.append("\n".join([title, "-" * len(title), *lines]))
    return "\n\n".join(parts)


def _cell(value: Any) -> str:  # noqa: ANN401 - whatever was measured
    return f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def as_page(text: str) -> str:
    """Wrap the tables into a page that says when and where they were made."""
    return (
        "# Measurements\n\n"
        f"Made by `scripts/bench --write` on {datetime.now(UTC):%Y-%m-%d}, "
        f"{platform.machine()}, Python {platform.python_version()}. Times are this machine's; "
        "ratios carry over. The peers ran in the same run.\n\n"
        f"```\n{text}\n```\n"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA, help="the shared data folder")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--write", action="store_true", help=f"renew {PAGE.relative_to(REPO)}")
    parser.add_argument("--detectors", default="shipped,ssdlite,yolox", help="separated by commas")
    parser.add_argument("--only", default="", help="only groups whose title has these words")
    given = parser.parse_args()
    if not given.data.is_dir():
        sys.exit(f"no recordings in {given.data}; give their folder with --data")
    if given.write and given.only:
        sys.exit("the page holds everything: --write and --only do not go together")
    results = {
        title: make()
        for title, make in sections(given.data, given.detectors.split(",")).items()
        if given.only.lower() in title.lower()
    }
    text = as_text(results)
    if given.write:
        PAGE.write_text(as_page(text))
    print(json.dumps(results) if given.json else text)


if __name__ == "__main__":
    main()
