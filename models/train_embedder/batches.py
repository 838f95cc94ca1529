"""Batches: people of a few lineups, several pictures of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models.render.crops import read_crops
from models.train_embedder.pictures import varied

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from models.render.crops import Crops
    from models.train_embedder.config import Config

LEAST_CROPS = 2


class Album:
    """All crops of a folder; `refresh` takes in files that have come since."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: set[Path] = set()
        self._lineups: list[Crops] = []
        self.refresh()

    def refresh(self) -> None:
        """Read the files that are not yet known.

        Raises:
            ValueError: there are none at all.
        """
        for path in sorted(set(self._folder.glob("lineup-*.npz")) - self._known):
            self._known.add(path)
            self._lineups.append(read_crops([path]))
        if not self._lineups:
            read_crops([])

    def draw(
        self, config: Config, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return pictures (n, side, side, 3) uint8, and of each the person and the day.

        Appearance: everybody on one day. Build: everybody on several days.
        """
        pictures, people, days = [], [], []
        which = rng.permutation(len(self._lineups))[: config.run.lineups]
        for lineup in (self._lineups[index] for index in which):
            for person in np.unique(lineup.person):
                rows = np.flatnonzero(lineup.person == person)
                if config.kind == "appearance":
                    rows = rows[lineup.day[rows] == rng.choice(np.unique(lineup.day[rows]))]
                if len(rows) < LEAST_CROPS:
                    continue
                for row in _spread(rows, lineup.day, config.run.crops, rng):
                    picture = varied(lineup.pixels[row], lineup.boxes[row], config.input, rng)
                    pictures.append(picture)
                    people.append(person)
                    days.append(lineup.day[row])
        return np.stack(pictures), np.array(people), np.array(days)

    def __len__(self) -> int:
        """Return how many lineups there are."""
        return len(self._lineups)


def batches(folder: Path, config: Config, seed: int) -> Iterator[tuple[np.ndarray, ...]]:
    """Yield batches for ever, with whatever the folder holds by now."""
    rng = np.random.default_rng(seed)
    album = Album(folder)
    while True:
        for _ in range(200):
            yield album.draw(config, rng)
        album.refresh()


def _spread(rows: np.ndarray, day: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return up to `count` rows, taken from the days in turn."""
    shuffled = rng.permutation(rows)
    turns = np.zeros(len(rows))
    for one in np.unique(day[shuffled]):
        of_day = np.flatnonzero(day[shuffled] == one)
        turns[of_day] = np.arange(len(of_day))
    return shuffled[np.argsort(turns, kind="stable")[:count]]
