"""Count rendered sequences: `python -m models.train.rendered FOLDER --manifest M`.

Looks with the device's own detector, tracker and doorway, in the firmware's environment, and tells
who is missed: by mounting, crowding, light, children, dark clothes.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from fanlight.domain.tracking import TrackerSettings
from models.render.lights import LIGHTS
from models.train.watch import follow, judge, watch

if TYPE_CHECKING:
    from fanlight.domain.scoring import Passage
    from models.train.watch import Watched

CHILD_M = 1.4
DARK = 0.06
NIGHT = ("dark", "infrared")


class Tally:
    """Crossings, missed and false ones, by what they have in common."""

    def __init__(self) -> None:
        self._rows: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])

    def add(self, names: list[str], column: int) -> None:
        """Count one crossing (column 0), missed (1) or false (2) one under every name."""
        for name in names:
            self._rows[name][column] += 1

    def table(self) -> str:
        """Return the rows, false ones where they can be told."""
        lines = ["| | crossings | missed | false | wrong |", "|---|---|---|---|---|"]
        for name, (people, missed, false) in sorted(self._rows.items()):
            share = (missed + false) / max(people, 1)
            lines.append(f"| {name} | {people} | {missed} | {false} | {share:.1%} |")
        return "\n".join(lines)


def kinds_of(watched: Watched) -> list[str]:
    """Say what a whole sequence is like."""
    _, tilt_deg, _, light = watched.labels.cameras[0].tolist()
    crowd = "dense" if watched.truth.dense else "up to five people"
    night = "night" if LIGHTS[int(light)] in NIGHT else "day"
    return [crowd, f"{crowd}, {watched.mount.value}", f"{crowd}, {night}", "all"] + (
        [f"{crowd}, from the side"] if tilt_deg > 60.0 else []
    )


def traits(watched: Watched) -> dict[int, list[str]]:
    """Say what everybody is like, by track."""
    named = {}
    for track, stature_m, bright in watched.truth.people.tolist():
        child, dark = stature_m < CHILD_M, bright < DARK
        named[int(track)] = ["children"] * child + ["dark clothes"] * dark
    return named


def enter(tally: Tally, watched: Watched) -> tuple[int, int]:
    """Count a sequence and enter it into the table; returns (missed, false)."""
    _, crossings = follow(watched, TrackerSettings.for_mount(watched.mount))
    agreement, kinds, everybody = judge(watched, crossings), kinds_of(watched), traits(watched)
    missed = list(agreement.missed)
    for frame, way, track in watched.truth.crossings.tolist():
        names = kinds + everybody.get(track, [])
        tally.add(names, 0)
        passage: Passage = watched.passages([[frame, way, track]])[0]
        if passage in missed:
            missed.remove(passage)
            tally.add(names, 1)
    for _ in agreement.false:
        tally.add(kinds, 2)
    return len(agreement.missed), len(agreement.false)


def main() -> None:
    """Print the table of a folder's sequences."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--manifest", type=Path, required=True)
    given = parser.parse_args()
    tally, excused = Tally(), 0
    paths = sorted(given.folder.glob("sequence-*.npz"))
    for path in paths:
        watched = watch(path, given.manifest)
        excused += len(watched.truth.optional)
        missed, false = enter(tally, watched)
        print(f"{path.stem}: {missed} missed, {false} false", flush=True)  # noqa: T201
    print(tally.table())  # noqa: T201  # a command's answer
    print(f"{len(paths)} sequences; {excused} crossings excused: hardly seen")  # noqa: T201


if __name__ == "__main__":
    main()
