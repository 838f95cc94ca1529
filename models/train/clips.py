"""Count annotated clips: `python -m models.train.clips FOLDER --manifest M`.

Runs `fanlight count` in the firmware's own environment for every clip that has its truth beside
it; crossings agree when their direction does and they are at most 1.2 s apart. Real clips are for
the table of a model's card: nothing may be chosen by them.
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

from fanlight.adapters.clip_truth import truth_beside
from fanlight.domain.crossings import Direction
from fanlight.domain.scoring import Agreement, Passage, compare

if TYPE_CHECKING:
    from collections.abc import Iterator

ENDINGS = {".mp4", ".avi"}


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
    for clip in recorded(given.folder):
        agreement = compare(count(clip, given.manifest), clip.passages, clip.optional)
        missed += len(agreement.missed)
        false += len(agreement.false)
        everybody += len(clip.passages)
        print(row(f"{clip.name} ({clip.mount})", agreement), flush=True)  # noqa: T201
    print(f"{missed} missed and {false} false of {everybody}")  # noqa: T201


if __name__ == "__main__":
    main()
