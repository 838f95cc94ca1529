# ruff: noqa: INP001 - a program's part, not a package
"""A simulated shop whose visitors are vectors: people who return, light that drifts, staff.

128-dimensional embeddings with a power-law spectrum; two looks at one person have cosine 0.6 to
0.8, two people 0.08 +- 0.12; the site's mean is 0.1 from the public one; the light takes a step of
`drift` a day and forgets a tenth of where it was. It is a simulation, not a site.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from fanlight.domain.revisit_features import FEATURES, LENGTH, QuadFeatures, Workbench
from fanlight.domain.revisits import DaySketch, Dropped, Revisits, draw_noise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from fanlight.domain.discrete_gaussian import RandBelow
    from fanlight.domain.privacy_budget import Noise

    Floats = NDArray[np.float32]

DIMENSIONS, AXES = 128, 64
STRANGERS = 0.08
SPECTRUM = 0.6
MEMORY = 0.9
STAFF = 3
FIRST_DAY = date(2026, 1, 1)


@dataclass(frozen=True)
class Shop:
    """What is the same in every scene of a shop."""

    rng: np.random.Generator
    drift: float = 0.03
    shift: float = 0.1
    public_mean: Floats = field(init=False)
    site_mean: Floats = field(init=False)
    spread: Floats = field(init=False)

    def __post_init__(self) -> None:
        variances = np.arange(1, DIMENSIONS + 1) ** -SPECTRUM
        public = self.direction() * np.float32(np.sqrt(STRANGERS / 0.7))
        object.__setattr__(self, "public_mean", public)
        object.__setattr__(self, "site_mean", public + np.float32(self.shift) * self.direction())
        spread = np.sqrt(variances / variances.sum()).astype(np.float32)
        object.__setattr__(self, "spread", spread)

    def direction(self) -> Floats:
        """Return a unit vector that points anywhere."""
        vector = self.rng.standard_normal(DIMENSIONS, np.float32)
        return vector / np.linalg.norm(vector)

    def people(self, count: int, mean: Floats) -> Floats:
        """Return what so many different people look like on average, (count, 128)."""
        draws = self.rng.standard_normal((count, DIMENSIONS), np.float32) * self.spread
        people = mean + draws * np.float32(np.sqrt(1 - STRANGERS))
        return people / np.linalg.norm(people, axis=1, keepdims=True)

    def look(self, people: Floats, light: Floats | float = 0.0) -> Floats:
        """Return one look's embeddings of people."""
        alike = self.rng.uniform(0.6, 0.8, (len(people), 1)).astype(np.float32)
        blur = self.rng.standard_normal(people.shape, np.float32) * self.spread
        looks = people + np.sqrt(1 / alike - 1) * blur + light
        return looks / np.linalg.norm(looks, axis=1, keepdims=True)

    def light(self) -> Iterator[Floats]:
        """Yield the shift of all embeddings on each day."""
        now = np.zeros(DIMENSIONS, np.float32)
        while True:
            yield now
            step = self.rng.standard_normal(DIMENSIONS, np.float32) / np.sqrt(DIMENSIONS)
            now = np.float32(MEMORY) * now + np.float32(self.drift) * step.astype(np.float32)


@dataclass(frozen=True)
class Card:
    """What a public data set teaches about the embedder: axes, and the kernel's means.

    `is_linear` stands for the sketch that must not be built: sums of single projections.
    """

    features: QuadFeatures
    is_linear: bool = False
    same: float = 0.0
    different: float = 0.0

    @staticmethod
    def of_public(shop: Shop, *, is_linear: bool = False, people: int = 4000) -> Card:
        """Learn it from people who are not the shop's."""
        everybody = shop.people(people, shop.public_mean)
        looks = shop.look(everybody), shop.look(everybody)
        mean = looks[0].mean(axis=0)
        variances, axes = np.linalg.eigh(np.cov((looks[0] - mean).T))
        matrix = (axes[:, -AXES:] / variances[-AXES:] ** 0.25).T
        features = QuadFeatures.of_seed(mean, matrix.astype(np.float32), shop.rng.bytes(16))
        card = Card(features, is_linear)
        one, other = (card.vectors(look) / LENGTH for look in looks)
        same = float((one * other).sum(axis=1).mean())
        everyone = float(one.sum(axis=0) @ other.sum(axis=0))
        different = (everyone - same * people) / (people * (people - 1))
        return replace(card, same=same, different=different)

    def vectors(self, embeddings: Floats) -> NDArray[np.int32]:
        """Return what each embedding (n, 128) adds to a sketch, (n, 128)."""
        if not self.is_linear:
            return Workbench(self.features, len(embeddings)).vectors(embeddings)
        z = (embeddings - self.features.mean) @ self.features.matrix.T
        products = z @ self.features.first.T
        products *= LENGTH / np.linalg.norm(products, axis=1, keepdims=True)
        return np.trunc(products).astype(np.int32)


