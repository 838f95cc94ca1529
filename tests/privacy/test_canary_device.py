"""Nothing of a person is left anywhere: a run of the whole device with retention on is searched.

Random pictures and a random embedding are planted where camera and embedder would put them. When
the person has come in and is in the sketch, memory (which is what a core dump holds), files, logs
and sockets are searched for pieces of both, in every form they take on the way.
"""

from __future__ import annotations

import gzip
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest

from fanlight.adapters.series_store import SeriesFile
from fanlight.domain.revisit_features import LENGTH, QuadFeatures, Workbench
from privacy.canary_kit import (
    AXES,
    BODY_PX,
    DIMENSIONS,
    FRAMES,
    HEIGHT,
    MANIFEST,
    MEAN,
    PIXELS,
    WIDTH,
    body_at,
)
from vision.test_canary import Looker, Search, needles

TESTS = Path(__file__).resolve().parents[1]
CONFIG = """
[device]
data_dir = "{folder}"
timezone = "{zone}"
[clock]
trust = "always"
[ladder]
look_deadline_s = 60
[retention]
embedder = "{embedder}"
opens = "{opens}"
closes = "{closes}"
"""


@dataclass
class Run:
    """A device that has seen somebody come in, and what was planted on the way."""

    looker: Looker
    child: subprocess.Popen[str]
    folder: Path
    pictures: list[np.ndarray]
    embedding: np.ndarray
    sent: set[str]

    def wanted(self) -> set[tuple[str, bytes]]:
        forms = {f"picture {number}": [each] for number, each in enumerate(self.pictures)}
        forms |= forms_of(self.embedding, self.folder / "data")
        return {
            (name, needle)
            for name, arrays in forms.items()
            for array in arrays
            for needle in needles(array)
        }


def forms_of(embedding: np.ndarray, data_dir: Path) -> dict[str, list[np.ndarray]]:
    """Every form of the embedding on its way into the sums."""
    series = SeriesFile(data_dir / "retention", mend=False).read()
    assert series is not None
    features = QuadFeatures.of_seed(MEAN, AXES, bytes.fromhex(series.key.seed))
    bench = Workbench(features)
    vector = bench.vectors(embedding[None]).copy()
    z = bench._axes.copy()
    products = bench._products.copy()
    return {
        "embedding": [embedding, embedding.astype(np.float64)],
        "z": [z, z.astype(np.float64)],
        "phi": [products, products / LENGTH, products.astype(np.float64)],
        "vector": [vector, vector.astype(np.int64), vector.astype(np.float32)],
    }


def config_of(folder: Path) -> Path:
    """A shop that opened a minute ago, somewhere on earth where it is about noon."""
    now = datetime.now(UTC)
    ahead = 12 - now.hour
    local = now + timedelta(hours=ahead)
    embedder = folder / "embedder"
    embedder.mkdir()
    (embedder / "manifest.toml").write_text(
        MANIFEST.format(kind="face", lags="[0, 1]", sha="0" * 64)
    )
    path = folder / "device.toml"
    path.write_text(
        CONFIG.format(
            folder=folder / "data",
            zone=f"Etc/GMT{-ahead:+d}" if ahead else "UTC",
            embedder=embedder,
            opens=f"{local - timedelta(minutes=1):%H:%M}",
            closes="20:00",
        )
    )
    return path


@contextmanager
def device(folder: Path, keep: str) -> Iterator[Run]:
    """Walk somebody through the door of a device and hand it over while it waits for more."""
    shared = folder / "shared"
    shared.write_bytes(bytes(PIXELS + 4 * DIMENSIONS))
    pixels = np.memmap(shared, np.uint8, "r+", shape=(HEIGHT, WIDTH, 3))
    planted = np.memmap(shared, np.float32, "r+", PIXELS, (DIMENSIONS,))
    rng = np.random.default_rng()
    embedding = rng.standard_normal(DIMENSIONS).astype(np.float32)
    embedding /= np.linalg.norm(embedding)
    command = [
        sys.executable,
        "privacy/canary_device.py",
        str(shared),
        str(config_of(folder)),
        keep,
    ]
    with (folder / "log").open("w") as log, subprocess.Popen(
        command, cwd=TESTS, env={"PYTHONPATH": str(TESTS)}, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=log, text=True,
    ) as child:  # fmt: skip
        run = Run(Looker(child, pixels, None), child, folder, [], embedding, set())  # type: ignore[arg-type]
        try:
            wait_for_the_day(folder)
            walk(run, planted)
            yield run
        finally:
            child.kill()


