"""Labels are read off the pixels; shards hold them; cameras and lenses agree."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from models.render.camera import Camera
from models.render.labels import LEAST_PX, Labels, read_labels
from models.render.sensor import lens_of
from models.render.shards import (
    HEIGHT_PX,
    WIDTH_PX,
    Truth,
    read_sequence,
    read_shard,
    read_shards,
    sequence_path,
    shard_path,
    write_shard,
)

KINDS = np.array([0, 0, 1], np.uint8)
SHARES = np.array([0.9, 0.2, 0.5])


def picture() -> tuple[np.ndarray, np.ndarray]:
    """Two people and a trolley: the first has a head and a bag, the second shows only a body."""
    owner = np.zeros((HEIGHT_PX, WIDTH_PX), np.uint8)
    part = np.zeros_like(owner)
    owner[20:60, 100:120] = 1
    part[20:60, 100:120] = 1
    part[20:30, 104:116] = 2
    owner[40:60, 120:135] = 1
    owner[200:240, 0:30] = 2
    part[200:240, 0:30] = 1
    owner[100:103, 50:53] = 3
    part[100:103, 50:53] = 1
    return owner, part


def test_a_box_spans_the_visible_pixels_with_what_is_carried() -> None:
    labels = read_labels(*picture(), SHARES, KINDS)
    assert labels.boxes[0].tolist() == [100.0, 20.0, 135.0, 60.0]
    assert labels.boxes[1].tolist() == [0.0, 200.0, 30.0, 240.0]
    assert labels.pixels.tolist() == [40 * 20 + 20 * 15, 40 * 30, 9]


def test_a_head_is_the_middle_of_head_and_shoulders_else_of_the_body() -> None:
    labels = read_labels(*picture(), SHARES, KINDS)
    assert labels.heads[0].tolist() == [110.0, 25.0]
    assert labels.heads[1].tolist() == [15.0, 220.0]


def test_kinds_and_shares_follow_the_owners_numbers() -> None:
    labels = read_labels(*picture(), SHARES, KINDS)
    assert labels.numbers.tolist() == [1, 2, 3]
    assert labels.kinds.tolist() == [0, 0, 1]
    assert labels.visible.tolist() == pytest.approx([0.9, 0.2, 0.5])


def test_who_covers_too_little_is_left_out() -> None:
    owner, part = picture()
    owner[owner == 3] = 0
    owner[100, 50 : 50 + LEAST_PX - 1] = 3
    assert read_labels(owner, part, SHARES, KINDS).numbers.tolist() == [1, 2]


def test_an_empty_picture_has_no_rows() -> None:
    nobody = np.zeros((HEIGHT_PX, WIDTH_PX), np.uint8)
    labels = read_labels(nobody, nobody, np.zeros(0), np.zeros(0, np.uint8))
    assert labels.boxes.shape == (0, 4)
    assert labels.heads.shape == (0, 2)


@given(st.integers(0, 2**32 - 1), st.integers(1, 6))
def test_every_label_holds_its_pixels_and_its_head(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    owner = np.zeros((48, 64), np.uint8)
    for number in range(1, count + 1):
        x, y = rng.integers(0, 60), rng.integers(0, 44)
        owner[y : y + rng.integers(1, 30), x : x + rng.integers(1, 30)] = number
    part = rng.integers(0, 3, owner.shape).astype(np.uint8)
    labels = read_labels(owner, part, np.ones(count), np.zeros(count, np.uint8))
    for row, number in enumerate(labels.numbers):
        x1, y1, x2, y2 = labels.boxes[row].astype(int)
        assert (owner[y1:y2, x1:x2] == number).sum() == labels.pixels[row]
        assert (owner == number).sum() == labels.pixels[row]
        assert x1 <= labels.heads[row, 0] <= x2
        assert y1 <= labels.heads[row, 1] <= y2


def write_two(folder: Path) -> Path:
    images = np.random.default_rng(1).integers(0, 255, (2, HEIGHT_PX, WIDTH_PX, 3), np.uint8)
    labels = read_labels(*picture(), SHARES, KINDS)
    nobody = Labels(*(getattr(labels, name)[:0] for name in Labels.__dataclass_fields__))
    path = shard_path(folder, 7, 3)
    write_shard(path, images, [nobody, labels], np.arange(8.0).reshape(2, 4))
    return path


def test_a_shard_comes_back_as_it_was_written(tmp_path: Path) -> None:
    path = write_two(tmp_path)
    assert path.name == "scenes-0007-0003.npz"
    (shard,) = read_shards(tmp_path)
    assert shard.offsets.tolist() == [0, 0, 3]
    assert shard.boxes[shard.rows(0)].shape == (0, 4)
    assert shard.tracks[shard.rows(1)].tolist() == [1, 2, 3]
    assert (shard.boxes.dtype, shard.pixels.dtype, shard.kinds.dtype) == (
        np.float32, np.int32, np.uint8,
    )  # fmt: skip
    assert shard.cameras.dtype == np.float32
    assert not list(tmp_path.glob("*.partial"))


def test_the_same_pictures_give_the_same_bytes(tmp_path: Path) -> None:
    first = write_two(tmp_path).read_bytes()
    assert write_two(tmp_path).read_bytes() == first


def test_a_file_that_lacks_arrays_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "scenes-0001-0000.npz"
    np.savez(path, images=np.zeros((1, 2, 2, 3), np.uint8))
    with pytest.raises(ValueError, match="lacks boxes, cameras"):
        read_shard(path)


def test_a_folder_without_shards_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="render some first"):
        next(read_shards(tmp_path))


@given(
    st.floats(0.0, 0.25),
    st.floats(0.0, 70.0),
    st.floats(-180.0, 180.0),
    st.tuples(st.floats(5.0, 315.0), st.floats(5.0, 235.0)),
)
def test_the_lens_looks_where_the_camera_projects(
    barrel: float, tilt_deg: float, roll_deg: float, at: tuple[float, float]
) -> None:
    camera = Camera(0.0, 0.0, 3.0, tilt_deg, 70.0, 448, 336, barrel, roll_deg=roll_deg)
    lens = lens_of(camera)
    column, row = (int(part) for part in at)
    pinhole_px = np.array([lens.x[row, column], lens.y[row, column]]) + 0.5
    across = np.tan(np.radians(camera.hfov_deg) / 2.0) * camera.margin
    ray = np.array(
        [(pinhole_px[0] / 224.0 - 1.0) * across, -(pinhole_px[1] - 168.0) / 224.0 * across, -1]
    )
    world = camera.eye + camera.view()[:3, :3].T @ ray * 2.0
    seen = camera.project(world[None])[0] * (WIDTH_PX / 448.0)
    assert seen == pytest.approx([column + 0.5, row + 0.5], abs=0.05)


@given(st.floats(0.0, 0.25))
def test_the_lens_keeps_areas(barrel: float) -> None:
    camera = Camera(0.0, 0.0, 3.0, 0.0, 70.0, 448, 336, barrel)
    lens = lens_of(camera)
    step_x = np.diff(lens.x[120])[150]
    step_y = np.diff(lens.y[:, 160])[110]
    assert lens.area[120, 150] == pytest.approx(step_x * step_y, rel=0.02)
    assert lens.area.sum() <= 448 * 336


def test_a_sequence_keeps_its_truth_and_a_still_has_none(tmp_path: Path) -> None:
    labels = [read_labels(*picture(), SHARES, KINDS)] * 3
    images = np.zeros((3, HEIGHT_PX, WIDTH_PX, 3), np.uint8)
    line = np.array([0.0, 0.5, 1.0, 0.5], np.float32)
    crossings = np.array([[2, -1, 7]], np.int32)
    nobody = np.zeros((0, 3), np.int32)
    people = np.array([[7, 1.2, 0.1]], np.float32)
    truth = Truth(12, line, crossings, nobody, nobody, dense=True, people=people)
    path = sequence_path(tmp_path, 1, 2)
    write_shard(path, images, labels, np.zeros((3, 4)), truth)
    shard, again = read_sequence(path)
    assert len(shard.images) == 3
    assert (again.fps, again.dense, again.crossings.tolist()) == (12, True, [[2, -1, 7]])
    assert not list(tmp_path.glob("scenes-*.npz"))
    with pytest.raises(ValueError, match="is no sequence"):
        read_sequence(write_two(tmp_path))
