"""Compare an embedder with OSNet and colour histograms on real people, in memory only.

    python -m models.train_embedder.pets CONFIG FILE --shared ../shared/data

The people are those of PETS 2009 S2.L1: boxes of the ground truth, pixels of the clip. Nothing is
stored, nothing is chosen by it; a model's card says how often it was opened. From every EVERY-th
frame all boxes are taken. A pair of one person is two boxes of one track at least APART frames from
each other; a pair of two is any two boxes of different tracks. `uncovered` leaves out boxes of
which another box of the frame covers more than COVERED.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from models.render.crops import cut
from models.train_embedder.colours import histogram
from models.train_embedder.config import read_config
from models.train_embedder.look import interpreter_of, load, unit
from models.train_embedder.pairs import area, interval
from models.train_embedder.pictures import shown

if TYPE_CHECKING:
    from models.train_embedder.config import Config

EVERY, APART = 10, 20
COVERED = 0.3
TRUTH = Path("mot") / "PETS09-S2L1" / "gt" / "gt.txt"
CLIP = Path("clips") / "pets_vtest.avi"
OSNET = Path("models") / "osnet_x0_25_int8.tflite"
OSNET_MEAN = np.array([0.485, 0.456, 0.406], np.float32)
OSNET_SPREAD = np.array([0.229, 0.224, 0.225], np.float32)
OSNET_SIZE = (128, 256)


@dataclass(frozen=True, slots=True)
class Sightings:
    """Boxes of the ground truth: crops as `crops.cut` makes them, their frames and tracks."""

    pixels: list[np.ndarray]
    boxes: list[np.ndarray]
    frame: np.ndarray
    track: np.ndarray
    uncovered: np.ndarray


def sightings(shared: Path) -> Sightings:
    """Read every EVERY-th frame; frame k + 1 of the ground truth is frame k of the clip."""
    truth = np.loadtxt(shared / TRUTH, delimiter=",")
    pixels, boxes, frames, tracks, uncovered = [], [], [], [], []
    clip = cv2.VideoCapture(str(shared / CLIP))
    index = 0
    while True:
        there, picture = clip.read()
        if not there:
            break
        index += 1
        if (index - 1) % EVERY:
            continue
        rows = truth[truth[:, 0] == index]
        high, wide = picture.shape[:2]
        corners = np.concatenate([rows[:, 2:4] - 1, rows[:, 2:4] - 1 + rows[:, 4:6]], axis=1)
        corners = np.clip(corners, 0, (wide, high, wide, high)).astype(np.float32)
        for row, box in zip(rows, corners, strict=True):
            crop, place = cut(picture[..., ::-1], box)
            pixels.append(crop)
            boxes.append(place)
            frames.append(index)
            tracks.append(int(row[1]))
            uncovered.append(_covered(box, corners) <= COVERED)
    clip.release()
    return Sightings(pixels, boxes, *map(np.array, (frames, tracks, uncovered)))


def _covered(box: np.ndarray, others: np.ndarray) -> float:
    """Return the largest share of a box that one other box covers."""
    low, high = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
    shared = np.prod(np.maximum(high - low, 0), axis=1) / np.prod(box[2:] - box[:2])
    shared[(others == box).all(axis=1)] = 0
    return float(shared.max(initial=0))


def likenesses(seen: Sightings, config: Config, file: Path, osnet: Path) -> dict[str, np.ndarray]:
    """Return every method's vectors of length 1, (n, d)."""
    look = load(file, config)
    pictures = [
        shown(pixels, box, config.input)
        for pixels, box in zip(seen.pixels, seen.boxes, strict=True)
    ]
    inner = [
        pixels[int(box[1]) : int(box[3]), int(box[0]) : int(box[2])]
        for pixels, box in zip(seen.pixels, seen.boxes, strict=True)
    ]
    return {
        config.name: look(np.stack(pictures)),
        "OSNet x0.25": _osnet(inner, osnet),
        "HSV histogram": np.stack([histogram(np.ascontiguousarray(one)) for one in inner]),
    }


def _osnet(pictures: list[np.ndarray], path: Path) -> np.ndarray:
    interpreter = interpreter_of(path)
    given, told = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    scale, zero = given["quantization"]
    out_scale, out_zero = told["quantization"]
    found = []
    for picture in pictures:
        values = cv2.resize(picture, OSNET_SIZE).astype(np.float32) / 255
        values = (values - OSNET_MEAN) / OSNET_SPREAD
        stored = np.clip(np.rint(values / scale) + zero, -128, 127).astype(np.int8)
        interpreter.set_tensor(given["index"], stored[None])
        interpreter.invoke()
        vector = interpreter.get_tensor(told["index"])[0].astype(np.float32)
        found.append((vector - out_zero) * out_scale)
    return unit(np.stack(found))


def main() -> None:
    """Print one line a method."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", type=Path)
    parser.add_argument("file", type=Path)
    parser.add_argument("--shared", type=Path, required=True)
    given = parser.parse_args()
    seen = sightings(given.shared)
    vectors = likenesses(seen, read_config(given.config), given.file, given.shared / OSNET)
    first, second = np.triu_indices(len(seen.track), 1)
    same = seen.track[first] == seen.track[second]
    usable = ~same | (np.abs(seen.frame[first] - seen.frame[second]) >= APART)
    clear = seen.uncovered[first] & seen.uncovered[second]
    for name, chosen in (("all boxes", usable), ("uncovered", usable & clear)):
        one, other, alike = first[chosen], second[chosen], same[chosen]
        tracks = np.stack([seen.track[one], seen.track[other]], 1)
        print(f"{name}: {alike.sum()} pairs of one, {(~alike).sum()} of two")  # noqa: T201
        for method, each in vectors.items():
            likeness = np.einsum("nd,nd->n", each[one], each[other])
            low, high = interval(likeness, alike, tracks, np.random.default_rng(0), rounds=100)
            told = f"{area(likeness, alike):.4f} [{low:.4f}, {high:.4f}]"
            print(f"  {method:16s} AUC {told}")  # noqa: T201  # a command's answer


if __name__ == "__main__":
    main()
