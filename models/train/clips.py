"""Count annotated clips: `python -m models.train.clips FOLDER --manifest M`.

Runs `fanlight count` in the firmware's own environment for every clip that has its truth beside it,
and for every rendered `sequence-*.npz`; crossings agree when their direction does and they are at
most 1.2 s apart. Real clips are for the table of a model's card: nothing may be chosen by them.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from fanlight.adapters.clip_truth import truth_beside
from fanlight.domain.crossings import Direction
from fanlight.domain.scoring import Agreement, Passage, compare

if TYPE_CHECKING:
    from collections.abc import Iterator

ENDINGS = {".mp4", ".avi"}
OVERHEAD_DEG = 35.0
"""A camera that is tilted less from straight down is said to be mounted overhead."""


@dataclass(frozen=True, slots=True)
class Annotated:
    """A clip with its line (x1, y1, x2, y2 as fractions; in is to the right) and crossings."""

    name: str
    file: Path
    fps: float
    line: tuple[float, ...]
    mount: str
    passages: list[Passage]
    optional: list[Passage]


def recorded(folder: Path) -> Iterator[Annotated]:
    """Find clips with their truth beside them; `overhead_*` are said to be mounted so."""
    for file in sorted(folder.iterdir()):
        truth = truth_beside(file) if file.suffix in ENDINGS else None
        if truth is not None:
            ends = (truth.counting_line.start, truth.counting_line.end)
            yield Annotated(
                file.stem,
                file,
                truth.fps,
                tuple(place for end in ends for place in (end.x, end.y)),
                "overhead" if file.name.startswith("overhead") else "oblique",
                truth.passages,
                truth.optional_passages,
            )


def rendered(folder: Path, work: Path) -> Iterator[Annotated]:
    """Turn rendered sequences into clips in a folder of their own, one at a time."""
    for path in sorted(folder.glob("sequence-*.npz")):
        with np.load(path, allow_pickle=False) as arrays:
            pictures, fps = arrays["images"], float(arrays["fps"])
            tilt_deg = float(arrays["cameras"][0, 1])
            crossings, line = arrays["crossings"], arrays["line"]
        file = work / f"{path.stem}.avi"
        size = pictures.shape[2:0:-1]
        writer = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"MJPG"), fps, size)
        for picture in pictures:
            writer.write(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
        writer.release()
        ways = {1: Direction.IN, -1: Direction.OUT}
        passages = [Passage(int(frame) / fps, ways[int(way)]) for frame, way, _ in crossings]
        mount = "overhead" if tilt_deg < OVERHEAD_DEG else "oblique"
        ends = tuple(line.tolist())
        yield Annotated(path.stem, file, fps, ends, mount, passages, [])
        file.unlink()


def count(clip: Annotated, manifest: Path) -> list[Passage]:
    """Return the crossings that the command counts."""
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as config:
        config.write(f'[detector]\nmanifest = "{manifest.resolve()}"\n')
        config.flush()
        answer = subprocess.run(  # noqa: S603  # the project's own command
            [
                *(sys.executable, "-m", "fanlight", "count", str(clip.file), "--json"),
                *("--line=" + ",".join(f"{place:.5f}" for place in clip.line),),
                *("--mount", clip.mount, "--config", config.name),
            ],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    crossings = json.loads(answer.stdout)["crossings"]
    return [Passage(each["frame"] / clip.fps, Direction(each["direction"])) for each in crossings]


def row(name: str, agreement: Agreement) -> str:
    """Return a row of the table."""
    people = agreement.matched + len(agreement.missed)
    parts = (people, agreement.matched, len(agreement.missed), len(agreement.false))
    return f"| {name} | {' | '.join(map(str, parts))} |"


def main() -> None:
    """Print the table of a folder's clips."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--manifest", type=Path, required=True)
    given = parser.parse_args()
    print("| clip | crossings | right | missed | false |\n|---|---|---|---|---|")  # noqa: T201
    missed = false = everybody = 0
    with tempfile.TemporaryDirectory() as work:
        for clips in (recorded(given.folder), rendered(given.folder, Path(work))):
            for clip in clips:
                agreement = compare(count(clip, given.manifest), clip.passages, clip.optional)
                missed += len(agreement.missed)
                false += len(agreement.false)
                everybody += len(clip.passages)
                print(row(f"{clip.name} ({clip.mount})", agreement), flush=True)  # noqa: T201
    print(f"{missed} missed and {false} false of {everybody}")  # noqa: T201


if __name__ == "__main__":
    main()
