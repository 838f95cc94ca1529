"""A whole device for the canary test: `run_device` with retention on, fed by its parent.

    python canary_device.py SHARED CONFIG KEEP

SHARED holds a picture and an embedding, as a camera's buffers and an embedder's outputs would:
this process never has them but where room and sketch put them. Each line on stdin is a frame; each
answer says how many people that frame added to the sketch. KEEP "scrub" is the real device; "keep"
leaves the scrub out; "hardened" refuses core dumps as `fanlight run` does.
"""

from __future__ import annotations

import asyncio
import mmap
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from fanlight.adapters.hardening import harden
from fanlight.adapters.systemd import SilentNotifier
from fanlight.app import compose, compose_retention
from fanlight.app.config import load_config
from fanlight.app.device import run_device
from fanlight.app.logs import start_logs
from fanlight.domain.moment import Moment
from fanlight.domain.revisit_features import Workbench
from fanlight.vision.frame import Frame, Layout, Stamp
from privacy.canary_kit import AXES, DIMENSIONS, HEIGHT, MEAN, PIXELS, WIDTH
from vision.simulated import BlobFinder

shared, config_path, keep = sys.argv[1:]
memory = mmap.mmap(os.open(shared, os.O_RDWR), 0)
pixels = np.frombuffer(memory, np.uint8, PIXELS).reshape(HEIGHT, WIDTH, 3)
planted = np.frombuffer(memory, np.float32, DIMENSIONS, PIXELS).reshape(1, DIMENSIONS)


class SharedSource:
    """Leases the shared picture each time its parent says so."""

    live = True
    width, height, fps = WIDTH, HEIGHT, 25.0

    def __init__(self) -> None:
        self._index = 0

    def read(self) -> Frame | None:
        if not sys.stdin.readline():
            return None
        self._index += 1
        stamp = Stamp(self._index * 40_000_000, 0, self._index)
        return Frame(pixels, Layout.BGR, (WIDTH, HEIGHT), stamp)

    def close(self) -> None:
        pass


class PlantedEmbedder:
    """Gives the shared embedding to whoever it is asked about, once a frame."""

    projection = SimpleNamespace(mean=MEAN, matrix=AXES)
    lifetime_ms = 1.0

    def embed(self, _frame: Frame, _boxes_px: np.ndarray) -> np.ndarray:
        return planted

    def scrub(self) -> None:
        planted.fill(0)

    def close(self) -> None:
        self.scrub()


def nothing(*_arguments: object) -> None:
    pass


def answer(moment: Moment) -> None:
    sys.stdout.write(f"{moment.embedded} {' '.join(sent)}\n")
    sys.stdout.flush()


sent: list[str] = []
sys.addaudithook(
    lambda event, _details: (
        sent.append(event) if event in {"socket.connect", "socket.sendto", "socket.bind"} else None
    )
)
compose.open_source = lambda _config: SharedSource()  # type: ignore[assignment,return-value]
compose.open_detector = lambda *_arguments: BlobFinder()  # type: ignore[assignment,return-value]
compose_retention.load_embedder = lambda _folder: PlantedEmbedder()  # type: ignore[assignment,return-value]
if keep == "keep":
    for part in (Frame, PlantedEmbedder, Workbench):
        part.scrub = nothing  # type: ignore[method-assign]
if keep == "hardened":
    harden()
start_logs("info")
asyncio.run(run_device(load_config(Path(config_path)), SilentNotifier(), answer))
