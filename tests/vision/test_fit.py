from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanlight.vision.fit import LETTERBOX_GREY, Fit
from fanlight.vision.frame import Frame, Layout, Scratch, Stamp
from fanlight.vision.model import Input

STAMP = Stamp(0, 0, 0)
SIDE = 60


def filled(fit: Fit, pixels: np.ndarray, layout: Layout, size: tuple[int, int]) -> np.ndarray:
    picture = np.zeros((SIDE, SIDE, 3), np.uint8)
    fit.fill(picture, Frame(pixels, layout, size, STAMP), Scratch())
    return picture


def test_blue_first_and_red_first_frames_give_the_same_picture() -> None:
    bgr = np.random.default_rng(1).integers(0, 256, (90, 120, 3), np.uint8)
    rgb = np.ascontiguousarray(bgr[..., ::-1])
    wanted = Input(width=SIDE, height=SIDE)
    of_bgr = filled(Fit(wanted), bgr, Layout.BGR, (120, 90))
    of_rgb = filled(Fit(wanted), rgb, Layout.RGB, (120, 90))
    np.testing.assert_array_equal(of_bgr, of_rgb)


def test_planar_yuv_with_padded_rows_becomes_the_colour_that_it_stands_for() -> None:
    width, height, stride = 100, 80, 128
    yuv = np.full((height * 3 // 2, stride), 16, np.uint8)
    yuv[:height, :width] = 81
    yuv[height : height + height // 4] = 90
    yuv[height + height // 4 :] = 240
    picture = filled(Fit(Input(width=SIDE, height=SIDE)), yuv, Layout.I420, (width, height))
    np.testing.assert_allclose(picture.reshape(-1, 3), [[254, 0, 0]] * SIDE**2, atol=3)


@given(
    width=st.integers(20, 400),
    height=st.integers(20, 400),
    fit=st.sampled_from(["stretch", "letterbox"]),
)
@settings(max_examples=40, deadline=None)
def test_a_box_comes_back_to_where_its_body_is(width: int, height: int, fit: str) -> None:
    left, top, right, bottom = width // 4, height // 4, width * 3 // 4, height * 3 // 4
    bgr = np.zeros((height, width, 3), np.uint8)
    bgr[top:bottom, left:right] = 255
    mapping = Fit(Input(width=SIDE, height=SIDE, fit=fit))
    bright = filled(mapping, bgr, Layout.BGR, (width, height))[..., 0] > 190
    rows, columns = np.flatnonzero(bright.any(axis=1)), np.flatnonzero(bright.any(axis=0))
    edges = np.array([[columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]], np.float32)
    found = mapping.to_window(edges / SIDE)[0]
    slack = 1.5 * max(width, height, SIDE) / SIDE
    np.testing.assert_allclose(found, (left, top, right, bottom), atol=slack)


def test_a_letterbox_keeps_proportions_and_fills_the_rest_with_grey() -> None:
    bgr = np.full((40, 120, 3), 255, np.uint8)
    fit = Fit(Input(width=SIDE, height=SIDE, fit="letterbox"))
    picture = filled(fit, bgr, Layout.BGR, (120, 40))
    assert (picture[:20] == 255).all()
    assert (picture[20:] == LETTERBOX_GREY).all()


@pytest.mark.parametrize("layout", list(Layout))
def test_work_buffers_are_made_once_and_all_known_to_the_scratch(layout: Layout) -> None:
    shape = (60, 64) if layout is Layout.I420 else (40, 64, 3)
    fit, scratch = Fit(Input(width=SIDE, height=SIDE)), Scratch()
    picture = np.zeros((SIDE, SIDE, 3), np.uint8)
    sizes = []
    for seed in range(3):
        pixels = np.random.default_rng(seed).integers(1, 256, shape, np.uint8)
        fit.fill(picture, Frame(pixels, layout, (64, 40), STAMP), scratch)
        sizes.append(repr(scratch))
    assert len(set(sizes)) == 1
