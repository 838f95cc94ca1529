"""The parts of the training recipe that need no training: labels in, boxes out, honest numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from models.train.augment import Augment
from models.train.config import read_config
from models.train.decode import Maps, decode
from models.train.metrics import Verdicts, average_precision, calibrate, judge_all
from models.train.plan import BOX, HEAT, PICTURE, STRIDE, draw
from models.train.runtime import HEAT_SCALE, HEAT_SHIFT, LOG_SHIFT
from models.train.shards import Shard, Still
from models.train.targets import make_targets

from fanlight.vision.heatmap import HeatmapDecoder
from fanlight.vision.interpreter import TensorSpec
from fanlight.vision.model import HeatmapManifest, Input, Threshold
from fanlight.vision.model import Maps as Reading

CONFIGS = Path(__file__).resolve().parents[2] / "models" / "train" / "configs"
HEIGHT, WIDTH = 192, 256


def scene(*people: tuple[float, float, float, float], seen: bool = True) -> Still:
    boxes = np.array(people, np.float32).reshape(-1, 4)
    heads = (boxes[:, :2] + boxes[:, 2:]) / 2
    picture = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    return Still(picture, boxes, heads, np.full(len(boxes), seen))


def perfect_maps(still: Still) -> Maps:
    """What a network without fault would say."""
    targets = make_targets(still)
    heat = np.where(targets.positive > 0, 2.0, -6.0) + (targets.shaped - 1) * 0.1
    return Maps(heat.astype(np.float32), np.log(targets.distances))


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_configuration_draws_a_network_on_the_grid(path: Path) -> None:
    layers = draw(read_config(path).shape)
    strides = {PICTURE: 1.0}
    channels = {PICTURE: 3}
    for layer in layers:
        before = {strides[name] for name in layer.inputs}
        assert len(before) == 1
        if layer.kind == "add":
            assert {channels[name] for name in layer.inputs} == {layer.channels}
        doubled = layer.kind == "upsample"
        strides[layer.name] = before.pop() * layer.stride / (2 if doubled else 1)
        channels[layer.name] = layer.channels
    assert (strides[HEAT], channels[HEAT]) == (STRIDE, 4)
    assert (strides[BOX], channels[BOX]) == (STRIDE, 16)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [("width = 192", "width = 200", "multiples of 32"), ("stem = ", "stam = ", "stam")],
)
def test_a_broken_configuration_says_what_is_wrong(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    path = tmp_path / "broken.toml"
    path.write_text((CONFIGS / "small.toml").read_text().replace(old, new))
    with pytest.raises(ValueError, match=message):
        read_config(path)


@given(
    left=st.floats(0, 180),
    top=st.floats(0, 120),
    width=st.floats(12, 70),
    height=st.floats(12, 70),
)
@settings(max_examples=60, deadline=None)
def test_what_the_network_shall_say_decodes_to_the_box(
    left: float, top: float, width: float, height: float
) -> None:
    still = scene((left, top, left + width, top + height))
    boxes, _ = decode(perfect_maps(still), 0.0, 0.5)
    assert len(boxes) == 1
    np.testing.assert_allclose(boxes[0], still.boxes[0], atol=0.6)


def test_every_person_weighs_the_same_and_the_barely_seen_nothing() -> None:
    both = make_targets(scene((20, 20, 40, 44), (120, 60, 220, 180)))
    assert both.positive.sum() == pytest.approx(2)
    hidden = make_targets(scene((120, 60, 220, 180), seen=False))
    assert hidden.positive.sum() == 0
    assert hidden.negative[30, 40] == 0
    assert hidden.negative[5, 5] == 1


def test_the_device_reads_the_bytes_as_training_reads_the_numbers() -> None:
    still = scene((20, 20, 50, 64), (120, 60, 200, 150), (180, 20, 240, 70))
    maps = perfect_maps(still)
    step = 6 / 255
    stored = [
        np.clip(np.round(np.clip(values, 0, 6) / step) - 128, -128, 127).astype(np.int8)
        for values in ((maps.heat[None] + HEAT_SHIFT) * HEAT_SCALE, maps.logs + LOG_SHIFT)
    ]
    heat, box = (
        values.reshape(-1, 24, 2, 32, 2).transpose(1, 3, 2, 4, 0).reshape(1, 24, 32, -1)
        for values in stored
    )
    specs = tuple(
        TensorSpec(name, values.shape, np.dtype(np.int8), step, -128)
        for name, values in (("heat", heat), ("box", box))
    )
    manifest = HeatmapManifest(
        schema=1,
        name="test",
        version="1.0.0",
        licence="none",
        file="none.tflite",
        sha256="0" * 64,
        input=Input(width=WIDTH, height=HEIGHT),
        maps=Reading(
            score_slope=1 / HEAT_SCALE,
            score_offset=-HEAT_SHIFT,
            distance_shift=LOG_SHIFT,
            subcells=2,
        ),
        threshold=Threshold(overhead=0.5, oblique=0.5),
    )
    boxes, scores = HeatmapDecoder(specs, manifest, 0.5).decode((heat, box))
    expected, logits = decode(maps, 0.0, 0.5)
    order, other = np.argsort(boxes[:, 0]), np.argsort(expected[:, 0])
    scale = np.array((WIDTH, HEIGHT, WIDTH, HEIGHT))
    np.testing.assert_allclose((boxes * scale)[order], expected[other], atol=1.5)
    np.testing.assert_allclose(np.sort(scores), np.sort(1 / (1 + np.exp(-logits))), atol=0.02)


def test_average_precision_falls_with_mistakes() -> None:
    still = scene((20, 20, 50, 64), (120, 60, 200, 150))
    truth = [still, scene()]
    nobody = (np.empty((0, 4), np.float32), np.empty(0, np.float32))
    good = (still.boxes, np.array((2.0, 1.0), np.float32))
    shifted = (still.boxes + 60, np.array((2.0, 1.0), np.float32))
    assert average_precision(judge_all([good, nobody], truth, 0.5)) == pytest.approx(1)
    assert average_precision(judge_all([shifted, nobody], truth, 0.5)) == 0
    ghost = (still.boxes[:1], np.array((1.5,), np.float32))
    with_ghost = judge_all([good, ghost], truth, 0.5)
    assert average_precision(with_ghost) == pytest.approx(0.5 + 0.5 * 2 / 3)
    np.testing.assert_allclose(with_ghost.empty, [1.5])


def test_a_box_on_somebody_barely_seen_is_neither_right_nor_wrong() -> None:
    hidden = scene((20, 20, 50, 64), seen=False)
    verdicts = judge_all([(hidden.boxes, np.ones(1, np.float32))], [hidden], 0.5)
    assert len(verdicts.logits) == 0
    assert verdicts.people == 0


def test_calibration_finds_the_chances() -> None:
    rng = np.random.default_rng(3)
    logits = rng.normal(-1, 2, 20_000)
    right = rng.random(20_000) < 1 / (1 + np.exp(-(1.7 * logits + 0.6)))
    slope, offset = calibrate(Verdicts(logits, right, 1, np.empty(0)))
    assert slope == pytest.approx(1.7, abs=0.1)
    assert offset == pytest.approx(0.6, abs=0.1)


def test_boxes_follow_the_picture_through_augmentation() -> None:
    still = scene((100, 70, 160, 130))
    still.picture[70:130, 100:160] = 255
    augment = Augment(WIDTH, HEIGHT, np.random.default_rng(11))
    checked = 0
    for _ in range(80):
        framed = augment._frame(still)
        bright = (np.abs(framed.picture.astype(int) - 255) < 82).all(axis=2)
        ys, xs = np.nonzero(bright)
        if not len(xs) or {0, WIDTH - 1} & set(xs) or {0, HEIGHT - 1} & set(ys):
            continue  # cut off, or beside a border as bright as the body
        found = (xs.min(), ys.min(), xs.max() + 1, ys.max() + 1)
        np.testing.assert_allclose(framed.boxes[0], found, atol=2.5)
        checked += 1
    assert checked > 30


def test_trolleys_in_a_shard_are_no_people(tmp_path: Path) -> None:
    path = tmp_path / "scenes-0.npz"
    np.savez(
        path,
        images=np.zeros((2, 240, 320, 3), np.uint8),
        offsets=np.array((0, 1, 3), np.int32),
        boxes=np.arange(12, dtype=np.float32).reshape(3, 4),
        heads=np.zeros((3, 2), np.float32),
        visible=np.array((1, 1, 0.1), np.float32),
        pixels=np.full(3, 500, np.int32),
        kinds=np.array((1, 0, 0), np.uint8),
    )
    shard = Shard(path)
    assert [len(shard[place].boxes) for place in range(len(shard))] == [0, 2]
    assert shard[1].seen.tolist() == [True, False]
