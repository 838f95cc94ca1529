"""The embedders that ship: real inference on rendered people and on noise."""

from __future__ import annotations

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from hypothesis import given
from hypothesis import strategies as st
from models.train_embedder.config import Input
from models.train_embedder.pictures import shown

from fanlight.ports.errors import Gone
from fanlight.vision.embedder import TfLiteEmbedder, load_embedder, window_of_box
from fanlight.vision.embedder_manifest import read_embedder_manifest
from fanlight.vision.frame import Layout
from fanlight.vision.interpreter import Runtime
from vision.embedder_kit import CELL_PX, EMBEDDERS, KINDS, frame_of, lineup, wall

EDGE_TPU = {
    "ADD",
    "AVERAGE_POOL_2D",
    "CONV_2D",
    "DEPTHWISE_CONV_2D",
    "FULLY_CONNECTED",
    "MEAN",
    "PAD",
    "RESHAPE",
}
"""Of the operations that Coral documents as supported, those that these networks may use."""


@pytest.fixture(params=KINDS)
def embedder(request: pytest.FixtureRequest) -> TfLiteEmbedder:
    return load_embedder(EMBEDDERS / request.param)


def noise(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (120, 160, 3), np.uint8)


BOXES = np.array([[10, 10, 50, 110], [60, 20, 130, 60], [0, 0, 160, 120]], np.float32)


@pytest.mark.parametrize("kind", KINDS)
def test_every_operation_can_run_on_an_edge_tpu(kind: str) -> None:
    manifest = read_embedder_manifest(EMBEDDERS / kind)
    interpreter = Interpreter(
        model_path=str(EMBEDDERS / kind / manifest.file),
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    )
    interpreter.allocate_tensors()
    operations = interpreter._get_ops_details()
    assert {operation["op_name"] for operation in operations} <= EDGE_TPU
    tensors = interpreter.get_tensor_details()
    assert {tensor["dtype"] for tensor in tensors} <= {np.int8, np.int32}
    by_channel = [
        len(tensors[operation["inputs"][1]]["quantization_parameters"]["scales"])
        for operation in operations
        if operation["op_name"] == "CONV_2D"
    ]
    assert len(by_channel) > 5
    assert min(by_channel) > 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_package_is_small_and_says_what_it_is(kind: str) -> None:
    manifest = read_embedder_manifest(EMBEDDERS / kind)
    assert manifest.kind == kind
    assert 64 <= manifest.dimensions <= 128
    assert (EMBEDDERS / kind / manifest.file).stat().st_size <= 1_000_000
    assert (EMBEDDERS / kind / "CARD.md").is_file()
    assert manifest.kernel.same_interval[0] <= manifest.kernel.same
    assert manifest.kernel.same <= manifest.kernel.same_interval[1]


def test_clothes_serve_for_the_same_day_only() -> None:
    assert read_embedder_manifest(EMBEDDERS / "appearance").lags == (0,)


def test_vectors_have_length_one(embedder: TfLiteEmbedder) -> None:
    vectors = embedder.embed(frame_of(noise(1)), BOXES)
    assert vectors.shape == (3, embedder.manifest.dimensions)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_several_people_at_once_are_as_each_alone(embedder: TfLiteEmbedder) -> None:
    together = embedder.embed(frame_of(noise(2)), BOXES).copy()
    for box, vector in zip(BOXES, together, strict=True):
        embedder.scrub()
        alone = embedder.embed(frame_of(noise(2)), box[None])
        assert np.array_equal(alone[0], vector)


def test_more_people_than_there_was_room_for(embedder: TfLiteEmbedder) -> None:
    many = np.tile(BOXES, (8, 1))
    vectors = embedder.embed(frame_of(noise(2)), many)
    assert len(vectors) == 24
    assert np.array_equal(vectors[:3], vectors[21:])


def test_the_same_frame_gives_the_same_vectors(embedder: TfLiteEmbedder) -> None:
    first = embedder.embed(frame_of(noise(3)), BOXES).copy()
    embedder.embed(frame_of(noise(4)), BOXES)
    embedder.scrub()
    assert np.array_equal(embedder.embed(frame_of(noise(3)), BOXES), first)


@pytest.mark.parametrize("layout", [Layout.BGR, Layout.I420])
def test_a_layout_changes_little(embedder: TfLiteEmbedder, layout: Layout) -> None:
    people = np.hstack(list(lineup()[:2].reshape(-1, CELL_PX, CELL_PX, 3)))
    box = np.array([[0, 0, CELL_PX, CELL_PX]], np.float32)
    plain = embedder.embed(frame_of(people), box).copy()
    other = embedder.embed(frame_of(people, layout), box)
    assert float((plain @ other.T).item()) > 0.9


