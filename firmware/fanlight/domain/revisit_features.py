"""quad128: an embedding becomes 128 whole numbers of bounded length, quadratic in what it shows."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import shake_256
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

FEATURES = 128
LENGTH = 1024
"""No visit adds a vector longer than this to a sketch."""


@dataclass(frozen=True, slots=True, eq=False)
class QuadFeatures:
    """z = unit(matrix (x - mean)), phi_j = (a_j . z)(b_j . z), v = trunc(1024 phi / |phi|).

    `mean` (d,) and `matrix` (p, d) are the public mean and scaled principal axes that ship with
    the embedder; `first` and `second` (128, p) hold the a_j and b_j, unit vectors with a_j
    orthogonal to b_j. Products of two projections forget the sign and, to first order, the shift
    of all embeddings by light, which sums of single projections do not.
    """

    mean: Floats
    matrix: Floats
    first: Floats
    second: Floats

    @staticmethod
    def of_seed(mean: Floats, matrix: Floats, seed: bytes) -> QuadFeatures:
        """Return the features of a series; the same seed gives the same features for ever.

        Raises:
            ValueError: mean and matrix do not fit together.
        """
        if mean.ndim != 1 or matrix.ndim != 2 or matrix.shape[1] != len(mean) or len(matrix) < 2:
            raise ValueError(f"mean {mean.shape} and matrix {matrix.shape} do not fit together")
        draws = _normals(seed, 2 * FEATURES * len(matrix)).reshape(2, FEATURES, len(matrix))
        first = draws[0] / np.linalg.norm(draws[0], axis=1, keepdims=True)
        second = draws[1] - (draws[1] * first).sum(axis=1, keepdims=True) * first
        second /= np.linalg.norm(second, axis=1, keepdims=True)
        return QuadFeatures(
            mean.astype(np.float32),
            matrix.astype(np.float32),
            first.astype(np.float32),
            second.astype(np.float32),
        )


class Workbench:
    """Turns embeddings into vectors, up to `rows` at a time, in buffers that are overwritten.

    Every intermediate result is written into these buffers, so that `scrub` leaves nothing.
    """

    def __init__(self, features: QuadFeatures, rows: int = 1) -> None:
        self._features = features
        axes, dimensions = features.matrix.shape
        self._centred = np.zeros((rows, dimensions), np.float32)
        self._axes = np.zeros((rows, axes), np.float32)
        self._squares = np.zeros((rows, axes), np.float32)
        self._products = np.zeros((rows, FEATURES), np.float32)
        self._others = np.zeros((rows, FEATURES), np.float32)
        self._lengths = np.zeros((rows, 1), np.float32)
        self._vectors = np.zeros((rows, FEATURES), np.int32)

    def vectors(self, embeddings: Floats) -> NDArray[np.int32]:
        """Return the vectors (n, 128) of embeddings (n, d), all zeros for one that is refused.

        Refused is what is not finite or has no direction. The result is a view of the workbench's
        own memory until the next call or `scrub`.

        Raises:
            ValueError: a vector is longer than 1024, so that its privacy would not be bounded.
        """
        rows = slice(0, len(embeddings))
        with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
            np.subtract(embeddings, self._features.mean, out=self._centred[rows])
            self._multiply(rows)
            np.multiply(self._products[rows], LENGTH, out=self._products[rows])
        _zero_where_broken(self._products[rows])
        np.copyto(self._vectors[rows], self._products[rows], casting="unsafe")
        np.multiply(self._vectors[rows], self._vectors[rows], out=self._others[rows])
        if (np.sum(self._others[rows], axis=1, dtype=np.float64) > LENGTH**2).any():
            raise ValueError(f"a vector is longer than {LENGTH}")
        return self._vectors[rows]

    def scrub(self) -> None:
        """Overwrite every buffer, and what the matrix products keep between calls."""
        everything = slice(0, len(self._centred))
        for buffer in (self._centred, self._vectors, self._lengths):
            buffer.fill(0)
        with np.errstate(invalid="ignore", divide="ignore"):
            self._multiply(everything)
        for buffer in (self._axes, self._squares, self._products, self._others, self._lengths):
            buffer.fill(0)

    def _multiply(self, rows: slice) -> None:
        """Go from the centred embeddings to phi / |phi|."""
        features, axes, products = self._features, self._axes[rows], self._products[rows]
        np.matmul(self._centred[rows], features.matrix.T, out=axes)
        self._shorten(axes, self._squares[rows], rows)
        np.matmul(axes, features.first.T, out=products)
        np.matmul(axes, features.second.T, out=self._others[rows])
        np.multiply(products, self._others[rows], out=products)
        self._shorten(products, self._others[rows], rows)

    def _shorten(self, vectors: Floats, squares: Floats, rows: slice) -> None:
        """Bring vectors to length 1; one without length becomes NaN."""
        lengths = self._lengths[rows]
        np.multiply(vectors, vectors, out=squares)
        np.sum(squares, axis=1, keepdims=True, out=lengths)
        np.sqrt(lengths, out=lengths)
        np.divide(vectors, lengths, out=vectors)


def _zero_where_broken(vectors: Floats) -> None:
    """Clear the rows that hold a number which is not finite."""
    broken = ~np.isfinite(vectors).all(axis=1)
    if broken.any():
        vectors[broken] = 0


def _normals(seed: bytes, count: int) -> NDArray[np.float64]:
    """Return standard normal numbers from a hash (Box-Muller): no library changes them."""
    words = np.frombuffer(shake_256(seed).digest(16 * count), "<u8").reshape(2, count)
    chances = ((words >> np.uint64(11)).astype(np.float64) + 0.5) / 2.0**53
    normals: NDArray[np.float64] = np.sqrt(-2 * np.log(chances[0])) * np.cos(2 * np.pi * chances[1])
    return normals
