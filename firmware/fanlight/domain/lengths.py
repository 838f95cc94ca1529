"""The distribution of visit lengths, by unmixing when people leave from when they came.

Exits at a time are entries before it, each delayed by a visit. The distribution of the delays is
the one under which the exits are most likely as Poisson counts, found by expectation-maximisation
(Shepp and Vardi, IEEE Trans. Med. Imaging 1, 1982). It is kept smooth by a sieve: a mixture of wide
kernels (Snyder and Miller, IEEE Trans. Nucl. Sci. 32, 1985).
"""

from __future__ import annotations

from functools import lru_cache
from math import lgamma
from typing import TYPE_CHECKING, Final

import numpy as np

from fanlight.domain.twelfths import MINUTES_EACH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Series = NDArray[np.float64]

SHAPE: Final = 6.0
KERNELS: Final = 14
SHORTEST_MIN: Final = 1.5
LONGEST_MIN: Final = 120.0
STEP_MIN: Final = 0.2
WIDEST_MIN: Final = 300.0
ROUNDS: Final = 600
UNEXPLAINED: Final = 0.03
"""The share of exits that no entry explains: their entries were missed, or they are false."""
UNEXPLAINED_OVER: Final = 25
MOST_HAVE_COME: Final = 0.95
"""Exits after this share of the day's entries tell of closing, not of how long people stay."""
SHARES: Final = (0.5, 0.9)


def quantiles(days: Sequence[tuple[Series, Series]]) -> tuple[float, ...]:
    """Return median and 90th percentile of the visits in minutes, from days of five-minute counts.

    Each day is its entries and its exits (n,).
    """
    weights = _unmixed(days)
    cumulated = np.cumsum(_densities() @ weights)
    cumulated /= cumulated[-1]
    middles = _middles_min() + STEP_MIN / 2
    return tuple(float(np.interp(share, cumulated, middles)) for share in SHARES)


def _unmixed(days: Sequence[tuple[Series, Series]]) -> Series:
    """Return the kernels' weights (KERNELS,) under which the exits are most likely."""
    expected = np.concatenate([_delayed(entries) for entries, _ in days])
    exits = np.concatenate([left for _, left in days])
    unexplained = np.concatenate([_spread_out(left) for _, left in days])
    used = np.concatenate([_before_closing(days, entries) for entries, _ in days])
    used &= (exits > 0) | (expected.sum(axis=1) > 1e-6)
    expected, exits, unexplained = expected[used], exits[used], unexplained[used]
    totals = expected.sum(axis=0)
    weights = np.full(KERNELS, 1 / KERNELS)
    for _ in range(ROUNDS):
        ratio = exits / (expected @ weights + unexplained + 1e-9)
        weights *= (expected.T @ ratio) / totals
    return weights


def _before_closing(days: Sequence[tuple[Series, Series]], entries: Series) -> NDArray[np.bool_]:
    """Return which stretches of a day (n,) lie before most have come: closing cuts visits short."""
    longest = max(len(came) for came, _ in days)
    typical = np.sum([np.pad(came, (0, longest - len(came))) for came, _ in days], axis=0)
    end = int(np.searchsorted(np.cumsum(typical), MOST_HAVE_COME * typical.sum()))
    return np.arange(len(entries)) <= end


def _delayed(entries: Series) -> Series:
    """Return the exits (n, KERNELS) that these entries give under each kernel."""
    size = 2 * len(entries)
    came = np.fft.rfft(entries, size)
    delays = np.fft.rfft(_delays()[: len(entries)], size, axis=0)
    whole = np.fft.irfft(came[:, None] * delays, size, axis=0)
    return np.maximum(whole[: len(entries)], 0.0)


def _spread_out(exits: Series) -> Series:
    """Return the exits that nothing explains: a share of all, spread over two hours."""
    return UNEXPLAINED * np.convolve(exits, np.full(UNEXPLAINED_OVER, 1 / UNEXPLAINED_OVER), "same")


@lru_cache(maxsize=1)
def _middles_min() -> Series:
    return np.asarray(np.arange(STEP_MIN / 2, WIDEST_MIN, STEP_MIN))


@lru_cache(maxsize=1)
def _densities() -> Series:
    """Return the kernels: Gamma densities (steps, KERNELS), their means evenly apart in ratio."""
    means = np.geomspace(SHORTEST_MIN, LONGEST_MIN, KERNELS)
    ratio = _middles_min()[:, None] / means * SHAPE
    density = np.exp((SHAPE - 1) * np.log(ratio) - ratio - lgamma(SHAPE)) * SHAPE / means
    return np.asarray(density * STEP_MIN)


@lru_cache(maxsize=1)
def _delays() -> Series:
    """Return how many stretches later people leave under each kernel: (lags, KERNELS).

    They came at any time within their five minutes, so a delay falls on two neighbouring lags.
    """
    lag, part = np.divmod(_middles_min() / MINUTES_EACH, 1.0)
    whole = lag.astype(np.int64)
    delays = np.zeros((int(whole[-1]) + 2, KERNELS))
    np.add.at(delays, whole, (1 - part)[:, None] * _densities())
    np.add.at(delays, whole + 1, part[:, None] * _densities())
    return delays
