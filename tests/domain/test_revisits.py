from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from chance_kit import dice
from fanlight.domain.privacy_budget import Noise
from fanlight.domain.revisit_estimate import FREE_LAGS, Kernel, fit, student_t
from fanlight.domain.revisit_features import FEATURES, QuadFeatures, Workbench
from fanlight.domain.revisit_guards import answer
from fanlight.domain.revisit_series import Series, SeriesKey
from fanlight.domain.revisit_visitors import least_visitors
from fanlight.domain.revisits import (
    DayFacts,
    DaySketch,
    Dropped,
    Pair,
    Revisits,
    draw_noise,
    pair_of,
)

START = date(2026, 1, 1)
NOISE = Noise.for_epsilon(2)
KERNEL = Kernel(0.46)
AXES = np.random.default_rng(0).standard_normal((64, 96)).astype(np.float32)
FEATURES_OF_96 = QuadFeatures.of_seed(np.full(96, 0.01, np.float32), AXES, b"seed")


def day(number: int) -> date:
    return START + timedelta(days=number)


def sketch(number: int, visits: int = 500, seed: int = 0) -> DaySketch:
    draws = draw_noise(NOISE, dice(1000 * seed + number))
    return DaySketch(day(number), tuple(draws[:FEATURES].tolist()), visits)


def months(days: int, visits: int = 500) -> Revisits:
    revisits = Revisits()
    for number in range(days):
        revisits = revisits.closed(sketch(number, visits), visits, NOISE)
    return revisits


def test_the_ring_holds_eight_days_and_each_pair_outlives_it() -> None:
    revisits = months(20)
    assert [each.day for each in revisits.ring] == [day(number) for number in range(12, 20)]
    assert {pair.lag for pair in revisits.pairs} == set(range(8))
    assert len(revisits.pairs) == sum(min(number, 7) + 1 for number in range(20))


def test_a_ring_waits_for_no_one() -> None:
    """A sketch that can no longer be paired is deleted, whatever happened since."""
    revisits = months(8).dropped(day(11), 0, Dropped.RESTARTED)
    assert [each.day for each in revisits.ring] == [day(number) for number in range(4, 8)]
    assert months(8).trimmed(day(40)).ring == ()
    assert months(8).trimmed(day(40)).pairs == months(8).pairs


def test_days_of_a_clock_that_went_ahead_are_forgotten() -> None:
    wrong = months(12).trimmed(day(5))
    assert [facts.day for facts in wrong.days] == [day(number) for number in range(6)]
    assert all(pair.later <= day(5) for pair in wrong.pairs)
    assert [each.day for each in wrong.ring] == [day(4), day(5)]
    assert wrong.closed(sketch(6), 500, NOISE).days[-1].day == day(6)


def test_a_day_that_is_not_later_is_refused() -> None:
    with pytest.raises(ValueError, match="is not after"):
        months(3).closed(sketch(2), 500, NOISE)


def test_a_pair_is_the_product_of_means() -> None:
    one, other = sketch(0, 400), sketch(3, 250)
    expected = np.dot(one.sums, np.array(other.sums, float)) / 1024**2 / 400 / 250
    assert pair_of(one, other, NOISE) == Pair(day(0), 3, pytest.approx(expected))


def test_a_day_with_itself_is_freed_of_its_noise_and_its_selves() -> None:
    values = [pair_of(each, each, NOISE).value for each in (sketch(0, 500, s) for s in range(40))]
    noise_alone = np.mean(values) + 500 / 500**2
    assert abs(noise_alone) < 4 * np.std(values) / 40**0.5


@pytest.mark.parametrize("lag", [0, 1, 2, 3, 7])
def test_a_share_put_into_the_pairs_comes_out_again(lag: int) -> None:
    rng = np.random.default_rng(lag)
    effects = rng.normal(1e-3, 2e-4, 60)
    days = [DayFacts(day(number), 500, 500) for number in range(60)]
    couples = 2 if lag == 0 else 1
    pairs = [
        Pair(
            day(first),
            each,
            effects[first] + effects[first + each] + (each == lag) * couples * 0.2 * 0.46 / 500,
        )
        for first in range(60)
        for each in range(8)
        if first + each < 60
    ]
    found = fit(pairs, days, KERNEL)
    assert found is not None
    for each in FREE_LAGS:
        assert found.shares[each].best == pytest.approx(0.2 * (each == lag), abs=1e-9)
    assert found.shares[lag].half == pytest.approx(0.15 * 0.2, rel=1e-6)
    assert found.placebo == pytest.approx(0, abs=1e-9)


def test_embedding_half_of_the_visits_does_not_halve_the_share() -> None:
    """N in the share is what was counted; the sums hold a half, and so do the means."""
    days = [DayFacts(day(number), 250, 500) for number in range(30)]
    pairs = [
        Pair(day(first), lag, 1e-3 + (lag == 1) * 0.2 * 0.46 / 500)
        for first in range(30)
        for lag in range(8)
        if first + lag < 30
    ]
    found = fit(pairs, days, KERNEL)
    assert found is not None
    assert found.shares[1].best == pytest.approx(0.2)


