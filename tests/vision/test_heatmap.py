"""The heat map's decoder against a plain, slow reading of the same definition."""

from __future__ import annotations

import math
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanlight.domain.sightings import Detections
from fanlight.ports.errors import Rejected
from fanlight.vision.heatmap import HeatmapDecoder
from fanlight.vision.interpreter import TensorSpec
from fanlight.vision.model import HeatmapManifest, Input, Maps, Threshold

ROWS, COLUMNS = 6, 8
FLOOR = 0.3
MANIFEST = HeatmapManifest(
    schema=1,
    name="test",
    version="1.0.0",
    licence="none",
    file="model.tflite",
    sha256="0" * 64,
    input=Input(width=64, height=48),
    maps=Maps(score_slope=2.0, score_offset=-6.0, distance_shift=2.0, subcells=2),
    threshold=Threshold(overhead=FLOOR, oblique=FLOOR),
)
LOWEST = -128
SCALE = 6 / 255


def specs(rows: int = ROWS, columns: int = COLUMNS, dtype: type = np.int8) -> tuple:
    zero = LOWEST if dtype is np.int8 else 0
    return (
        TensorSpec("box", (1, rows, columns, 16), np.dtype(dtype), SCALE, zero),
        TensorSpec("heat", (1, rows, columns, 4), np.dtype(dtype), SCALE, zero),
    )


def real(stored: int) -> float:
    return (float(stored) - LOWEST) * SCALE


def overlap(a: list[float], b: list[float]) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    area = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return width * height / (area - width * height)


