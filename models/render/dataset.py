"""Renders data sets of random scenes: stills for training, sequences with truth for testing.

    python -m models.render.dataset --seed 1 --scenes 500 --out FOLDER [--procs 2]
    python -m models.render.dataset --kind sequences --seed 7 --scenes 100 --out FOLDER

README.md tells the formats. Shards that are there already are left alone.
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
from models.render.shards import sequence_path, shard_path, write_shard
from models.render.surfaces import surface_bank
from models.render.themes import USUAL, draw_theme

if TYPE_CHECKING:
    from models.render.bank import Bank
    from models.render.painter import Painter

SHARD = 500
BODIES = 560


@dataclass(frozen=True, slots=True)
class Job:
    """One file to render: stills or, with `scenes` 0, one sequence."""

    folder: Path
    cache: Path
    seed: int
    number: int
    scenes: int
    recordings: Path | None
    hard: bool


@functools.cache
def studio(cache: Path) -> tuple[Painter, Bank]:
    """Return this process's painter and the bodies, made once."""
    from models.render.painter import Painter  # noqa: PLC0415 - OpenGL starts in the workers only

    cv2.setNumThreads(1)
    bank = load_bank(cache)
    return Painter(surface_bank(), bank.faces), bank


def render(job: Job) -> Job:
    """Render a file unless it is there."""
    if job.scenes:
        path = shard_path(job.folder, job.seed, job.number)
        if not path.exists():
            _render_stills(job, path)
    else:
        path = sequence_path(job.folder, job.seed, job.number)
        if not path.exists():
            _render_sequence(job, path)
    return job


def _render_stills(job: Job, path: Path) -> None:
    from models.render.stills import draw_still  # noqa: PLC0415 - OpenGL starts in the workers only

    painter, bank = studio(job.cache)
    seeds = [(job.seed, job.number, k) for k in range(job.scenes)]
    themes = [draw_theme(seed) if job.hard else USUAL for seed in seeds]
    stills = [
        draw_still(painter, bank, seed, theme) for seed, theme in zip(seeds, themes, strict=True)
    ]
    write_shard(
        path,
        np.stack([still.image for still in stills]),
        [still.labels for still in stills],
        np.stack([still.camera for still in stills]),
    )


def _render_sequence(job: Job, path: Path) -> None:
    from models.render.sequences import draw_sequence  # noqa: PLC0415 - OpenGL, as above

    one = draw_sequence(*studio(job.cache), (job.seed, job.number), job.recordings)
    cameras = np.repeat(one.camera[None], len(one.images), axis=0)
    write_shard(path, one.images, one.labels, cameras, one.truth)


def jobs_of(options: argparse.Namespace) -> list[Job]:
    """Split what is wanted into files."""
    shared = (options.out, options.cache, options.seed)
    if options.kind == "sequences":
        return [
            Job(*shared, number, 0, options.recordings, options.hard)
            for number in range(options.scenes)
        ]
    starts = range(0, options.scenes, options.shard)
    return [
        Job(*shared, number, min(options.shard, options.scenes - start), None, options.hard)
        for number, start in enumerate(starts)
    ]


def main() -> None:
    """Render the files that are missing."""
    parser = argparse.ArgumentParser(description="Render random scenes with labels.")
    parser.add_argument("--kind", choices=("stills", "sequences"), default="stills")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--scenes", type=int, required=True, help="stills, or sequences")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--procs", type=int, default=2)
    parser.add_argument("--shard", type=int, default=SHARD, help="stills in a file")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where the baked bodies are")
    parser.add_argument("--recordings", type=Path, help="recorded ways for dense sequences")
    parser.add_argument("--hard", action="store_true", help="stills of what detectors find hard")
    options = parser.parse_args()
    if not (options.cache / FOLDER).is_dir():
        bake(options.cache, BODIES)
    options.out.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("LP_NUM_THREADS", "0")
    start_s, done = time.perf_counter(), 0
    with multiprocessing.get_context("spawn").Pool(options.procs) as pool:
        for job in pool.imap_unordered(render, jobs_of(options)):
            done += job.scenes or 1
            pace = done / (time.perf_counter() - start_s)
            sys.stderr.write(f"file {job.number}: {done} {options.kind}, {pace:.2f} a second\n")


if __name__ == "__main__":
    main()
