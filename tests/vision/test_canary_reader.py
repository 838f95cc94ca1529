"""What reading a card leaves in memory: nothing of the picture, in grey or in black and white."""

from __future__ import annotations

import mmap
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import pytest
import segno

from fanlight.vision.card_reader import SOFT_PX

SMALL, LARGE = (648, 480), (2304, 1296)
"""What is doubled, and what the camera gives; both whole blocks."""
BLOCK, CODE = 6, 198
DARK, LIGHT = 40, 210
LOOKS = 6
PAGE = 4096
sizes = pytest.mark.parametrize("size", [SMALL, LARGE], ids=str)
one_size = pytest.mark.parametrize("size", [SMALL], ids=str)


def picture(seed: int, size: tuple[int, int]) -> np.ndarray:
    """Return blocks of dark and light with a code among them, as grey (H, W)."""
    coin = np.random.default_rng(seed)
    shape = size[1] // BLOCK, size[0] // BLOCK
    blocks = coin.integers(0, 2, shape, dtype=np.uint8)
    grey = np.kron(blocks, np.ones((BLOCK, BLOCK), np.uint8)) * (LIGHT - DARK) + DARK
    code = segno.make("a code of the canary", error="m")
    bits = np.array([[0 if bit else 255 for bit in row] for row in code.matrix_iter(border=4)])
    grey[:CODE, :CODE] = cv2.resize(
        bits.astype(np.uint8), (CODE, CODE), interpolation=cv2.INTER_NEAREST
    )
    return grey.astype(np.uint8)


def needles(grey: np.ndarray) -> dict[str, list[bytes]]:
    """Return rows of the picture in the forms that they take on every way of looking."""
    height, width = grey.shape
    soft = cv2.GaussianBlur(grey, (0, 0), SOFT_PX)
    ways = {
        "as it is": grey,
        "doubled": cv2.resize(grey, (2 * width, 2 * height), interpolation=cv2.INTER_CUBIC),
        "soft": soft,
        "sharpened": cv2.addWeighted(grey, 2.0, soft, -1.0, 0.0),
        "enlarged": cv2.resize(
            grey, (width * 3 // 2, height * 3 // 2), interpolation=cv2.INTER_CUBIC
        ),
        "halved": cv2.resize(grey, (width // 2, height // 2), interpolation=cv2.INTER_AREA),
    }
    forms = {}
    for way, seen in ways.items():
        # A search for inverted codes leaves the bits the other way round.
        light = (seen >= (DARK + LIGHT) / 2).astype(np.uint8)
        for kind, bits in (("light", light), ("dark", 1 - light)):
            forms[f"{way}, {kind} is 1"] = rows(bits)
            forms[f"{way}, {kind} is 255"] = rows(bits * np.uint8(255))
        forms[f"{way}, grey"] = rows(seen)
    return forms


def rows(seen: np.ndarray) -> list[bytes]:
    """Cut pieces from below the code, so long that none is there by chance."""
    height, width = seen.shape
    piece = width // 3
    return [
        seen[y, x : x + piece].tobytes()
        for y in range(height * 45 // 100, height - 2, height // 10)
        for x in (piece, width - piece)
    ]


def found_after(folder: Path, keep: str, size: tuple[int, int]) -> tuple[set[str], set[str]]:
    """Let a process read; return the texts that it found and the forms left in its memory."""
    texts: set[str] = set()
    left: set[str] = set()
    with reading(folder, keep, size) as (child, pixels):
        for seed in range(LOOKS):
            grey = picture(seed, size)
            pixels[:] = grey[..., None]
            assert child.stdin is not None
            assert child.stdout is not None
            child.stdin.write("look\n")
            child.stdin.flush()
            texts.add(child.stdout.readline().removeprefix("looked").strip())
            pixels[:] = 0
            content = b"".join(memory_of(child.pid, folder / "shared"))
            left |= {
                form for form, rows in needles(grey).items() if any(row in content for row in rows)
            }
    return texts - {""}, left


@contextmanager
def reading(
    folder: Path, keep: str, size: tuple[int, int]
) -> Iterator[tuple[subprocess.Popen[str], np.ndarray]]:
    width, height = size
    shared = folder / "shared"
    shared.write_bytes(bytes(width * height * 3))
    with shared.open("r+b") as file:
        memory = mmap.mmap(file.fileno(), 0)
    pixels = np.frombuffer(memory, np.uint8).reshape(height, width, 3)
    program = Path(__file__).with_name("canary_reader.py")
    child = subprocess.Popen(
        [sys.executable, str(program), str(shared), keep, str(width), str(height)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        yield child, pixels
        child.kill()


def memory_of(pid: int, shared: Path) -> Iterator[bytes]:
    """Yield what the process can write to, without pages of one value, which hold no picture."""
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            span, access, *_ = line.split()
            if not access.startswith("rw") or str(shared) in line:
                continue
            start, end = (int(each, 16) for each in span.split("-"))
            try:
                memory.seek(start)
                content = memory.read(end - start)
            except OSError:
                continue
            pages = np.frombuffer(content, np.uint8).reshape(-1, PAGE)
            yield pages[(pages != pages[:, :1]).any(axis=1)].tobytes()


@pytest.mark.slow
@sizes
def test_reading_a_card_leaves_nothing_of_the_picture(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    texts, left = found_after(tmp_path, "nothing", size)
    assert texts == {"a code of the canary"}
    assert left == set()


@pytest.mark.slow
@one_size
def test_without_the_scrub_the_search_finds_the_grey_picture(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    _, left = found_after(tmp_path, "scratch", size)
    assert "as it is, grey" in left
    assert all(form.endswith("grey") for form in left)


@pytest.mark.slow
@one_size
def test_with_freed_memory_kept_the_search_finds_it_in_black_and_white(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    _, left = found_after(tmp_path, "freed", size)
    assert any(form.endswith("is 255") for form in left)
