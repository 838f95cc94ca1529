"""No pixel survives a look: plant a pattern in a frame, look, search the process's memory.

The picture is random, so 16 bytes of it found in memory are a leak and no coincidence. It is
searched for as it was planted and in every form that it takes on the way: shrunk, red first,
converted from YUV, with the sign bit turned, as the quantised network stores it, and cut into the
patches that some kernels make of it for their first convolution (im2col).
"""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from tflite_runtime.interpreter import Interpreter

from fanlight.vision.frame import Layout
from fanlight.vision.interpreter import Runtime
from fanlight.vision.package import check_package
from fanlight.vision.sight import SAMPLED_ROWS

if TYPE_CHECKING:
    from collections.abc import Iterator

TESTS = Path(__file__).resolve().parents[1]
DETECTORS = TESTS.parent / "models" / "detector"
PACKAGES = ("interim", "own")
WIDTH, HEIGHT = 640, 480
KERNEL, STRIDE = 3, 2
NEEDLE_BYTES = 16
NEEDLES = 60
LOOKS = 3
OWN_MEMORY = ("anonymous", "[heap]", "[stack]")


@dataclass(frozen=True)
class Seer:
    """A detector package in one of the interpreters."""

    package: str
    runtime: Runtime = Runtime.LITERT

    @property
    def manifest(self) -> Path:
        return DETECTORS / self.package / "manifest.toml"

    @property
    def size(self) -> tuple[int, int]:
        wanted = check_package(self.manifest).manifest.input
        return wanted.width, wanted.height

    @property
    def never_seen(self) -> set[str]:
        """The forms that are gone at the end of a look even without a scrub.

        A signed input tensor never stays unsigned, XNNPACK makes no patches, and in the arena of
        tflite-runtime later layers overwrite them.
        """
        return {"patches", "input"} if self.package == "own" else {"patches"}

    def __str__(self) -> str:
        return f"{self.package}-{self.runtime}"


QUICK = [Seer(package) for package in PACKAGES]
SEERS = [*QUICK, Seer("own", Runtime.TFLITE)]
CASES = [(seer, Layout.BGR) for seer in SEERS] + [(seer, Layout.I420) for seer in QUICK]
cases = pytest.mark.parametrize(("seer", "layout"), CASES, ids=str)


class Looker:
    """The room in a process of its own, and the buffer that it looks at."""

    def __init__(self, child: subprocess.Popen[str], buffer: np.ndarray, seer: Seer) -> None:
        self._child = child
        self.buffer = buffer
        self.seer = seer

    def look(self) -> str:
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write("\n")
        self._child.stdin.flush()
        return self._child.stdout.readline().strip()

    def memory(self) -> Iterator[tuple[str, bytes]]:
        """Yield every readable map of the process: its name and its content."""
        with Path(f"/proc/{self._child.pid}/mem").open("rb", 0) as memory:
            for line in Path(f"/proc/{self._child.pid}/maps").read_text().splitlines():
                span, access, *rest = line.split()
                if access[0] != "r" or rest[-1] in ("[vvar]", "[vsyscall]", "[vvar_vclock]"):
                    continue
                start, end = (int(bound, 16) for bound in span.split("-"))
                memory.seek(start)
                yield " ".join(rest[3:]) or "anonymous", memory.read(end - start)


