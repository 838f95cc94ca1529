"""Batches for training, made beside it from shards that may still be growing in number."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from models.train.augment import Augment
from models.train.shards import Shard, shard_paths
from models.train.targets import make_targets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from models.train.shards import Still

    Batch = tuple[torch.Tensor, ...]

LOOK_AGAIN_S = 20.0


class Feed(IterableDataset["Batch"]):
    """Endless batches: pictures uint8 (n, height, width, 3), then the arrays of `Targets`.

    Every worker holds its own part of the shards in memory, and looks for new ones now and then.
    """

    def __init__(self, folder: Path, width: int, height: int, batch: int, seed: int) -> None:
        super().__init__()
        self._folder = folder
        self._size = (width, height)
        self._batch = batch
        self._seed = seed

    def __iter__(self) -> Iterator[Batch]:
        worker = get_worker_info()
        part, parts = (worker.id, worker.num_workers) if worker else (0, 1)
        torch.set_num_threads(1)
        cv2.setNumThreads(1)
        chance = np.random.default_rng((self._seed, part))
        augment = Augment(*self._size, chance)
        shards: dict[Path, Shard] = {}
        looked_at = -LOOK_AGAIN_S
        while True:
            if time.monotonic() - looked_at > LOOK_AGAIN_S:
                for path in shard_paths(self._folder)[part::parts]:
                    if path not in shards:
                        shards[path] = Shard(path)
                looked_at = time.monotonic()
            if not shards:
                raise FileNotFoundError(f"{self._folder} holds too few scenes-*.npz: render some")
            stills = [augment(_draw(list(shards.values()), chance)) for _ in range(self._batch)]
            pictures = np.stack([still.picture for still in stills])
            maps = zip(*(make_targets(still) for still in stills), strict=True)
            yield torch.from_numpy(pictures), *(torch.from_numpy(np.stack(each)) for each in maps)


def open_feed(
    folder: Path, size: tuple[int, int], batch: int, seed: int, workers: int
) -> Iterator[Batch]:
    """Return endless batches of pictures of `size` (width, height)."""
    feed = Feed(folder, *size, batch, seed)
    return iter(DataLoader(feed, batch_size=None, num_workers=workers, prefetch_factor=6))


def _draw(shards: list[Shard], chance: np.random.Generator) -> Still:
    sizes = np.array([len(shard) for shard in shards])
    shard = shards[chance.choice(len(shards), p=sizes / sizes.sum())]
    return shard[int(chance.integers(len(shard)))]