def test_few_pairs_determine_nothing() -> None:
    revisits = months(6)
    assert fit(revisits.pairs, revisits.days, KERNEL) is None
    assert fit((), (), KERNEL) is None


def test_students_t_is_the_tables() -> None:
    from scipy.stats import t  # noqa: PLC0415 - one test's peer

    for freedom in (10, 60, 500):
        assert student_t(freedom) == pytest.approx(t.ppf(0.95, freedom), rel=1e-3)


def test_a_card_without_likeness_is_refused() -> None:
    with pytest.raises(ValueError, match="is not above"):
        Kernel.of_card(0.01, 0.02, (0.0, 0.1))
    assert Kernel.of_card(0.5, 0.1, (0.49, 0.51)).error == 0.15
    assert Kernel.of_card(0.5, 0.1, (0.4, 0.6)).error == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("days", "visits", "because"),
    [
        (27, 1000, "only 27 of the 28 days needed are valid"),
        (60, 150, "150 visits a day are too few; at least 200"),
        (60, 300, "with 300 visits a day 84 valid days are needed, and there are 60"),
        (60, 90, "only 0 of the 28 days needed are valid"),
        (28, 500, "the interval would be"),
    ],
)
def test_too_little_is_said_and_not_guessed(days: int, visits: int, because: str) -> None:
    (found,) = answer(months(days, visits), KERNEL, [1]).answers
    assert found.share is None
    assert because in found.because


def test_enough_visits_on_enough_days_are_told_with_an_interval() -> None:
    (found,) = answer(months(60, 5000), KERNEL, [1]).answers
    assert found.share is not None
    assert found.share.low < 0.0 < found.share.high
    assert found.share.half <= 0.10


def test_a_picture_that_drifted_is_not_believed() -> None:
    revisits = months(60, 5000)
    apart = tuple(
        Pair(pair.day, pair.lag, pair.value + (0.005 if pair.lag == 0 else 0.0))
        for pair in revisits.pairs
    )
    (found,) = answer(Revisits((), apart, revisits.days), KERNEL, [1]).answers
    assert "the picture has drifted (0.069" in found.because


def test_an_uneven_background_is_not_believed() -> None:
    revisits = months(60, 5000)
    uneven = tuple(
        Pair(pair.day, pair.lag, pair.value + (1e-4 if pair.lag == 5 else 0.0))
        for pair in revisits.pairs
    )
    (found,) = answer(Revisits((), uneven, revisits.days), KERNEL, [1]).answers
    assert "lag 5 stands out by +" in found.because


def test_days_mostly_not_embedded_do_not_count() -> None:
    revisits = months(40, 600)
    sparse = tuple(DayFacts(each.day, each.visits, 1300) for each in revisits.days)
    assert answer(Revisits((), revisits.pairs, sparse), KERNEL, [1]).days == 0


def test_a_lag_that_is_not_free_is_refused() -> None:
    with pytest.raises(ValueError, match="lag 5 is not on offer"):
        answer(Revisits(), KERNEL, [5])


def test_the_least_number_of_visitors_is_below_the_truth() -> None:
    """One person who comes 40 times a day, and a crowd of strangers."""
    rng = np.random.default_rng(5)
    bench = Workbench(FEATURES_OF_96, 300)
    strangers = bench.vectors(rng.standard_normal((7 * 260, 96)).astype(np.float32)[:300]).copy()
    regular = bench.vectors(rng.standard_normal((1, 96)).astype(np.float32)).copy()
    revisits = Revisits()
    for number in range(7):
        draws = draw_noise(NOISE, dice(number))[:FEATURES]
        sums = draws + strangers[number * 40 : number * 40 + 40].sum(axis=0) + 80 * regular[0]
        revisits = revisits.closed(DaySketch(day(number), tuple(sums.tolist()), 120), 120, NOISE)
    found = least_visitors(revisits, Kernel(1.0), NOISE)
    assert found is not None
    assert (found.visits, found.days) == (840, 7)
    assert 1 <= found.least <= 281


def test_a_series_refuses_a_second_sketch_of_a_day() -> None:
    series = Series(SeriesKey("sha", 2, "00")).with_day_begun(day(0))
    assert not series.is_new(day(0))
    assert series.is_new(day(1))
    closed = series.with_day_closed(sketch(0), 500)
    assert not closed.is_new(day(0))
    assert closed.begun is None


@pytest.mark.parametrize("sums", [(0,) * 127, (2**31,) + (0,) * 127])
def test_a_sketch_is_128_sums_of_32_bits(sums: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="128 sums"):
        DaySketch(START, sums, 1)