@dataclass(frozen=True)
class Visits:
    """What came of some weeks in a shop: plain sums of each day, entries, and the true shares.

    `followed[lag][day]` is the share of a day's visits whose person is there again `lag` days
    later; nobody comes twice on a day.
    """

    sums: NDArray[np.float64]
    entries: NDArray[np.int64]
    followed: dict[int, NDArray[np.float64]]

    @property
    def truth(self) -> dict[int, float]:
        """The true share of each lag, over all days."""
        return self.truth_of(0, len(self.entries))

    def truth_of(self, first: int, end: int) -> dict[int, float]:
        """Return the true share of each lag over the days from `first` until before `end`."""
        return {
            lag: float(shares[first : max(first + 1, end - lag)].mean())
            for lag, shares in self.followed.items()
        }


def simulate(
    shop: Shop, card: Card, visitors: int | NDArray[np.float64], days: int, share: float
) -> Visits:
    """Let people visit: of a day's visits `share` are followed by another on the next day.

    `visitors` are to be expected on every day, or on each of the `days`.
    """
    rng, light = shop.rng, shop.light()
    entries = np.maximum(1, rng.poisson(visitors, days))
    staff = shop.people(STAFF, shop.site_mean)
    past: tuple[Floats, NDArray[np.int64]] | None = None
    numbers: list[NDArray[np.int64]] = []
    sums, known = np.zeros((days, FEATURES)), 0
    for day in range(days):
        count = int(entries[day])
        returning = 0 if past is None else min(rng.binomial(len(past[1]), share), count)
        people = shop.people(count - returning, shop.site_mean)
        names = np.arange(known, known + count - returning)
        known += count - returning
        if past is not None:
            who = rng.choice(len(past[1]), returning, replace=False)
            people = np.concatenate([people, past[0][who]])
            names = np.concatenate([names, past[1][who]])
        past = people, names
        numbers.append(names)
        looks = shop.look(np.concatenate([people, staff]), next(light))
        sums[day] = card.vectors(looks).sum(axis=0)
    return Visits(sums, entries + STAFF, {lag: _followed(numbers, lag) for lag in range(8)})


def noised(
    visits: Visits, noise: Noise, randbelow: RandBelow, lost: frozenset[int] = frozenset()
) -> Revisits:
    """Close the days as the device does: sums with discrete Gaussian noise, a ring, pairs.

    Of the `lost` days, told by number, the sketch did not live until the evening.
    """
    revisits = Revisits()
    for number, (sums, entries) in enumerate(zip(visits.sums, visits.entries, strict=True)):
        day = FIRST_DAY + timedelta(days=number)
        if number in lost:
            revisits = revisits.dropped(day, int(entries), Dropped.RESTARTED)
            continue
        draws = draw_noise(noise, randbelow)
        noised_sums = (sums + draws[:FEATURES]).astype(np.int64).tolist()
        sketch = DaySketch(day, tuple(noised_sums), int(entries + draws[FEATURES]))
        revisits = revisits.closed(sketch, int(entries), noise)
    return revisits


def _followed(numbers: list[NDArray[np.int64]], lag: int) -> NDArray[np.float64]:
    """Return the share of each day's visits whose person is there again so many days later."""
    if lag == 0:
        return np.zeros(len(numbers))
    couples = zip(numbers, numbers[lag:], strict=False)
    return np.array([np.isin(now, later).mean() for now, later in couples])
