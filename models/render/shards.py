"""The files of a data set: shards of pictures with labels; README.md tells the format."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from models.render.labels import Labels

WIDTH_PX, HEIGHT_PX = 320, 240
ROWS = {
    "boxes": (np.float32, (4,)),
    "heads": (np.float32, (2,)),
    "visible": (np.float32, ()),
    "pixels": (np.int32, ()),
    "kinds": (np.uint8, ()),
    "tracks": (np.int32, ()),
}


@dataclass(frozen=True, slots=True)
class Shard:
    """n pictures and their m labels; picture k has the rows `offsets[k]` to `offsets[k + 1]`."""

    images: np.ndarray
    offsets: np.ndarray
    boxes: np.ndarray
    heads: np.ndarray
    visible: np.ndarray
    pixels: np.ndarray
    kinds: np.ndarray
    tracks: np.ndarray
    cameras: np.ndarray

    def rows(self, picture: int) -> slice:
        """Return the label rows of a picture."""
        return slice(int(self.offsets[picture]), int(self.offsets[picture + 1]))


@dataclass(frozen=True, slots=True)
class Truth:
    """What happens at the line of a sequence.

    `line` x1, y1, x2, y2 as fractions of the picture, *in* to its right; `crossings` (c, 3) int32:
    frame, 1 in or -1 out, track; `u_turns` (u, 3): the first of two passes; `optional` (o, 3):
    crossings of people who are hardly seen before or after; `dense`: the people follow a recording
    of a dense flow; `people` (p, 3) float32: track, stature in m, how bright the clothes are.
    """

    fps: int
    line: np.ndarray
    crossings: np.ndarray
    u_turns: np.ndarray
    optional: np.ndarray
    dense: bool
    people: np.ndarray


def sequence_path(folder: Path, seed: int, number: int) -> Path:
    """Return where a sequence lies."""
    return folder / f"sequence-{seed:04d}-{number:04d}.npz"


def shard_path(folder: Path, seed: int, number: int) -> Path:
    """Return where a shard lies."""
    return folder / f"scenes-{seed:04d}-{number:04d}.npz"


def write_shard(
    path: Path,
    images: np.ndarray,
    labels: Sequence[Labels],
    cameras: np.ndarray,
    truth: Truth | None = None,
) -> None:
    """Write a shard or a sequence at once or not at all.

    `images` (n, h, w, 3), n labels, `cameras` (n, 4).
    """
    counts = [len(one.kinds) for one in labels]
    names = {name: "numbers" if name == "tracks" else name for name in ROWS}
    columns = {
        name: np.concatenate([getattr(one, names[name]).reshape(-1, *shape) for one in labels])
        .astype(kind)
        for name, (kind, shape) in ROWS.items()
    }  # fmt: skip
    partial = path.with_suffix(".partial")
    with partial.open("wb") as file:
        np.savez(
            file,
            images=images,
            offsets=np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
            cameras=cameras.astype(np.float32),
            **columns,
            **(asdict(truth) if truth else {}),
        )
    partial.rename(path)


def read_shard(path: Path) -> Shard:
    """Read a shard.

    Raises:
        ValueError: Arrays are missing or do not fit each other.
    """
    with np.load(path) as file:
        missing = sorted(set(Shard.__dataclass_fields__) - set(file.files))
        if missing:
            raise ValueError(f"{path} is no shard of scenes: it lacks {', '.join(missing)}")
        shard = Shard(**{name: file[name] for name in Shard.__dataclass_fields__})
    count = len(shard.images)
    if len(shard.offsets) != count + 1 or len(shard.cameras) != count:
        raise ValueError(f"{path}: {count} pictures do not fit offsets or cameras")
    if any(len(getattr(shard, name)) != shard.offsets[-1] for name in ROWS):
        raise ValueError(f"{path}: label arrays are not {shard.offsets[-1]} rows long")
    return shard


def read_sequence(path: Path) -> tuple[Shard, Truth]:
    """Read a sequence: its frames as a shard whose `tracks` hold through time, and its truth.

    Raises:
        ValueError: The file is no sequence.
    """
    shard = read_shard(path)
    with np.load(path) as file:
        if "crossings" not in file.files:
            raise ValueError(f"{path} is no sequence: it lacks crossings; stills have none")
        truth = Truth(
            int(file["fps"]),
            file["line"],
            file["crossings"],
            file["u_turns"],
            file["optional"],
            bool(file["dense"]),
            file["people"],
        )
    return shard, truth


def read_shards(folder: Path) -> Iterator[Shard]:
    """Read all shards of a folder in the order of their names.

    Raises:
        FileNotFoundError: There is none.
    """
    paths = sorted(folder.glob("scenes-*.npz"))
    if not paths:
        raise FileNotFoundError(f"no scenes-*.npz in {folder}: render some first")
    yield from map(read_shard, paths)
