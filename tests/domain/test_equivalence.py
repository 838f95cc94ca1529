"""The equivalence test: how seldom it is wrong, and how it asks for more."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.domain.crossings import Direction
from fanlight.domain.equivalence import (
    Block,
    Equivalence,
    Margin,
    Outcome,
    blocks_of,
    equivalence,
    rate_bounds,
)
from fanlight.domain.scoring import Agreement, Passage

RUNS = 250
SOMEBODY = Passage(0.0, Direction.IN)


def checked(true: int, missed: int, false: int) -> Agreement:
    return Agreement(true - missed, (SOMEBODY,) * missed, (SOMEBODY,) * false)


def simulated(
    rng: np.random.Generator, minutes: int, miss: float, false: float, together: float = 0.0
) -> Equivalence:
    """A check of eight people a minute, whose misses come together in bad minutes."""
    blocks, missed, extra = [], 0, 0
    for _ in range(minutes):
        true = int(rng.poisson(8))
        bad = rng.random() < 0.2
        rate = miss * (1 + 4 * together) if bad else miss * (1 - together)
        lost, more = int(rng.binomial(true, min(rate, 1.0))), int(rng.poisson(true * false))
        missed, extra = missed + lost, extra + more
        blocks.append(Block(true, true - lost + more))
    total = sum(block.true for block in blocks)
    return equivalence(checked(total, missed, extra), blocks, Margin())


@pytest.mark.parametrize("minutes", [10, 40, 150])
@pytest.mark.parametrize(("miss", "false"), [(0.05, 0.0), (0.08, 0.03), (0.0, 0.05)])
@pytest.mark.parametrize("together", [0.0, 0.9])
def test_a_counter_at_the_margin_is_seldom_accepted(
    minutes: int, miss: float, false: float, together: float
) -> None:
    """The risk that is stated is the risk that is taken."""
    rng = np.random.default_rng(2)
    outcomes = [simulated(rng, minutes, miss, false, together).outcome for _ in range(RUNS)]
    assert outcomes.count(Outcome.ACCEPTED) <= RUNS * 0.05 + 2.6 * (RUNS * 0.05 * 0.95) ** 0.5


def test_a_good_counter_is_accepted_and_a_bad_one_rejected_when_enough_was_checked() -> None:
    rng = np.random.default_rng(3)
    good = [simulated(rng, 150, 0.01, 0.01).outcome for _ in range(50)]
    bad = [simulated(rng, 150, 0.12, 0.01).outcome for _ in range(50)]
    assert good.count(Outcome.ACCEPTED) == 50
    assert bad.count(Outcome.REJECTED) >= 48


def test_a_few_crossings_without_an_error_prove_nothing() -> None:
    found = equivalence(checked(16, 0, 0), [Block(8, 8), Block(8, 8)], Margin())
    assert found.outcome is Outcome.UNDECIDED
    assert found.more is not None
    assert 50 <= found.more <= 300


def test_what_is_asked_for_is_enough_four_times_out_of_five() -> None:
    rng = np.random.default_rng(4)
    decided = []
    for _ in range(200):
        first = simulated(rng, 6, 0.02, 0.01)
        if first.outcome is Outcome.UNDECIDED and first.more is not None and first.more < 4000:
            again = simulated(rng, 6 + first.more // 8 + 1, 0.02, 0.01)
            decided.append(again.outcome is not Outcome.UNDECIDED)
    assert len(decided) > 50
    assert np.mean(decided) >= 0.65


def test_a_bias_at_the_margin_can_be_told_by_no_number() -> None:
    found = equivalence(checked(100, 5, 0), [], Margin())
    assert found.more is None


@given(st.integers(1, 2000), st.data())
def test_the_interval_holds_the_bias(true: int, data: st.DataObject) -> None:
    missed = data.draw(st.integers(0, true))
    false = data.draw(st.integers(0, true))
    found = equivalence(checked(true, missed, false), [], Margin())
    assert found.low <= found.bias <= found.high
    assert found.bias == pytest.approx((false - missed) / true)


def test_without_people_there_is_no_check() -> None:
    with pytest.raises(ValueError, match="no crossing"):
        equivalence(checked(0, 0, 3), [], Margin())


@pytest.mark.parametrize(("margin", "risk"), [(0.0, 0.05), (0.05, 0.5), (-1.0, 0.1)])
def test_margins_that_mean_nothing_are_refused(margin: float, risk: float) -> None:
    with pytest.raises(ValueError, match="margin"):
        Margin(margin, risk)


def test_minutes_without_anybody_say_nothing() -> None:
    truth = [Passage(1.0, Direction.IN), Passage(61.0, Direction.IN)]
    agreement = Agreement(1, (truth[1],), (Passage(200.0, Direction.OUT),))
    assert blocks_of(truth, agreement) == [Block(1, 1), Block(1, 0), Block(0, 1)]


@pytest.mark.parametrize("true", [20, 100, 1000])
@pytest.mark.parametrize("rate", [0.0, 0.03, 0.2])
def test_rates_lie_within_their_bounds(true: int, rate: float) -> None:
    rng = np.random.default_rng(5)
    inside = []
    for _ in range(500):
        low, high = rate_bounds(true, int(rng.binomial(true, rate)), shared=True)
        inside.append(low <= rate <= high or (rate == 0.0 and low < 0.01))
    assert np.mean(inside) >= 0.9
