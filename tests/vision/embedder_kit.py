"""What the embedder tests share: the shipped packages, copies to damage, and frames."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import cv2
import numpy as np

from fanlight.vision.embedder_manifest import read_embedder_manifest
from fanlight.vision.frame import Frame, Layout, Stamp

ROOT = Path(__file__).resolve().parents[2]
EMBEDDERS = ROOT / "models" / "embedder"
KINDS = ("appearance", "build")
LINEUP = Path(__file__).with_name("lineup.png")
"""Rendered people by `models.train_embedder.sheet`: a row a person, all cells of one size."""
CELL_PX = 64


def lineup() -> np.ndarray:
    """The rendered people, (person, picture, CELL_PX, CELL_PX, 3) red first."""
    sheet = cv2.cvtColor(cv2.imread(str(LINEUP)), cv2.COLOR_BGR2RGB)
    rows, columns = (side // CELL_PX for side in sheet.shape[:2])
    cells = sheet.reshape(rows, CELL_PX, columns, CELL_PX, 3)
    return cells.transpose(0, 2, 1, 3, 4)


def copy_of(kind: str, folder: Path) -> Path:
    """A copy of a shipped package that a test may damage."""
    manifest = read_embedder_manifest(EMBEDDERS / kind)
    for name in ("manifest.toml", manifest.file, manifest.projection.file):
        shutil.copy(EMBEDDERS / kind / name, folder / name)
    return folder


def edit(package: Path, old: str, new: str) -> None:
    path = package / "manifest.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def promise(package: Path, name: str, content: bytes) -> None:
    """Replace a file and let the manifest promise the new one."""
    before = hashlib.sha256((package / name).read_bytes()).hexdigest()
    (package / name).write_bytes(content)
    edit(package, before, hashlib.sha256(content).hexdigest())


def frame_of(pixels: np.ndarray, layout: Layout = Layout.RGB) -> Frame:
    """A frame with these pixels, RGB, brought into a layout."""
    height, width = pixels.shape[:2]
    if layout is Layout.BGR:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    elif layout is Layout.I420:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_RGB2YUV_I420)
    return Frame(np.ascontiguousarray(pixels), layout, (width, height), Stamp(0, 0, 0))


def wall(people: np.ndarray) -> tuple[Frame, np.ndarray]:
    """A frame of pictures side by side, and their boxes less the margin."""
    count = len(people)
    boxes = np.zeros((count, 4), np.float32)
    boxes[:, 0] = np.arange(count) * CELL_PX + 2
    boxes[:, 1], boxes[:, 2], boxes[:, 3] = 2, boxes[:, 0] + CELL_PX - 4, CELL_PX - 2
    return frame_of(np.hstack(list(people))), boxes
