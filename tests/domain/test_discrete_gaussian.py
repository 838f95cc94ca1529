"""The noise is exact: its probabilities are computed in fractions, choice by choice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from fractions import Fraction
from heapq import heappop, heappush
from math import exp
from typing import Any

import pytest

from chance_kit import dice
from fanlight.domain import discrete_gaussian as module
from fanlight.domain.discrete_gaussian import _happens_exp, discrete_gaussian

Draw = Callable[[Callable[[int], int]], int]


MOST_NUMBERS = 4


class Undecided(Exception):
    """A run of the sampler asks for one choice more than it was given."""

    def __init__(self, chances: dict[int, Fraction]) -> None:
        super().__init__(chances)
        self.chances = chances


class Retried(Exception):
    """A rejection sampler begins anew: what it gives in the end is what its first tries give."""


class Toss:
    """A draw that is only ever asked whether it is below a number: two choices instead of many."""

    def __init__(self, ways: int, choose: Callable[[dict[int, Fraction]], int]) -> None:
        self._ways = ways
        self._choose = choose

    def __lt__(self, bound: int) -> bool:
        below = Fraction(min(bound, self._ways), self._ways)
        return self._choose({1: below, 0: 1 - below}) == 1


def exact_probabilities(draw: Draw, most_left: Fraction) -> tuple[dict[int, Fraction], Fraction]:
    """Follow every choice the sampler can make; return what is certain, and the mass left open."""
    certain: dict[int, Fraction] = defaultdict(Fraction)
    left, rejected = Fraction(1), Fraction(0)
    waiting: list[tuple[float, tuple[int, ...], Fraction]] = [(-1.0, (), Fraction(1))]
    while left > most_left:
        _priority, choices, mass = heappop(waiting)
        given = list(reversed(choices))

        def choose(chances: dict[int, Fraction], given: list[int] = given) -> int:
            if not given:
                raise Undecided(chances)
            return given.pop()

        def randbelow(ways: int, choose: Any = choose) -> Any:  # noqa: ANN401 - number or toss
            if ways > MOST_NUMBERS:
                return Toss(ways, choose)
            return choose(dict.fromkeys(range(ways), Fraction(1, ways)))

        randbelow.choose = choose  # type: ignore[attr-defined]
        try:
            certain[draw(randbelow)] += mass
            left -= mass
        except Retried:
            rejected += mass
            left -= mass
        except Undecided as undecided:
            for choice, chance in undecided.chances.items():
                if chance:
                    part = mass * chance
                    heappush(waiting, (-float(part), (*choices, choice), part))
    tried = 1 - rejected
    return {x: mass / tried for x, mass in certain.items()}, left / tried


@pytest.mark.parametrize(("numerator", "denominator"), [(0, 1), (1, 3), (1, 1), (5, 2)])
def test_exp_is_exact(numerator: int, denominator: int) -> None:
    certain, left = exact_probabilities(
        lambda randbelow: _happens_exp(numerator, denominator, randbelow), Fraction(1, 1000)
    )
    low, high = certain[True], certain[True] + left
    assert float(low) <= exp(-numerator / denominator) + 1e-12
    assert exp(-numerator / denominator) <= float(high) + 1e-12


def check(certain: dict[int, Fraction], left: Fraction, weights: dict[int, float]) -> None:
    total = sum(weights.values())
    assert len(certain) >= 5
    for x, mass in certain.items():
        assert float(mass) <= weights[x] / total + 1e-12
        assert weights[x] / total <= float(mass + left) + 1e-12


def coin(above: int, below: int, randbelow: Any) -> bool:  # noqa: ANN401 - number or toss
    """What `_happens_exp` has been shown to be."""
    head = Fraction(exp(-above / below))
    return randbelow.choose({1: head, 0: 1 - head}) == 1


@pytest.mark.parametrize("scale", [3, 4])
def test_every_probability_is_that_of_the_discrete_laplace(
    scale: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_happens_exp", coin)

    def first_try(randbelow: Any) -> int:  # noqa: ANN401 - number or toss
        tries = 0

        def once(ways: int) -> int:
            nonlocal tries
            tries += ways == scale
            if tries > 1:
                raise Retried
            return int(randbelow(ways))

        once.choose = randbelow.choose  # type: ignore[attr-defined]
        return module._discrete_laplace(scale, once)

    weights = {x: exp(-abs(x) / scale) for x in range(-200, 201)}
    check(*exact_probabilities(first_try, Fraction(1, 10_000)), weights)


@pytest.mark.parametrize(("numerator", "denominator"), [(1, 2), (1, 1), (7, 2)])
def test_every_probability_is_that_of_the_discrete_gaussian(
    numerator: int, denominator: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_happens_exp", coin)

    def first_try(randbelow: Any) -> int:  # noqa: ANN401 - number or toss
        tries = 0

        def laplace(scale: int, randbelow: Any) -> int:  # noqa: ANN401 - number or toss
            nonlocal tries
            tries += 1
            if tries > 1:
                raise Retried
            weights = {x: Fraction(exp(-abs(x) / scale)) for x in range(-60, 61)}
            total = sum(weights.values())
            return int(randbelow.choose({x: each / total for x, each in weights.items()}))

        monkeypatch.setattr(module, "_discrete_laplace", laplace)
        return discrete_gaussian(numerator, denominator, randbelow)

    weights = {x: exp(-x * x * denominator / (2 * numerator)) for x in range(-60, 61)}
    check(*exact_probabilities(first_try, Fraction(1, 1000)), weights)


def test_a_large_scale_has_the_right_moments() -> None:
    draws = [discrete_gaussian(2283**2, 1, dice(seed)) for seed in range(4000)]
    mean = sum(draws) / len(draws)
    assert abs(mean) < 4 * 2283 / len(draws) ** 0.5
    variance = sum(x * x for x in draws) / len(draws)
    assert abs(variance / 2283**2 - 1) < 4 * (2 / len(draws)) ** 0.5


@pytest.mark.parametrize(("numerator", "denominator"), [(0, 1), (-1, 1), (1, 0)])
def test_no_variance_is_refused(numerator: int, denominator: int) -> None:
    with pytest.raises(ValueError, match="is no variance"):
        discrete_gaussian(numerator, denominator, dice(0))
