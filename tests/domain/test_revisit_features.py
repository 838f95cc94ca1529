from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from fanlight.domain.revisit_features import LENGTH, QuadFeatures, Workbench

AXES = np.random.default_rng(0).standard_normal((64, 96)).astype(np.float32)
FEATURES_OF_96 = QuadFeatures.of_seed(np.full(96, 0.01, np.float32), AXES, b"seed")


@given(
    arrays.arrays(
        np.float32, (3, 96), elements=st.floats(width=32, allow_nan=True, allow_infinity=True)
    )
)
def test_no_embedding_however_odd_adds_more_than_one_visits_length(
    embeddings: np.ndarray,
) -> None:
    vectors = Workbench(FEATURES_OF_96, 3).vectors(embeddings)
    assert ((vectors.astype(np.int64) ** 2).sum(axis=1) <= LENGTH**2).all()
    for embedding, vector in zip(embeddings, vectors, strict=True):
        if not np.isfinite(embedding).all():
            assert not vector.any()


def test_what_has_no_direction_is_refused() -> None:
    bench = Workbench(FEATURES_OF_96, 3)
    nothing = np.stack([FEATURES_OF_96.mean, np.full(96, np.nan), np.full(96, np.inf)])
    assert not bench.vectors(nothing.astype(np.float32)).any()


def test_an_ordinary_embedding_uses_nearly_the_whole_length() -> None:
    rng = np.random.default_rng(1)
    looks = rng.standard_normal((50, 96)).astype(np.float32)
    vectors = Workbench(FEATURES_OF_96, 50).vectors(looks).astype(np.float64)
    lengths = np.linalg.norm(vectors, axis=1)
    assert (lengths > 0.99 * LENGTH).all()
    assert (lengths <= LENGTH).all()


def test_the_steps_are_those_of_the_specification() -> None:
    """quad128 written out once more, in double precision, one number at a time."""
    features = FEATURES_OF_96
    look = np.random.default_rng(2).standard_normal(96).astype(np.float32)
    z = features.matrix.astype(np.float64) @ (look.astype(np.float64) - features.mean)
    z /= np.linalg.norm(z)
    phi = np.array(
        [(a @ z) * (b @ z) for a, b in zip(features.first, features.second, strict=True)]
    )
    expected = np.trunc(1024 * phi / np.linalg.norm(phi))
    found = Workbench(features).vectors(look[None])[0]
    assert np.abs(found - expected).max() <= 1
    assert (found != expected).mean() < 0.05
    assert np.abs((features.first * features.second).sum(axis=1)).max() < 1e-6


def test_the_same_seed_gives_the_same_features_for_ever() -> None:
    features = QuadFeatures.of_seed(np.zeros(8, np.float32), np.eye(8, dtype=np.float32), b"door")
    assert features.first[0, :3] == pytest.approx([-0.19600, 0.10853, 0.42174], abs=1e-4)


def test_a_scrubbed_bench_holds_nothing() -> None:
    bench = Workbench(FEATURES_OF_96)
    view = bench.vectors(np.ones((1, 96), np.float32))
    assert view.any()
    bench.scrub()
    assert not view.any()
    buffers = [value for value in vars(bench).values() if isinstance(value, np.ndarray)]
    assert len(buffers) == 7
    assert not any(buffer.any() for buffer in buffers)