def test_nobody_gives_no_vector(embedder: TfLiteEmbedder) -> None:
    assert embedder.embed(frame_of(noise(5)), BOXES[:0]).shape == (0, embedder.manifest.dimensions)


def test_a_box_must_be_finite(embedder: TfLiteEmbedder) -> None:
    with pytest.raises(ValueError, match="not finite"):
        embedder.embed(frame_of(noise(6)), np.array([[0, 0, np.nan, 9]], np.float32))


def test_the_scrub_takes_the_vectors_back(embedder: TfLiteEmbedder) -> None:
    assert embedder.lifetime_ms == 0
    vectors = embedder.embed(frame_of(noise(7)), BOXES)
    output = embedder._interpreter.outputs()[0]
    assert vectors.any()
    assert output.any()
    embedder.scrub()
    assert not vectors.any()
    assert not output.any()
    assert 0 < embedder.lifetime_ms < 5000


def test_what_is_left_does_not_depend_on_who_was_seen(embedder: TfLiteEmbedder) -> None:
    """Feature maps are those of a black picture: the same whoever came before."""
    left = []
    for seed in (8, 9):
        embedder.embed(frame_of(noise(seed)), BOXES)
        embedder.scrub()
        left.append([view().copy() for view in embedder._interpreter._pictures])
    assert all(np.array_equal(*pair) for pair in zip(*left, strict=True))


def test_closed_means_closed(embedder: TfLiteEmbedder) -> None:
    embedder.close()
    embedder.close()
    with pytest.raises(Gone):
        embedder.embed(frame_of(noise(1)), BOXES)


@pytest.mark.parametrize("kind", KINDS)
def test_both_runtimes_agree(kind: str) -> None:
    frame = frame_of(np.hstack(list(lineup()[0])))
    box = np.array([[4, 4, 60, 60], [68, 0, 120, 64]], np.float32)
    one, other = (
        load_embedder(EMBEDDERS / kind, runtime=runtime).embed(frame, box) for runtime in Runtime
    )
    assert (one * other).sum(axis=1).min() > 0.97


def test_a_person_is_more_like_themselves_than_like_others() -> None:
    people = lineup()
    count, pictures = people.shape[:2]
    embedder = load_embedder(EMBEDDERS / "appearance")
    vectors = embedder.embed(*wall(people.reshape(-1, CELL_PX, CELL_PX, 3)))
    alike = (vectors @ vectors.T).reshape(count, pictures, count, pictures)
    same = np.array([alike[k, :, k][np.triu_indices(pictures, 1)] for k in range(count)])
    others = np.array([alike[k, :, m] for k in range(count) for m in range(k)])
    above = (same.reshape(-1, 1) > others.reshape(1, -1)).mean()
    assert above > 0.75
    assert same.mean() > others.mean() + 0.1


@given(
    st.tuples(*[st.floats(-50, 300, width=32)] * 4),
    st.floats(0, 1),
    st.integers(8, 200).map(lambda half: 2 * half),
    st.integers(8, 200).map(lambda half: 2 * half),
)
def test_a_window_lies_in_the_frame(
    box: tuple[float, ...], margin: float, width: int, height: int
) -> None:
    window = window_of_box(np.array(box, np.float32), margin, width, height)
    assert 0 <= window.left <= window.left + window.width <= width
    assert 0 <= window.top <= window.top + window.height <= height
    assert min(window.width, window.height) >= 8
    assert not any(side % 2 for side in (window.left, window.top, window.width, window.height))


@pytest.mark.parametrize("kind", KINDS)
def test_the_device_shows_the_network_what_it_was_trained_on(kind: str) -> None:
    embedder = load_embedder(EMBEDDERS / kind)
    manifest = embedder.manifest
    wanted = Input(manifest.input.width, manifest.input.fit, manifest.margin)
    pixels = noise(10)
    for box in (*BOXES, np.array([3.3, 80.2, 21.9, 119.5], np.float32)):
        window = window_of_box(box, manifest.margin, 160, 120)
        embedder._show(frame_of(pixels), window)
        picture = embedder._interpreter.input()[0].view(np.uint8) ^ 0x80
        assert np.array_equal(picture, shown(pixels, box, wanted))
