"""Nothing of a person survives an embedding: neither their picture nor their vector.

An embedder in a process of its own looks at random pictures; its whole memory is searched for
pieces of them in every form that they take on the way, and for the vectors as the network gives
them (bytes) and as the embedder returns them (float32).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import pytest

from fanlight.vision.embedder import TfLiteEmbedder, load_embedder, window_of_box
from fanlight.vision.frame import Layout
from vision.canary_embedder import BOXES, HEIGHT, WIDTH
from vision.embedder_kit import EMBEDDERS, KINDS, frame_of
from vision.test_canary import QUICK, Looker, Search, needles, started

LOOKS = 2


@contextmanager
def embedding(folder: Path, kind: str, keep: str) -> Iterator[Looker]:
    buffer = np.memmap(folder / "shared", np.uint8, "w+", shape=(HEIGHT, WIDTH, 3))
    command = [
        sys.executable, "vision/canary_embedder.py",
        str(folder / "shared"), str(EMBEDDERS / kind), keep,
    ]  # fmt: skip
    with started(command, buffer, QUICK[0]) as looker:
        yield looker


def forms(picture: np.ndarray, embedder: TfLiteEmbedder) -> dict[str, list[np.ndarray]]:
    """Every form of a BGR picture and its people on the way, as this process computes them."""
    found: dict[str, list[np.ndarray]] = {"as planted": [picture]}
    names = ("shrunk", "input", "signed input", "output", "vector")
    found |= {name: [] for name in names}
    manifest = embedder.manifest
    for box in BOXES:
        window = window_of_box(box, manifest.margin, WIDTH, HEIGHT)
        cut = picture[window.top :, window.left :][: window.height, : window.width]
        wide = high = manifest.input.width
        if manifest.input.fit == "letterbox":
            shrink = wide / max(window.width, window.height)
            wide, high = (2 * round(side * shrink / 2) for side in (window.width, window.height))
        small = cv2.resize(cut, (wide, high))
        found["shrunk"].append(small)
        found["input"].append(np.ascontiguousarray(small[..., ::-1]))
        found["signed input"].append(found["input"][-1] ^ 0x80)
        rgb = frame_of(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), Layout.BGR)
        found["vector"].append(embedder.embed(rgb, box[None])[0].copy())
        found["output"].append(embedder._interpreter.outputs()[0].copy())
    return found


def leaks(folder: Path, kind: str, keep: str) -> set[str]:
    """The forms of the pictures that are found in the embedder's process."""
    embedder = load_embedder(EMBEDDERS / kind)
    rng = np.random.default_rng()
    wanted = set()
    with embedding(folder, kind, keep) as looker:
        for _ in range(LOOKS):
            coarse = rng.integers(0, 256, (HEIGHT // 8, WIDTH // 8, 3), np.uint8)
            picture = cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
            looker.buffer[...] = picture
            assert looker.look() == "embedded"
            assert not looker.buffer.any()
            wanted |= {
                (name, needle)
                for name, arrays in forms(picture, embedder).items()
                for array in arrays
                for needle in needles(array)
            }
        seeker = Search(wanted)
        assert len(wanted) > 200
        return set().union(*(seeker.names_in(content) for _map, content in looker.memory()))


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_a_person_is_left(tmp_path: Path, kind: str) -> None:
    assert leaks(tmp_path, kind, "scrub") == set()


@pytest.mark.slow
def test_without_the_scrub_the_search_finds_picture_and_vector(tmp_path: Path) -> None:
    assert leaks(tmp_path, "appearance", "keep") >= {"shrunk", "signed input", "output", "vector"}
