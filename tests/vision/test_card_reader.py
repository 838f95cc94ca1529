from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import segno
from card_views import random_views
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from measure_qr import cards, photographs, readable

from fanlight.domain.setup_card import PREFIX
from fanlight.domain.setup_rules import CardTrouble
from fanlight.ports.errors import Transient
from fanlight.vision.card_reader import CardReader
from fanlight.vision.frame import Frame, Layout, Scratch, Stamp
from fanlight.vision.setup_desk import card_among

TEXT = "FANLIGHT1:0123456789ABC"
SIZE = 640, 480


def drawn(*texts: str, size: tuple[int, int] = SIZE) -> np.ndarray:
    """Return a grey picture (H, W) with codes beside each other."""
    grey = np.full((size[1], size[0]), 120, np.uint8)
    for place, text in enumerate(texts):
        rows = segno.make(text, error="m").matrix_iter(border=4)
        code = np.array([[20 if bit else 230 for bit in row] for row in rows], np.uint8)
        code = cv2.resize(code, None, fx=5, fy=5, interpolation=cv2.INTER_NEAREST)
        left = 10 + place * (code.shape[1] + 10)
        grey[10 : 10 + code.shape[0], left : left + code.shape[1]] = code
    return grey


def framed(grey: np.ndarray, layout: Layout) -> Frame:
    height, width = grey.shape
    if layout is Layout.I420:
        padded = np.full((height * 3 // 2, width + 32), 128, np.uint8)
        padded[:height, :width] = grey
        return Frame(padded, layout, (width, height), Stamp(0, 0, 0))
    return Frame(np.repeat(grey[..., None], 3, axis=2), layout, (width, height), Stamp(0, 0, 0))


@pytest.mark.parametrize("layout", Layout)
def test_a_code_is_read_in_every_layout(layout: Layout) -> None:
    assert CardReader().read(framed(drawn(TEXT), layout), Scratch()) == (TEXT,)


@pytest.mark.parametrize("layout", [Layout.BGR, Layout.RGB])
def test_what_pads_a_buffer_is_left_out(layout: Layout) -> None:
    padded = np.full((SIZE[1], SIZE[0] + 32, 3), 7, np.uint8)
    padded[:, : SIZE[0]] = drawn(TEXT)[..., None]
    assert CardReader().read(Frame(padded, layout, SIZE, Stamp(0, 0, 0)), Scratch()) == (TEXT,)


@given(
    arrays(np.uint8, st.lists(st.integers(0, 9), min_size=1, max_size=4).map(tuple)),
    st.sampled_from(Layout),
    st.tuples(st.integers(0, 9), st.integers(0, 9)),
)
def test_a_frame_that_is_not_what_it_says_is_a_fault(
    pixels: np.ndarray, layout: Layout, size: tuple[int, int]
) -> None:
    try:
        assert CardReader().read(Frame(pixels, layout, size, Stamp(0, 0, 0)), Scratch()) == ()
    except Transient as fault:
        assert fault.part == "card reader"


def test_several_codes_are_read_at_once() -> None:
    found = CardReader().read(framed(drawn(TEXT, "of another kind"), Layout.BGR), Scratch())
    assert set(found) == {TEXT, "of another kind"}


def test_ways_take_turns_and_each_reads_a_plain_code() -> None:
    reader, scratch = CardReader(), Scratch()
    for size in (SIZE, (1920, 1080)):
        for _ in range(6):
            assert reader.read(framed(drawn(TEXT, size=size), Layout.BGR), scratch) == (TEXT,)


def test_noise_says_nothing() -> None:
    coin = np.random.default_rng(3)
    assert CardReader.texts(coin.integers(0, 256, (480, 640), dtype=np.uint8)) == ()


@given(
    arrays(
        np.uint8,
        st.tuples(st.integers(1, 40), st.integers(1, 40)),
        elements=st.sampled_from([0, 1, 127, 254, 255]),
    )
)
def test_no_picture_breaks_the_reader(grey: np.ndarray) -> None:
    try:
        assert all(isinstance(text, str) for text in CardReader.texts(grey))
    except Transient as fault:
        assert fault.part == "card reader"


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (641, 479), (1283, 961)])
def test_frames_of_odd_sizes_are_read(size: tuple[int, int]) -> None:
    grey = np.zeros((size[1], size[0]), np.uint8)
    assert CardReader().read(framed(grey, Layout.BGR), Scratch()) == ()


def test_what_is_no_card_never_leaves_the_room() -> None:
    assert card_among(["https://example.com", "fanlight1:", "WIFI:S:shop;P:secret;;"]) is None
    assert card_among([PREFIX + "ABC"]) is CardTrouble.BROKEN
    assert card_among(["FANLIGHT9:ABC"]) is CardTrouble.NEWER


@pytest.mark.clips
def test_eighty_of_the_photographs_are_read(shared_data: Path) -> None:
    found = photographs(shared_data / "qr")
    assert found["of"] == 88
    assert found["read"] >= 80


@pytest.mark.slow
def test_cards_at_arms_length_are_read_within_two_seconds() -> None:
    found = cards(seed=5, number=30)
    assert found["of"] == 30
    assert found["read"] >= 27


def test_the_measure_draws_what_it_says() -> None:
    """A view straight ahead, still and sharp, is read at once: else the rendering is wrong."""
    view = next(iter(readable(random_views(1, 100), 1)))
    assert view.module_px(len(view.code)) >= 2
    frames = list(view.frames(np.random.default_rng(0)))
    assert len(frames) == 10
    assert frames[0].shape == (1296, 2304)
    assert frames[0].std() > 1
