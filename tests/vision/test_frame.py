from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.vision.frame import Frame, Layout, Scratch, Stamp

SECRET = 201


def a_frame(height: int = 4, width: int = 6, **options: object) -> tuple[Frame, np.ndarray]:
    pixels = np.full((height, width, 3), SECRET, np.uint8)
    stamp = Stamp(at_ns=1, exposed_ns=2, index=3)
    return Frame(pixels, Layout.BGR, (width, height), stamp, **options), pixels


@given(height=st.integers(1, 40), width=st.integers(1, 40))
def test_a_lease_ends_with_overwritten_pixels(height: int, width: int) -> None:
    frame, pixels = a_frame(height, width)
    with frame:
        assert frame.pixels is pixels
        assert (pixels == SECRET).all()
    assert not pixels.any()


def test_a_lease_that_ends_in_an_error_is_overwritten_too() -> None:
    frame, pixels = a_frame()
    with pytest.raises(ZeroDivisionError), frame:
        raise ZeroDivisionError
    assert not pixels.any()
    assert frame.scrubbed


def test_a_view_that_somebody_kept_shows_nothing_afterwards() -> None:
    frame, _pixels = a_frame()
    with frame:
        kept = frame.pixels[1:3, ::2]
    assert not kept.any()


def test_use_after_the_scrub_is_an_error() -> None:
    frame, _pixels = a_frame()
    frame.scrub()
    with pytest.raises(ValueError, match="frame 3 has been scrubbed"):
        _ = frame.pixels


def test_the_buffer_is_given_back_once_and_only_when_clean() -> None:
    seen_on_return = []
    frame, pixels = a_frame(give_back=lambda: seen_on_return.append(int(pixels.max())))
    frame.scrub()
    frame.scrub()
    assert seen_on_return == [0]


@pytest.mark.parametrize(
    "take",
    [
        copy.copy,
        copy.deepcopy,
        pickle.dumps,
        lambda frame: pickle.dumps(frame, protocol=0),
        np.asarray,
        np.array,
        bytes,
        memoryview,
        vars,
    ],
)
def test_a_frame_refuses_every_way_to_be_taken_along(take: object) -> None:
    frame, _pixels = a_frame()
    with frame, pytest.raises(TypeError):
        take(frame)


def test_its_description_tells_nothing_of_the_picture() -> None:
    frame, _pixels = a_frame()
    assert repr(frame) == str(frame) == "<Frame 3, 6x4 bgr, leased>"
    frame.scrub()
    assert repr(frame) == "<Frame 3, 6x4 bgr, scrubbed>"


def test_scratch_gives_the_same_buffer_again_and_scrubs_all_of_them() -> None:
    scratch = Scratch()
    one, other = scratch.buffer("a", (2, 3)), scratch.buffer("b", (4,))
    assert scratch.buffer("a", (2, 3)) is one
    one.fill(SECRET)
    other.fill(SECRET)
    assert str(SECRET) not in repr(scratch)
    scratch.scrub()
    assert not one.any()
    assert not other.any()
