"""The re-visit sketch's kernel, and its means over pairs: what the retention estimator needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

FEATURES = 128
ONE = 1024
AXES = 64
DRAWS = 12
"""Random features are drawn so often: each device has its own."""


@dataclass(frozen=True, slots=True)
class Axes:
    """The public `mean` (d,) and `matrix` (AXES, d): z = unit(matrix (x - mean))."""

    mean: np.ndarray
    matrix: np.ndarray

    def turned(self, vectors: np.ndarray) -> np.ndarray:
        """Return z of every vector, (n, AXES)."""
        moved = (vectors - self.mean) @ self.matrix.T
        return moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-12)


def axes_of(vectors: np.ndarray) -> Axes:
    """Return principal axes, each scaled by its eigenvalue^-1/4, of vectors (n, d >= AXES)."""
    mean = vectors.mean(axis=0)
    values, columns = np.linalg.eigh(np.cov(vectors - mean, rowvar=False))
    best = np.argsort(values)[::-1][:AXES]
    scaled = columns[:, best] * np.maximum(values[best], values[best[0]] * 1e-6) ** -0.25
    return Axes(mean.astype(np.float32), scaled.T.astype(np.float32))


def features(z: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return quad128 of z (n, AXES): integer-valued float64 (n, FEATURES), at most ONE long.

    phi_j = (a_j . z)(b_j . z) with random unit vectors a_j orthogonal to b_j; normalised, then cut
    to whole 1/ONE.
    """
    a, b = rng.standard_normal((2, FEATURES, z.shape[1]))
    a /= np.linalg.norm(a, axis=1, keepdims=True)
    b -= (a * b).sum(axis=1, keepdims=True) * a
    b /= np.linalg.norm(b, axis=1, keepdims=True)
    phi = (z @ a.T) * (z @ b.T)
    return np.trunc(ONE * phi / np.maximum(np.linalg.norm(phi, axis=1, keepdims=True), 1e-12))


def kernel_of_pairs(vectors: np.ndarray, axes: Axes, rows: np.ndarray, seed: int) -> np.ndarray:
    """Return the kernel v . v' / ONE^2 of pairs, (DRAWS, n), for several draws of the features."""
    rng = np.random.default_rng(seed)
    z = axes.turned(vectors)
    drawn = []
    for _ in range(DRAWS):
        v = features(z, rng)
        drawn.append(np.einsum("nj,nj->n", v[rows[:, 0]], v[rows[:, 1]]) / ONE**2)
    return np.stack(drawn)


def mean_over_people(
    values: np.ndarray, people: np.ndarray, rng: np.random.Generator, rounds: int = 400
) -> tuple[float, float, float]:
    """Return the mean of pairs' values and its 95 % interval.

    Everybody weighs the same however many pictures there are of them: `values` are averaged over
    the pairs of `people` (the first of each pair) before people are drawn with replacement.
    """
    everybody, index = np.unique(people, return_inverse=True)
    each = np.bincount(index, values) / np.bincount(index)
    drawn = each[rng.integers(len(everybody), size=(rounds, len(everybody)))].mean(axis=1)
    low, high = np.quantile(drawn, (0.025, 0.975))
    return float(each.mean()), float(low), float(high)
