"""The live sketch: people who come in are added to noised sums, and nothing of them is kept."""

from __future__ import annotations

import secrets
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from fanlight.domain.revisit_features import FEATURES, Workbench
from fanlight.domain.revisits import DaySketch, draw_noise
from fanlight.ports.errors import Fault

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from fanlight.domain.discrete_gaussian import RandBelow
    from fanlight.domain.privacy_budget import Noise
    from fanlight.domain.revisit_features import QuadFeatures
    from fanlight.vision.embedder import Embedder
    from fanlight.vision.frame import Frame


class LiveSketch:
    """Today's sums, in memory alone: noise from the start, so one look at them shows no one.

    It outlives a room that is reopened. The room adds to it in its own thread, the day is begun
    and finished from another; noise comes from the operating system.
    """

    def __init__(self, randbelow: RandBelow = secrets.randbelow) -> None:
        self._randbelow = randbelow
        self._state = np.zeros(FEATURES + 1, np.int64)
        self._turn = Lock()
        self._is_open = False

    @property
    def is_open(self) -> bool:
        """Whether people who come in are added at the moment."""
        return self._is_open

    def begin(self, noise: Noise) -> None:
        """Start a day with noise alone; what an open one held is overwritten."""
        with self._turn:
            self._is_open = False
            draw_noise(noise, self._randbelow, self._state)
            self._is_open = True

    def add(self, vectors: NDArray[np.int32]) -> int:
        """Add people's vectors (n, 128) and return how many it took: none while closed.

        A vector of zeros is somebody whose embedding was refused.
        """
        with self._turn:
            if not self._is_open:
                return 0
            taken = int(np.count_nonzero(vectors.any(axis=1)))
            for vector in vectors:
                np.add(self._state[:FEATURES], vector, out=self._state[:FEATURES])
            self._state[FEATURES] += taken
            return taken

    def finish(self, day: date) -> DaySketch | None:
        """End the day and hand over its noised sums; the live state is overwritten."""
        with self._turn:
            if not self._is_open:
                return None
            *sums, visits = self._state.tolist()
            self._state.fill(0)
            self._is_open = False
        return DaySketch(day, tuple(sums), visits)

    def discard(self) -> None:
        """Overwrite what an open day holds."""
        with self._turn:
            self._state.fill(0)
            self._is_open = False

    def __repr__(self) -> str:
        return f"<LiveSketch, {'open' if self._is_open else 'closed'}>"


class Entrance:
    """Embeds the people who come in on a frame, adds them to the sketch and scrubs them.

    Between `note` and `scrub` embeddings exist. Of the last look, `added` says how many people
    went into the sketch, and `lifetime_ms` for how long their embeddings existed.
    """

    def __init__(self, embedder: Embedder, features: QuadFeatures, live: LiveSketch) -> None:
        self._embedder = embedder
        self._bench = Workbench(features)
        self._live = live
        self._holds_people = False
        self.added = 0
        self.lifetime_ms = 0.0

    def note(self, frame: Frame, boxes_px: NDArray[np.float64]) -> None:
        """Add the people in the boxes (n, 4), in px of the frame, while the sketch is open.

        An embedder that fails costs the sketch a visit, never the count of it.
        """
        if not self._live.is_open or not len(boxes_px):
            return
        self._holds_people, self.added = True, 0
        with suppress(Fault):
            for embedding in self._embedder.embed(frame, boxes_px.astype(np.float32)):
                self.added += self._live.add(self._bench.vectors(embedding[np.newaxis]))

    def scrub(self) -> None:
        """Overwrite the embeddings of this look and whatever was computed from them."""
        if self._holds_people:
            self._bench.scrub()
            self._embedder.scrub()
            self.lifetime_ms = self._embedder.lifetime_ms
        else:
            self.added, self.lifetime_ms = 0, 0.0
        self._holds_people = False

    def close(self) -> None:
        """Scrub and release the embedder; the sketch stays."""
        self._bench.scrub()
        self._embedder.close()
