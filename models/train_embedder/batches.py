"""Batches: people of a few lineups, several pictures of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch
from torch.utils.data import DataLoader, IterableDataset

from models.render.crops import read_crops
from models.train_embedder.facts import facts_of
from models.train_embedder.pictures import varied

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from models.render.crops import Crops
    from models.train_embedder.config import Config

LEAST_CROPS = 2
REFRESH_BATCHES = 200
DARKEST_MEAN = 20.0
"""Crops below teach nothing."""


class Album:
    """All crops of a folder; `refresh` takes in files that have come since."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: set[Path] = set()
        self._lineups: list[Crops] = []
        self._light: list[np.ndarray] = []
        self.refresh()

    def refresh(self) -> None:
        """Read the files that are not yet known.

        Raises:
            ValueError: there are none at all.
        """
        for path in sorted(set(self._folder.glob("lineup-*.npz")) - self._known):
            self._known.add(path)
            lineup = read_crops([path])
            self._lineups.append(lineup)
            self._light.append(
                np.array([pixels.mean() >= DARKEST_MEAN for pixels in lineup.pixels])
            )
        if not self._lineups:
            read_crops([])

    def draw(self, config: Config, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
        """Return pictures (n, side, side, 3) uint8, and of each person, day and facts (n, k).

        Appearance: everybody on one day. Build: everybody on several days.
        """
        pictures, people, days, facts = [], [], [], []
        which = rng.permutation(len(self._lineups))[: config.run.lineups]
        for index in which:
            lineup, light = self._lineups[index], self._light[index]
            for person in np.unique(lineup.person):
                rows = np.flatnonzero((lineup.person == person) & light)
                if config.kind == "appearance" and len(rows):
                    rows = rows[lineup.day[rows] == rng.choice(np.unique(lineup.day[rows]))]
                if len(rows) < LEAST_CROPS:
                    continue
                for row in _spread(rows, lineup.day, config.run.crops, rng):
                    picture = varied(lineup.pixels[row], lineup.boxes[row], config.input, rng)
                    pictures.append(picture)
                    people.append(person)
                    days.append(lineup.day[row])
                    facts.append(facts_of(config.kind, "train", int(person), int(days[-1])))
        return np.stack(pictures), np.array(people), np.array(days), np.stack(facts)

    def __len__(self) -> int:
        """Return how many lineups there are."""
        return len(self._lineups)


class Feed(IterableDataset[tuple[torch.Tensor, ...]]):
    """Endless batches of `Album.draw`, with whatever the folder holds by now."""

    def __init__(self, folder: Path, config: Config, seed: int) -> None:
        super().__init__()
        self._folder, self._config, self._seed = folder, config, seed

    def __iter__(self) -> Iterator[tuple[torch.Tensor, ...]]:
        cv2.setNumThreads(1)
        rng = np.random.default_rng(self._seed)
        album = Album(self._folder)
        while True:
            for _ in range(REFRESH_BATCHES):
                yield tuple(torch.from_numpy(each) for each in album.draw(self._config, rng))
            album.refresh()


def open_feed(folder: Path, config: Config, seed: int) -> Iterator[tuple[torch.Tensor, ...]]:
    """Return endless batches, made in a process beside the training."""
    feed = Feed(folder, config, seed)
    return iter(DataLoader(feed, batch_size=None, num_workers=1, prefetch_factor=6))


def _spread(rows: np.ndarray, day: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return up to `count` rows, taken from the days in turn."""
    shuffled = rng.permutation(rows)
    turns = np.zeros(len(rows))
    for one in np.unique(day[shuffled]):
        of_day = np.flatnonzero(day[shuffled] == one)
        turns[of_day] = np.arange(len(of_day))
    return shuffled[np.argsort(turns, kind="stable")[:count]]
