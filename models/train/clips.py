"""Count annotated clips: `python -m models.train.clips FOLDER --manifest M`.

Runs `fanlight count` in the firmware's own environment for every clip that has its truth beside it;
crossings agree when their direction does and they are at most 1.2 s apart. The table is for a
model's card: nothing may be chosen by it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from fanlight.adapters.clip_truth import ClipTruth, truth_beside
from fanlight.domain.crossings import Direction
from fanlight.domain.scoring import Agreement, Passage, compare

ENDINGS = {".mp4", ".avi"}


def count(clip: Path, truth: ClipTruth, mount: str, manifest: Path) -> list[Passage]:
    """Return the crossings that the command counts."""
    line = truth.counting_line
    places = (line.start.x, line.start.y, line.end.x, line.end.y)
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as config:
        config.write(f'[detector]\nmanifest = "{manifest.resolve()}"\n')
        config.flush()
        answer = subprocess.run(  # noqa: S603  # the project's own command
            [
                *(sys.executable, "-m", "fanlight", "count", str(clip), "--json"),
                *("--line", ",".join(map(str, places)), "--mount", mount),
                *("--config", config.name),
            ],
            check=True,
            capture_output=True,
            text=True,
        )
    crossings = json.loads(answer.stdout)["crossings"]
    return [Passage(each["frame"] / truth.fps, Direction(each["direction"])) for each in crossings]


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
    wrong = everybody = 0
    for clip in sorted(given.folder.iterdir()):
        truth = truth_beside(clip) if clip.suffix in ENDINGS else None
        if truth is None:
            continue
        mount = "overhead" if clip.name.startswith("overhead") else "oblique"
        counted = count(clip, truth, mount, given.manifest)
        agreement = compare(counted, truth.passages, truth.optional_passages)
        wrong += agreement.errors
        everybody += len(truth.passages)
        print(row(clip.stem, agreement), flush=True)  # noqa: T201
    print(f"{wrong} wrong of {everybody}")  # noqa: T201


if __name__ == "__main__":
    main()
