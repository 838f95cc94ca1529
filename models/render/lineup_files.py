"""The command that renders lineups for the embedders.

    python -m models.render.lineup_files --split train --lineups 400 --out FOLDER

Bodies of the splits are disjoint. Files that are there already are left alone.
"""

from __future__ import annotations

import argparse
import functools
import multiprocessing
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.render.bank import CACHE
from models.render.crops import write_crops
from models.render.dataset import studio
from models.render.identities import Identity
from models.render.lineups import PEOPLE, Lineup, draw_lineup

BODIES = {"train": range(400), "validation": range(400, 460), "test": range(460, 560)}
"""Rows of the bank."""
SEEDS = {"train": 31, "validation": 32, "test": 33}


@dataclass(frozen=True, slots=True)
class Job:
    """One file: lineup `number` of a split."""

    folder: Path
    cache: Path
    split: str
    number: int

    @property
    def path(self) -> Path:
        """Where it goes."""
        return self.folder / f"lineup-{self.split}-{self.number:04d}.npz"


def lineup_of(split: str, number: int) -> Lineup:
    """Return a lineup of a split: bodies are used up before any comes again with other hair."""
    bodies = BODIES[split]
    first = number * PEOPLE
    people = []
    for which in range(first, first + PEOPLE):
        lap, place = divmod(which, len(bodies))
        order = np.random.default_rng((SEEDS[split], lap)).permutation(len(bodies))
        people.append(Identity(SEEDS[split] * 1_000_000 + which, bodies[int(order[place])]))
    return Lineup((SEEDS[split], number), first, tuple(people))


def render(job: Job) -> int:
    """Render one file unless it is there; returns its number."""
    if not job.path.exists():
        write_crops(job.path, draw_lineup(*studio(job.cache), lineup_of(job.split, job.number)))
    return job.number


def main() -> None:
    """Render the files that are missing."""
    parser = argparse.ArgumentParser(description="Render lineups of people for the embedders.")
    parser.add_argument("--split", choices=tuple(BODIES), required=True)
    parser.add_argument("--lineups", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--procs", type=int, default=2)
    parser.add_argument("--cache", type=Path, default=CACHE, help="where the baked bodies are")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("LP_NUM_THREADS", "0")
    job_of = functools.partial(Job, options.out, options.cache, options.split)
    start_s = time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(options.procs) as pool:
        jobs = map(job_of, range(options.lineups))
        for done, number in enumerate(pool.imap_unordered(render, jobs), start=1):
            pace = done / (time.perf_counter() - start_s)
            sys.stderr.write(f"lineup {number}: {done} done, {60 * pace:.1f} a minute\n")


if __name__ == "__main__":
    main()