def plain_decode(box: np.ndarray, heat: np.ndarray) -> list[list[float]]:
    """Rows of score, x1, y1, x2, y2: best first, overlapping ones left out."""

    def stored_at(row: int, column: int) -> int:
        if not (0 <= row < 2 * ROWS and 0 <= column < 2 * COLUMNS):
            return LOWEST
        return int(heat[row // 2, column // 2, row % 2 * 2 + column % 2])

    found = []
    for row in range(2 * ROWS):
        for column in range(2 * COLUMNS):
            here = stored_at(row, column)
            score = 1 / (1 + math.exp(-(2.0 * real(here) - 6.0)))
            around = [stored_at(row + y, column + x) for y in (-1, 0, 1) for x in (-1, 0, 1)]
            if score < FLOOR or here < max(around):
                continue
            first = (row % 2 * 2 + column % 2) * 4
            codes = box[row // 2, column // 2, first : first + 4]
            left, top, right, bottom = (math.exp(real(code) - 2.0) for code in codes)
            x, y = column + 0.5, row + 0.5
            corners = ((x - left) / 16, (y - top) / 12, (x + right) / 16, (y + bottom) / 12)
            found.append([score, *(min(max(corner, 0.0), 1.0) for corner in corners)])
    kept: list[list[float]] = []
    for each in sorted(found, key=lambda one: -one[0]):
        if all(overlap(better[1:], each[1:]) <= MANIFEST.overlap for better in kept):
            kept.append(each)
    return kept


@given(seed=st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_decoding_agrees_with_the_definition(seed: int) -> None:
    rng = np.random.default_rng(seed)
    heat = rng.permutation(ROWS * COLUMNS * 4).reshape(1, ROWS, COLUMNS, 4)
    heat = np.clip(heat - 128 + rng.integers(0, 60), -128, 127).astype(np.int8)
    box = rng.integers(-128, 60, (1, ROWS, COLUMNS, 16)).astype(np.int8)

    boxes, scores = HeatmapDecoder(specs(), MANIFEST, FLOOR).decode((box, heat))

    expected = np.array(plain_decode(box[0], heat[0])).reshape(-1, 5)
    np.testing.assert_allclose(scores, expected[:, 0], atol=1e-6)
    np.testing.assert_allclose(boxes, expected[:, 1:], atol=1e-5)


def stored(value: float) -> int:
    return round(value / SCALE) + LOWEST


def one_person(row: int, column: int, distances: tuple[float, ...]) -> tuple:
    """Maps with one head at a subcell, and its distances to the sides in subcells."""
    heat = np.full((1, ROWS, COLUMNS, 4), LOWEST, np.int8)
    box = np.full((1, ROWS, COLUMNS, 16), LOWEST, np.int8)
    subcell = row % 2 * 2 + column % 2
    heat[0, row // 2, column // 2, subcell] = 127
    codes = [stored(math.log(distance) + 2.0) for distance in distances]
    box[0, row // 2, column // 2, subcell * 4 : subcell * 4 + 4] = codes
    return box, heat


def test_the_reference_point_is_the_middle_of_the_body_not_its_head() -> None:
    boxes, scores = HeatmapDecoder(specs(), MANIFEST, FLOOR).decode(
        one_person(3, 5, (1.0, 1.0, 1.0, 5.0))
    )
    seen = Detections.of_boxes(boxes * (64, 48, 64, 48), scores)
    np.testing.assert_allclose(seen.anchors, [(5.5 * 4, (3.5 + 2.0) * 4)], atol=0.4)


def test_unsigned_outputs_mean_the_same() -> None:
    box, heat = one_person(3, 5, (1.0, 2.0, 1.5, 3.0))
    boxes, scores = HeatmapDecoder(specs(), MANIFEST, FLOOR).decode((box, heat))
    unsigned = [(each.astype(np.int16) + 128).astype(np.uint8) for each in (box, heat)]
    decoder = HeatmapDecoder(specs(dtype=np.uint8), MANIFEST, FLOOR)
    other_boxes, other_scores = decoder.decode(tuple(unsigned))
    np.testing.assert_array_equal(other_boxes, boxes)
    np.testing.assert_array_equal(other_scores, scores)


def test_two_peaks_on_one_body_are_one_person() -> None:
    box, heat = one_person(4, 4, (3.0, 3.0, 3.0, 3.0))
    other_box, other_heat = one_person(4, 6, (5.0, 3.0, 1.0, 3.0))
    heat[heat == LOWEST] = other_heat[heat == LOWEST]
    box[box == LOWEST] = other_box[box == LOWEST]
    boxes, _ = HeatmapDecoder(specs(), MANIFEST, FLOOR).decode((box, heat))
    assert len(boxes) == 1


@pytest.mark.parametrize("floor", [0.01, 0.99])
def test_a_picture_without_people_gives_nothing(floor: float) -> None:
    empty = tuple(np.full(spec.shape, LOWEST, np.int8) for spec in specs())
    boxes, scores = HeatmapDecoder(specs(), MANIFEST, floor).decode(empty)
    assert boxes.shape == (0, 4)
    assert scores.shape == (0,)


def test_a_flat_map_of_noise_stays_bounded() -> None:
    rng = np.random.default_rng(5)
    box = rng.integers(-128, 128, (1, 24, 32, 16)).astype(np.int8)
    heat = np.full((1, 24, 32, 4), 127, np.int8)
    boxes, _ = HeatmapDecoder(specs(24, 32), MANIFEST, FLOOR).decode((box, heat))
    assert 0 < len(boxes) <= 100


def test_decoding_takes_a_fraction_of_a_millisecond() -> None:
    rng = np.random.default_rng(7)
    box = rng.integers(-40, 40, (1, 24, 32, 16)).astype(np.int8)
    heat = np.full((1, 24, 32, 4), LOWEST, np.int8)
    heat[0, 2::5, 3::6, 1] = 120
    decoder = HeatmapDecoder(specs(24, 32), MANIFEST, FLOOR)
    times = []
    for _ in range(50):
        start = perf_counter()
        decoder.decode((box, heat))
        times.append(perf_counter() - start)
    assert min(times) < 0.3e-3


def test_outputs_of_another_model_are_refused() -> None:
    box, heat = specs()
    for others in ((box,), (heat,), (box, specs(rows=3)[1])):
        with pytest.raises(Rejected, match="8-bit maps with 4 and 16 channels"):
            HeatmapDecoder(others, MANIFEST, FLOOR)
