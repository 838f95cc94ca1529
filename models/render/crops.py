"""Files of people cut out of pictures: the same people again and again, in other views."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

CONTEXT = 0.3
"""Room that is kept on each side of a box, as a share of its width or height."""


@dataclass(frozen=True, slots=True)
class Crop:
    """One person in one picture.

    `pixels` (h, w, 3) uint8 RGB are the box with room round it, as far as the picture goes; `box`
    (4,) float32 x1, y1, x2, y2 px in them. `person` is the identity's number, the same on all
    days. `view_deg` is the angle from straight down at which the camera sees them, `mount` tells
    the cameras of a lineup apart, `lighting` the lights of a day there (0 the usual one); `light`
    indexes `lights.LIGHTS`.
    """

    pixels: np.ndarray
    box: np.ndarray
    person: int
    day: int
    scene: int
    mount: int
    lighting: int
    light: int
    view_deg: float
    visible: float


NUMBERS = tuple(field.name for field in fields(Crop))[2:]


@dataclass(frozen=True, slots=True)
class Crops:
    """Many crops: `pixels` a list, `boxes` (n, 4), every other field of `Crop` an array (n,)."""

    pixels: list[np.ndarray]
    boxes: np.ndarray
    person: np.ndarray
    day: np.ndarray
    scene: np.ndarray
    mount: np.ndarray
    lighting: np.ndarray
    light: np.ndarray
    view_deg: np.ndarray
    visible: np.ndarray

    def __len__(self) -> int:
        """Return how many crops there are."""
        return len(self.pixels)


def cut(image: np.ndarray, box: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a box of a picture with room round it, and where the box is in that."""
    high, wide = image.shape[:2]
    room = CONTEXT * (box[2:] - box[:2])
    x1, y1 = np.maximum(np.floor(box[:2] - room), 0).astype(int)
    x2, y2 = np.minimum(np.ceil(box[2:] + room), (wide, high)).astype(int)
    return image[y1:y2, x1:x2].copy(), (box - (x1, y1, x1, y1)).astype(np.float32)


def write_crops(path: Path, crops: list[Crop]) -> None:
    """Write crops; the file appears whole or not at all."""
    arrays = {
        "pixels": np.concatenate([crop.pixels.reshape(-1) for crop in crops]),
        "shapes": np.array([crop.pixels.shape[:2] for crop in crops], np.int32),
        "boxes": np.stack([crop.box for crop in crops]),
    }
    for name in NUMBERS:
        values = np.array([getattr(crop, name) for crop in crops])
        arrays[name] = values.astype(np.float32 if values.dtype.kind == "f" else np.int32)
    fresh = path.with_suffix(".new")
    with fresh.open("wb") as file:
        np.savez(file, **arrays)
    fresh.replace(path)


def read_crops(paths: Iterable[Path]) -> Crops:
    """Read files of `write_crops` as one.

    Raises:
        ValueError: there is no file.
    """
    pixels: list[np.ndarray] = []
    columns: dict[str, list[np.ndarray]] = {name: [] for name in ("boxes", *NUMBERS)}
    for path in paths:
        with np.load(path, allow_pickle=False) as file:
            shapes = file["shapes"]
            ends = np.cumsum(shapes[:, 0] * shapes[:, 1] * 3)
            for piece, shape in zip(np.split(file["pixels"], ends[:-1]), shapes, strict=True):
                pixels.append(piece.reshape(*shape, 3))
            for name, parts in columns.items():
                parts.append(file[name])
    if not pixels:
        raise ValueError("no lineup-*.npz: render some with python -m models.render.lineup_files")
    return Crops(pixels, *(np.concatenate(parts) for parts in columns.values()))
