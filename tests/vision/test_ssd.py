"""The decoder against a plain, slow reading of the same definition."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanlight.ports.errors import Rejected
from fanlight.vision.interpreter import TensorSpec
from fanlight.vision.model import Anchors, Input, SsdManifest, Threshold
from fanlight.vision.ssd import SsdDecoder, read_anchors, suppress

if TYPE_CHECKING:
    from pathlib import Path

ANCHORS = 40
BOXES = TensorSpec("boxes", (1, ANCHORS, 4), np.dtype(np.uint8), 0.1, 165)
SCORES = TensorSpec("scores", (1, ANCHORS, 2), np.dtype(np.uint8), 1 / 256, 0)
MANIFEST = SsdManifest(
    schema=1,
    name="test",
    version="1.0.0",
    licence="none",
    file="model.tflite",
    sha256="0" * 64,
    input=Input(width=300, height=300),
    anchors=Anchors(file="anchors.npy", sha256="0" * 64),
    threshold=Threshold(overhead=0.3, oblique=0.3),
)


def overlap(a: list[float], b: list[float]) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    area = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return width * height / (area - width * height)


def plain_suppress(boxes: list[list[float]], limit: float) -> list[int]:
    kept: list[int] = []
    for place, box in enumerate(boxes):
        if all(overlap(boxes[better], box) <= limit for better in kept):
            kept.append(place)
    return kept


def plain_decode(boxes: np.ndarray, scores: np.ndarray, anchors: np.ndarray) -> list[list[float]]:
    found = []
    for code, score, (top, left, bottom, right) in zip(boxes, scores, anchors, strict=True):
        y, x, a, b = ((float(stored) - 165) * 0.1 for stored in code)
        height, width = bottom - top, right - left
        centre_y, centre_x = (
            (top + bottom) / 2 + y / 10 * height,
            (left + right) / 2 + x / 10 * width,
        )
        half_h, half_w = math.exp(a / 5) * height / 2, math.exp(b / 5) * width / 2
        corners = (centre_x - half_w, centre_y - half_h, centre_x + half_w, centre_y + half_h)
        if score[1] / 256 >= 0.3:
            found.append([score[1] / 256, *(min(max(corner, 0.0), 1.0) for corner in corners)])
    return found


@given(seed=st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_decoding_agrees_with_the_definition(seed: int) -> None:
    rng = np.random.default_rng(seed)
    boxes = rng.integers(120, 210, (1, ANCHORS, 4)).astype(np.uint8)
    scores = np.zeros((1, ANCHORS, 2), np.uint8)
    scores[0, :, 1] = rng.permutation(256)[:ANCHORS]
    corner = rng.uniform(0, 0.7, (ANCHORS, 2))
    anchors = np.hstack((corner, corner + rng.uniform(0.05, 0.3, (ANCHORS, 2)))).astype(np.float32)

    decoder = SsdDecoder((BOXES, SCORES), anchors, MANIFEST, 0.3)
    found_boxes, found_scores = decoder.decode((boxes, scores))

    expected = sorted(plain_decode(boxes[0], scores[0], anchors), reverse=True)
    places = plain_suppress([row[1:] for row in expected], MANIFEST.overlap)
    np.testing.assert_allclose(found_scores, [expected[p][0] for p in places], atol=1e-6)
    np.testing.assert_allclose(
        found_boxes, np.reshape([expected[p][1:] for p in places], (-1, 4)), atol=1e-4
    )


def test_a_picture_without_people_gives_nothing() -> None:
    anchors = np.tile(np.array([0.1, 0.1, 0.2, 0.2], np.float32), (ANCHORS, 1))
    decoder = SsdDecoder((BOXES, SCORES), anchors, MANIFEST, 0.3)
    boxes, scores = decoder.decode(
        (np.full((1, ANCHORS, 4), 165, np.uint8), np.zeros((1, ANCHORS, 2), np.uint8))
    )
    assert boxes.shape == (0, 4)
    assert scores.shape == (0,)


def test_a_suppressed_box_does_not_suppress_others() -> None:
    row = np.array([[0, 0, 10, 10], [4, 0, 14, 10], [8, 0, 18, 10]], np.float32)
    np.testing.assert_array_equal(suppress(row, 0.3), [0, 2])


def test_outputs_of_another_model_are_refused() -> None:
    anchors = np.zeros((ANCHORS + 1, 4), np.float32)
    with pytest.raises(Rejected, match=r"41 anchors needs 8-bit \(1, 41, 4\)"):
        SsdDecoder((BOXES, SCORES), anchors, MANIFEST, 0.3)


@pytest.mark.parametrize("content", [b"", b"rubbish", np.zeros((3, 4)).tobytes()])
def test_broken_anchor_files_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "anchors.npy"
    path.write_bytes(content)
    with pytest.raises(Rejected, match="holds no anchors"):
        read_anchors(path)


def test_anchors_of_another_shape_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "anchors.npy"
    np.save(path, np.zeros((5, 3), np.float32))
    with pytest.raises(Rejected, match=r"of shape \(5, 3\)"):
        read_anchors(path)
