"""Whole-number Gaussian noise, exact to the last bit.

Canonne, Kamath, Steinke: The Discrete Gaussian for Differential Privacy (NeurIPS 2020),
algorithms 1 to 3. Everything is done in integers: no floating-point number is ever rounded, so the
attacks on rounded noise (Mironov, CCS 2012) find nothing to hold on to.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isqrt

RandBelow = Callable[[int], int]
"""Draws a whole number from 0 to below its argument, each equally likely: `secrets.randbelow`."""


def discrete_gaussian(numerator: int, denominator: int, randbelow: RandBelow) -> int:
    """Draw x with probability proportional to exp(-x^2 / (2 s)), s = numerator / denominator.

    Raises:
        ValueError: s is not positive.
    """
    if numerator <= 0 or denominator <= 0:
        raise ValueError(f"{numerator}/{denominator} is no variance: both must be positive")
    scale = isqrt(numerator // denominator) + 1
    while True:
        x = _discrete_laplace(scale, randbelow)
        off = abs(x) * denominator * scale - numerator
        if _happens_exp(off * off, 2 * numerator * denominator * scale * scale, randbelow):
            return x


def _discrete_laplace(scale: int, randbelow: RandBelow) -> int:
    """Draw x with probability proportional to exp(-|x| / scale)."""
    while True:
        fine = randbelow(scale)
        if not _happens_exp(fine, scale, randbelow):
            continue
        coarse = 0
        while _happens_exp(1, 1, randbelow):
            coarse += 1
        x = fine + scale * coarse
        is_negative = randbelow(2) == 1
        if not (is_negative and x == 0):
            return -x if is_negative else x


def _happens_exp(numerator: int, denominator: int, randbelow: RandBelow) -> bool:
    """Return True with probability exp(-numerator / denominator)."""
    for _whole in range(numerator // denominator):
        if not _happens_exp_below_1(1, 1, randbelow):
            return False
    return _happens_exp_below_1(numerator % denominator, denominator, randbelow)


def _happens_exp_below_1(numerator: int, denominator: int, randbelow: RandBelow) -> bool:
    """Return True with probability exp(-numerator / denominator), for fractions from 0 to 1."""
    k = 1
    while randbelow(denominator * k) < numerator:
        k += 1
    return k % 2 == 1
