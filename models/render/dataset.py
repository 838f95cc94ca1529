"""Renders data sets of random scenes for training; README.md tells the format.

python -m models.render.dataset --seed 1 --scenes 500 --out FOLDER [--procs 2]
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
from typing import TYPE_CHECKING

import cv2
import numpy as np

from models.render.bank import CACHE, FOLDER, bake, load_bank
from models.render.shards import shard_path, write_shard
from models.render.surfaces import surface_bank

if TYPE_CHECKING:
    from models.render.bank import Bank
    from models.render.painter import Painter

SHARD = 500
BODIES = 560


@dataclass(frozen=True, slots=True)
class Job:
    """One shard to render: whose folder and bodies, its seed, its number, how many scenes."""

    folder: Path
    cache: Path
    seed: int
    number: int
    scenes: int


@functools.cache
def studio(cache: Path) -> tuple[Painter, Bank]:
    """Return this process's painter and the bodies, made once."""
    from models.render.painter import Painter  # noqa: PLC0415 - OpenGL starts in the workers only

    cv2.setNumThreads(1)
    bank = load_bank(cache)
    return Painter(surface_bank(), bank.faces), bank


def render_shard(job: Job) -> tuple[Job, float]:
    """Render a shard unless it is there; returns how many seconds it took."""
    from models.render.stills import draw_still  # noqa: PLC0415 - OpenGL starts in the workers only

    path = shard_path(job.folder, job.seed, job.number)
    start_s = time.perf_counter()
    if not path.exists():
        painter, bank = studio(job.cache)
        stills = [draw_still(painter, bank, (job.seed, job.number, k)) for k in range(job.scenes)]
        write_shard(
            path,
            np.stack([still.image for still in stills]),
            [still.labels for still in stills],
            np.stack([still.camera for still in stills]),
        )
    return job, time.perf_counter() - start_s


def main() -> None:
    """Render the shards that are missing."""
    parser = argparse.ArgumentParser(description="Render random scenes with labels.")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--scenes", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--procs", type=int, default=2)
    parser.add_argument("--shard", type=int, default=SHARD, help="scenes in a shard")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where the baked bodies are")
    options = parser.parse_args()
    if not (options.cache / FOLDER).is_dir():
        bake(options.cache, BODIES)
    options.out.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("LP_NUM_THREADS", "0")
    starts = range(0, options.scenes, options.shard)
    jobs = [
        Job(
            options.out, options.cache, options.seed, number, min(options.shard, options.scenes - k)
        )
        for number, k in enumerate(starts)
    ]
    start_s, done = time.perf_counter(), 0
    with multiprocessing.get_context("spawn").Pool(options.procs) as pool:
        for job, _ in pool.imap_unordered(render_shard, jobs):
            done += job.scenes
            pace = done / (time.perf_counter() - start_s)
            sys.stderr.write(f"shard {job.number}: {done} scenes, {pace:.1f} a second\n")


if __name__ == "__main__":
    main()
