"""What an attacker gets out of a sketch: the bounds that its noise promises, and what breaks them.

The three criteria of WP216 on anonymisation (singling out, linkability, inference) have a test
each; all of it in simulation (scripts/retention_scene.py).
"""

from __future__ import annotations

from datetime import date
from math import exp, sqrt
from statistics import NormalDist

import numpy as np
import pytest
from retention_attacks import auc, exact_embedding_auc, fresh_photo_auc
from retention_scene import Card, Shop

from chance_kit import dice
from fanlight.domain.privacy_budget import DELTA, Noise, best_auc
from fanlight.domain.revisit_features import FEATURES, LENGTH
from fanlight.vision.sketch import LiveSketch

VISITORS = 500
MARGIN = 0.02


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop(np.random.default_rng(3))


@pytest.fixture(scope="module")
def card(shop: Shop) -> Card:
    return Card.of_public(shop)


def crowd(shop: Shop, card: Card, noise: Noise, days: int) -> np.ndarray:
    """Noised sums (days, 128) of as many days of other people, in lengths of one visit."""
    sums = [
        card.vectors(shop.look(shop.people(VISITORS, shop.site_mean))).sum(axis=0)
        for _day in range(days)
    ]
    return np.array(sums) / LENGTH + noise.sigma * shop.rng.standard_normal((days, FEATURES))


def units(shop: Shop, card: Card, people: np.ndarray) -> np.ndarray:
    return card.vectors(shop.look(people)) / LENGTH


@pytest.mark.parametrize(("epsilon", "bound"), [(1, 0.566), (2, 0.624), (4, 0.723)])
def test_the_exact_embedding_with_everybody_else_known(
    shop: Shop, card: Card, epsilon: int, bound: float
) -> None:
    noise = Noise.for_epsilon(epsilon)
    assert best_auc(1 / noise.sigma) == pytest.approx(bound, abs=2e-3)
    found = exact_embedding_auc(shop, card, noise, dice(epsilon), 150)
    assert bound - 0.05 < found <= best_auc(1 / noise.sigma) + MARGIN


def test_a_fresh_photo_of_somebody_who_came_once(shop: Shop, card: Card) -> None:
    assert fresh_photo_auc(shop, card, Noise.for_epsilon(2), VISITORS, 40) <= 0.58


def test_singling_out(shop: Shop, card: Card) -> None:
    """Of 500 candidates one came: naming the likeliest is right hardly more often than chance.

    The others are unknown, as they are to anybody who has only the sketch. Differential privacy
    bounds it by e^epsilon / 500 + delta.
    """
    noise, trials, right = Noise.for_epsilon(2), 1500, 0
    days = crowd(shop, card, noise, 30)
    candidates = units(shop, card, shop.people(VISITORS, shop.site_mean))
    for _trial in range(trials):
        who = int(shop.rng.integers(VISITORS))
        released = days[shop.rng.integers(len(days))] + candidates[who]
        right += int(np.argmax(candidates @ released)) == who
    bound = exp(noise.epsilon) / VISITORS + DELTA
    assert right / trials <= bound + 3 * sqrt(bound / trials)


def test_linkability(shop: Shop, card: Card) -> None:
    """Two days' sketches, with one visitor in common or none, look the same."""
    noise, trials = Noise.for_epsilon(2), 600
    days = crowd(shop, card, noise, 40)
    linked, apart = np.empty(trials), np.empty(trials)
    for trial in range(trials):
        one, other = days[shop.rng.choice(len(days), 2, replace=False)]
        people = shop.people(2, shop.site_mean)
        same, again, stranger = units(shop, card, people[[0, 0, 1]])
        linked[trial] = (one + same) @ (other + again)
        apart[trial] = (one + same) @ (other + stranger)
    assert auc(linked, apart) <= 0.55


def test_inference(shop: Shop, card: Card) -> None:
    """Which of two looks a known visitor had (glasses or none), everybody else known.

    The two are as far apart as two people; a distance of d lengths is bounded by mu d.
    """
    noise = Noise.for_epsilon(2)
    with_it, without = units(shop, card, shop.people(2, shop.site_mean))
    apart = float(np.linalg.norm(with_it - without))
    draws = noise.sigma * shop.rng.standard_normal((2, 4000, FEATURES))
    towards = (with_it - without) / apart
    found = auc((with_it + draws[0]) @ towards, (without + draws[1]) @ towards)
    assert apart <= 2
    assert found <= NormalDist().cdf(apart / noise.sigma / sqrt(2)) + MARGIN
    assert found <= best_auc(2 / noise.sigma)


def test_the_device_seized_once_shows_noise_and_twice_shows_the_sum_between(
    shop: Shop, card: Card
) -> None:
    """docs/privacy/retention.md says so: two images of its memory on one day are the limit."""
    noise = Noise.for_epsilon(2)
    vectors = card.vectors(shop.look(shop.people(50, shop.site_mean)))
    hidden, empty = [], []
    for trial in range(150):
        for scores, came in ((hidden, True), (empty, False)):
            live = LiveSketch(dice(2 * trial + came))
            live.begin(noise)
            if came:
                live.add(vectors[:1])
            scores.append(float(live._state[:FEATURES] @ vectors[0]))
    assert auc(np.array(hidden), np.array(empty)) <= best_auc(noise.mu) + 3 * 0.033
    live = LiveSketch(dice(0))
    live.begin(noise)
    first_image = live._state.copy()
    live.add(vectors)
    second_image = live._state.copy()
    assert (second_image - first_image == [*vectors.sum(axis=0), len(vectors)]).all()


def test_nothing_of_the_live_sums_is_left_once_the_day_is_over() -> None:
    live = LiveSketch(dice(1))
    live.begin(Noise.for_epsilon(2))
    live.add(np.full((1, FEATURES), 90, np.int32))
    sketch = live.finish(date(2026, 11, 22))
    assert sketch is not None
    assert not live._state.any()
    assert live.finish(date(2026, 11, 22)) is None
    assert live.add(np.ones((1, FEATURES), np.int32)) == 0
    assert not live._state.any()