@contextmanager
def started(command: list[str], buffer: np.ndarray, seer: Seer) -> Iterator[Looker]:
    """Run a process that looks at a shared picture whenever it is told to, until it is let go."""
    with subprocess.Popen(
        command,
        cwd=TESTS,
        env={"PYTHONPATH": str(TESTS)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        yield Looker(child, buffer, seer)
        assert child.stdin is not None
        child.stdin.close()
        assert child.wait(10) == 0


@contextmanager
def looking(folder: Path, layout: Layout, keep: str, seer: Seer) -> Iterator[Looker]:
    shape = (HEIGHT * 3 // 2, WIDTH) if layout is Layout.I420 else (HEIGHT, WIDTH, 3)
    shared = folder / "shared"
    buffer = np.memmap(shared, np.uint8, "w+", shape=shape)
    command = [sys.executable, "vision/canary_room.py", str(shared), layout, keep]
    command += [str(seer.manifest), seer.runtime]
    with started(command, buffer, seer) as looker:
        yield looker


def canary(shape: tuple[int, ...], layout: Layout, *, blocks: bool) -> np.ndarray:
    """A random picture; with `blocks`, of areas so large that they survive shrinking."""
    rng = np.random.default_rng()
    low, high = (100, 156) if layout is Layout.I420 else (40, 216)
    if not blocks:
        return rng.integers(low, high, shape, np.uint8)
    coarse = rng.integers(low, high, [max(1, size // 8) for size in shape[:2]], np.uint8)
    picture = cv2.resize(coarse, shape[1::-1], interpolation=cv2.INTER_NEAREST)
    return picture if len(shape) == 2 else np.dstack((picture, picture[::-1], picture[:, ::-1]))


def forms(picture: np.ndarray, layout: Layout, size: tuple[int, int]) -> dict[str, np.ndarray]:
    """Every form that the picture takes on its way to a network's input of that size."""
    found = {"as planted": picture}
    width, height = size
    if layout is Layout.I420:
        luma = HEIGHT * WIDTH
        flat = picture.reshape(-1)
        y = cv2.resize(flat[:luma].reshape(HEIGHT, WIDTH), size)
        colours = flat[luma:].reshape(2, HEIGHT // 2, WIDTH // 2)
        u, v = (cv2.resize(colour, (width // 2, height // 2)) for colour in colours)
        found["shrunk"] = np.concatenate([y.reshape(-1), u.reshape(-1), v.reshape(-1)])
        found["input"] = cv2.cvtColor(
            found["shrunk"].reshape(height * 3 // 2, width), cv2.COLOR_YUV2RGB_I420
        )
        found["sample"] = picture[:HEIGHT]
    else:
        found["shrunk"] = cv2.resize(picture, size)
        found["input"] = np.ascontiguousarray(found["shrunk"][..., ::-1])
        found["sample"] = picture[..., 1]
    step = HEIGHT // SAMPLED_ROWS
    found["sample"] = np.ascontiguousarray(found["sample"][::step, ::step])
    found["signed input"] = found["input"] ^ 0x80
    found["patches"] = patches(found["signed input"])
    return found


def patches(picture: np.ndarray) -> np.ndarray:
    """Lay the pixels under each place of the first convolution side by side (im2col)."""
    views = np.lib.stride_tricks.sliding_window_view(picture, (KERNEL, KERNEL), (0, 1))
    return np.ascontiguousarray(views[::STRIDE, ::STRIDE].transpose(0, 1, 3, 4, 2))


def needles(form: np.ndarray) -> list[bytes]:
    """Cut pieces from everywhere in a picture, last row included, leaving out uniform ones."""
    content = form.tobytes()
    places = np.linspace(0, len(content) - NEEDLE_BYTES, NEEDLES).astype(int)
    pieces = (content[place : place + NEEDLE_BYTES] for place in places)
    return [piece for piece in pieces if len(set(piece)) > NEEDLE_BYTES // 3]


class Search:
    """Finds any of many needles in a lot of memory, in one pass over its 8-byte words.

    Wherever a needle lies, one whole word of it is aligned; a table of hashed words says which
    places are worth a comparison of the whole needle.
    """

    def __init__(self, wanted: set[tuple[str, bytes]]) -> None:
        self._whole: dict[int, list[tuple[str, bytes, int]]] = {}
        for name, needle in wanted:
            for offset in range(8):
                word = int.from_bytes(needle[offset : offset + 8], sys.byteorder)
                self._whole.setdefault(word, []).append((name, needle, offset))
        self._words = np.sort(np.array(list(self._whole), np.uint64))
        self._table = np.zeros(1 << 16, np.bool_)
        self._table[self._hash(self._words)] = True

    def names_in(self, content: bytes) -> set[str]:
        words = np.frombuffer(content, np.uint64, len(content) // 8)
        places = np.flatnonzero(self._table[self._hash(words)])
        places = places[np.isin(words[places], self._words)]
        return {
            name
            for place in places.tolist()
            for name, needle, offset in self._whole[int(words[place])]
            if content[8 * place - offset : 8 * place - offset + NEEDLE_BYTES] == needle
        }

    @staticmethod
    def _hash(words: np.ndarray) -> np.ndarray:
        return (words * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(48)


def search(looker: Looker, pictures: list[np.ndarray], layout: Layout) -> set[str]:
    """Return the forms of the pictures that are found anywhere in the process."""
    wanted = {
        (name, needle)
        for picture in pictures
        for name, form in forms(picture, layout, looker.seer.size).items()
        for needle in needles(form)
    }
    assert len(wanted) > NEEDLES
    seeker = Search(wanted)
    found = set()
    searched = 0
    for _map, content in looker.memory():
        searched += len(content)
        found |= seeker.names_in(content)
    assert searched > 30_000_000
    return found


@cases
@pytest.mark.parametrize("keep", ["scrub", "fail"])
def test_nothing_of_a_frame_is_left_in_memory(
    tmp_path: Path, layout: Layout, keep: str, seer: Seer
) -> None:
    with looking(tmp_path, layout, keep, seer) as looker:
        pictures = []
        for look in range(LOOKS):
            pictures.append(canary(looker.buffer.shape, layout, blocks=look == LOOKS - 1))
            looker.buffer[...] = pictures[-1]
            looker.look()
            assert not looker.buffer.any()
        assert search(looker, pictures, layout) == set()


@cases
def test_without_the_scrub_the_search_finds_every_form(
    tmp_path: Path, layout: Layout, seer: Seer
) -> None:
    with looking(tmp_path, layout, "keep", seer) as looker:
        picture = canary(looker.buffer.shape, layout, blocks=False)
        looker.buffer[...] = picture
        looker.look()
        expected = set(forms(picture, layout, seer.size)) - seer.never_seen
        assert search(looker, [picture], layout) == expected


def test_patches_are_laid_out_as_a_kernel_lays_them_out() -> None:
    seer = Seer("own", Runtime.TFLITE)
    model = seer.manifest.parent / check_package(seer.manifest).manifest.file
    network = Interpreter(model_path=str(model), experimental_preserve_all_tensors=True)
    network.allocate_tensors()
    (given,) = network.get_input_details()
    picture = np.random.default_rng(0).integers(-128, 128, given["shape"], np.int8)
    network.set_tensor(given["index"], picture)
    network.invoke()
    wanted = patches(picture[0])
    rows, columns = wanted.shape[:2]
    (scratch,) = (
        network.get_tensor(tensor["index"])[0, :rows, :columns]
        for tensor in network.get_tensor_details()
        if tensor["name"] == "" and tensor["shape"][-1] == KERNEL * KERNEL * 3
    )
    assert (scratch == wanted.reshape(scratch.shape)).all()


def bytes_that_tell_apart(looker: Looker) -> int:
    """Count the bytes of memory that differ after two pictures but not after two equal ones."""
    first = canary(looker.buffer.shape, Layout.BGR, blocks=True)
    other = canary(looker.buffer.shape, Layout.BGR, blocks=True)
    snapshots = []
    for picture in (first, first, first, other):
        looker.buffer[...] = picture
        looker.look()
        snapshots.append([content for name, content in looker.memory() if name in OWN_MEMORY])
    told = 0
    for same, again, different in zip(*snapshots[1:], strict=True):
        a, b, c = (np.frombuffer(content, np.uint8) for content in (same, again, different))
        told += int(np.count_nonzero((a == b) & (b != c)))
    return told


@pytest.mark.parametrize("seer", SEERS, ids=str)
def test_feature_maps_stay_until_the_network_forgets(tmp_path: Path, seer: Seer) -> None:
    """What docs/privacy/what-survives.md says of feature maps, both ways (-s: how many bytes)."""
    with looking(tmp_path, Layout.BGR, "scrub", seer) as looker:
        kept = bytes_that_tell_apart(looker)
    with looking(tmp_path, Layout.BGR, "forget", seer) as looker:
        left = bytes_that_tell_apart(looker)
    sys.stdout.write(f"{seer}: {kept} bytes depend on the last picture, {left} once forgotten\n")
    assert kept > 100_000
    assert left < 20_000


def test_a_look_opens_no_file_for_writing_and_no_socket(tmp_path: Path) -> None:
    with looking(tmp_path, Layout.BGR, "scrub", SEERS[0]) as looker:
        for _look in range(LOOKS):
            looker.buffer[...] = canary(looker.buffer.shape, Layout.BGR, blocks=False)
            assert looker.look() == "looked"
    assert [path.name for path in tmp_path.iterdir()] == ["shared"]
    assert not np.fromfile(tmp_path / "shared", np.uint8).any()
