"""The kernel means of the cards are of the very kernel that the device computes."""

from __future__ import annotations

import numpy as np
import pytest
from models.train_embedder.kernel import ONE, Axes, axes_of, features, kernel_of_pairs

from fanlight.domain.revisit_features import QuadFeatures, Workbench
from fanlight.vision.embedder import load_embedder
from vision.embedder_kit import EMBEDDERS, KINDS

PAIRS = 400


def unit(vectors: np.ndarray) -> np.ndarray:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def likely_pairs(axes: Axes) -> np.ndarray:
    """Vectors round the public mean, every second one near the one before it."""
    rng = np.random.default_rng(1)
    first = rng.standard_normal((PAIRS, len(axes.mean)))
    second = first + 0.5 * rng.standard_normal(first.shape)
    return unit(np.stack([first, second], 1).reshape(2 * PAIRS, -1) / 8 + axes.mean)


@pytest.mark.parametrize("kind", KINDS)
def test_recipe_and_device_agree_on_the_kernel(kind: str) -> None:
    projection = load_embedder(EMBEDDERS / kind).projection
    axes = Axes(projection.mean, projection.matrix)
    vectors = likely_pairs(axes)
    rows = np.arange(2 * PAIRS).reshape(PAIRS, 2)
    recipe = kernel_of_pairs(vectors, axes, rows, 7).mean(axis=1)
    device = []
    for seed in range(8):
        quad = QuadFeatures.of_seed(projection.mean, projection.matrix, bytes([seed]))
        v = Workbench(quad, len(vectors)).vectors(vectors).astype(np.int64)
        device.append((v[::2] * v[1::2]).sum(axis=1).mean() / ONE**2)
    assert np.mean(device) == pytest.approx(recipe.mean(), abs=0.02)


def test_no_feature_vector_is_longer_than_one() -> None:
    rng = np.random.default_rng(3)
    z = unit(rng.standard_normal((500, 64)))
    v = features(z, rng)
    assert ((v**2).sum(axis=1) <= ONE**2).all()
    assert np.array_equal(v, np.trunc(v))


def test_principal_axes_leave_equal_shares_of_the_fourth_root() -> None:
    """Scaled by eigenvalue^-1/4, variances become square roots of what they were."""
    rng = np.random.default_rng(4)
    vectors = rng.standard_normal((4000, 70)) * np.linspace(2, 0.1, 70)
    axes = axes_of(vectors)
    before = np.sort(np.linalg.eigvalsh(np.cov(vectors, rowvar=False)))[::-1][:64]
    after = np.var((vectors - axes.mean) @ axes.matrix.T, axis=0)
    assert after == pytest.approx(np.sqrt(before), rel=0.02)
