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

WIDTH, HEIGHT, BLOCK = 640, 480, 5
DARK, LIGHT = 40, 210
LOOKS = 4
ROW = 256


def picture(seed: int) -> np.ndarray:
    """Return blocks of dark and light with a code among them, as grey (H, W)."""
    coin = np.random.default_rng(seed)
    blocks = coin.integers(0, 2, (HEIGHT // BLOCK, WIDTH // BLOCK), dtype=np.uint8)
    grey = np.kron(blocks, np.ones((BLOCK, BLOCK), np.uint8)) * (LIGHT - DARK) + DARK
    code = segno.make("a code of the canary", error="m")
    bits = np.array([[0 if bit else 255 for bit in row] for row in code.matrix_iter(border=4)])
    grey[:200, :200] = cv2.resize(
        bits.astype(np.uint8), (200, 200), interpolation=cv2.INTER_NEAREST
    )
    return grey.astype(np.uint8)


def needles(grey: np.ndarray) -> dict[str, list[bytes]]:
    """Return rows of the picture in the forms that they take, where there is no code."""
    rows = [grey[y, x : x + ROW] for y in range(207, HEIGHT, 50) for x in (0, WIDTH - ROW)]
    black = [row < (DARK + LIGHT) / 2 for row in rows]
    return {
        "grey": [row.tobytes() for row in rows],
        "bits of 0 and 255": [(row * np.uint8(255)).tobytes() for row in black],
        "bits of 0 and 1": [row.astype(np.uint8).tobytes() for row in black],
        "twice as large": [np.repeat(row * np.uint8(255), 2).tobytes() for row in black],
    }


def found_after(folder: Path, keep: str) -> tuple[set[str], set[str]]:
    """Let a process read; return the texts that it found and the forms left in its memory."""
    texts: set[str] = set()
    left: set[str] = set()
    with reading(folder, keep) as (child, pixels):
        for seed in range(LOOKS):
            grey = picture(seed)
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
def reading(folder: Path, keep: str) -> Iterator[tuple[subprocess.Popen[str], np.ndarray]]:
    shared = folder / "shared"
    shared.write_bytes(bytes(WIDTH * HEIGHT * 3))
    with shared.open("r+b") as file:
        memory = mmap.mmap(file.fileno(), 0)
    pixels = np.frombuffer(memory, np.uint8).reshape(HEIGHT, WIDTH, 3)
    child = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("canary_reader.py")), str(shared), keep],
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
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            span, access, *_ = line.split()
            if not access.startswith("rw") or str(shared) in line:
                continue
            start, end = (int(each, 16) for each in span.split("-"))
            try:
                memory.seek(start)
                yield memory.read(end - start)
            except OSError:
                continue


@pytest.mark.slow
def test_reading_a_card_leaves_nothing_of_the_picture(tmp_path: Path) -> None:
    texts, left = found_after(tmp_path, "scrub")
    assert texts == {"a code of the canary"}
    assert left == set()


@pytest.mark.slow
def test_the_search_finds_what_is_kept(tmp_path: Path) -> None:
    _, left = found_after(tmp_path, "keep")
    assert "grey" in left