def wait_for_the_day(folder: Path) -> None:
    """The sketch must have begun before anybody comes in."""
    deadline = datetime.now(UTC) + timedelta(seconds=60)
    audit = folder / "data" / "audit" / "audit.jsonl"
    while not (audit.exists() and "retention_day_begun" in audit.read_text()):
        assert datetime.now(UTC) < deadline, (folder / "log").read_text()
        signal.sigtimedwait([], 0.1)


def walk(run: Run, planted: np.ndarray) -> None:
    rng = np.random.default_rng()
    for frame in range(FRAMES):
        picture = rng.integers(40, 180, (HEIGHT, WIDTH, 3), np.uint8)
        cv2.circle(picture, body_at(frame), BODY_PX, (250, 250, 250), -1)
        run.looker.buffer[...] = picture
        planted[...] = run.embedding
        added, *sent = run.looker.look().split()
        run.sent.update(sent)
        run.pictures = [*run.pictures, picture][-3:]
        if added == "1":
            return
    raise AssertionError(f"nobody came in: {(run.folder / 'log').read_text()}")


LONGEST_LIST = 8
RING_TEXT = 4 * (-(-512 // 3))
"""A sketch of 512 bytes in base64."""


def check_stored(data_dir: Path) -> None:
    """No stored value is long enough to be a picture or an embedding, but a closed day's sums."""

    def check(value: object, path: str) -> None:
        if isinstance(value, dict):
            for name, inner in value.items():
                check(inner, f"{path}.{name}")
        elif isinstance(value, list):
            numbers = [each for each in value if isinstance(each, int | float)]
            assert len(numbers) <= LONGEST_LIST, path
            for inner in value:
                check(inner, path)
        elif isinstance(value, str):
            assert len(value) <= 400 or (path == "retention.ring" and len(value) == RING_TEXT), path

    documents = [
        ("retention", gzip.decompress(path.read_bytes()).split(b"\n", 1)[1])
        for path in data_dir.rglob("retention*.json.gz")
    ]
    documents += [
        ("ledger", gzip.decompress(path.read_bytes()).split(b"\n", 1)[1])
        for path in data_dir.rglob("hours*.json.gz")
    ]
    lines = (data_dir / "audit" / "audit.jsonl").read_bytes().splitlines()
    documents += [("audit", line) for line in lines]
    assert len({name for name, _document in documents}) == 3
    for name, document in documents:
        check(json.loads(document), name)


def found_in_memory(run: Run) -> set[str]:
    seeker = Search(run.wanted())
    return set().union(*(seeker.names_in(content) for _map, content in run.looker.memory()))


@pytest.mark.slow
def test_nothing_is_left_in_memory_files_logs_and_sockets(tmp_path: Path) -> None:
    with device(tmp_path, "scrub") as run:
        assert found_in_memory(run) == set()
        assert run.sent == set()
        run.child.send_signal(signal.SIGTERM)
        assert run.child.stdin is not None
        run.child.stdin.close()
        run.child.wait(30)
        wanted = run.wanted()
    check_stored(tmp_path / "data")
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {"audit.jsonl", "retention.json.gz", "log"} <= {path.name for path in files}
    for path in files:
        content = path.read_bytes()
        assert not [name for name, needle in wanted if needle in content], path
    assert (
        "the device was stopped before the day had ended"
        in (tmp_path / "data/audit/audit.jsonl").read_text()
    )


@pytest.mark.slow
def test_without_the_scrub_the_search_finds_picture_and_embedding(tmp_path: Path) -> None:
    with device(tmp_path, "keep") as run:
        assert found_in_memory(run) >= {"embedding", "z", "phi", "vector", "picture 2"}


def test_a_crash_leaves_no_core_behind(tmp_path: Path) -> None:
    with device(tmp_path, "hardened") as run:
        run.child.send_signal(signal.SIGABRT)
        assert run.child.wait(30) == -signal.SIGABRT
    assert not [path for folder in (tmp_path, TESTS) for path in folder.glob("core*")]
