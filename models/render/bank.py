"""The bank: some hundred bodies of all ages, each baked in every stance.

    python -m models.render.bank [--cache FOLDER] [--bodies 560]

bakes it once; scenes read it from there.
"""

from __future__ import annotations

import argparse
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.render.gait import Style
from models.render.stances import ROWS, all_poses, rows_of

CACHE = Path.home() / ".cache" / "fanlight"
FOLDER = "bodies-1"
SEED = 2
TOPOLOGY = "notoes_collapse10pc"
ANCHORS = ("head", "chest", "left hand", "right hand", "hips")
BONES = ("spine02", "finger3-1.L", "finger3-1.R", "root")
MARKS = 9


@dataclass(frozen=True, slots=True)
class Bank:
    """All baked bodies; b bodies, r = ROWS poses, v vertices, lengths in metres.

    `places` and `normals` (b, r, v, 3) float16, a body facing -y with its feet on z = 0; `marks`
    (b, v, MARKS) as in `bodies.Body`; `anchors` (b, r, 5, 3) in the order of ANCHORS; `traits`
    (b, 4): stature, width of the shoulders, radius of the head, way of two steps; `faces` (f, 3).
    """

    places: np.ndarray
    normals: np.ndarray
    marks: np.ndarray
    anchors: np.ndarray
    traits: np.ndarray
    faces: np.ndarray


NAMES = tuple(Bank.__dataclass_fields__)


def load_bank(cache: Path = CACHE) -> Bank:
    """Read the bank.

    Raises:
        FileNotFoundError: Nothing is baked there; the message says how to.
    """
    folder = cache / FOLDER
    if not folder.is_dir():
        raise FileNotFoundError(
            f"no bodies in {folder}: bake them with python -m models.render.bank --cache {cache}"
        )
    big = ("places", "normals")
    return Bank(
        *(np.load(folder / f"{name}.npy", mmap_mode="r" if name in big else None) for name in NAMES)
    )


def bake(cache: Path, bodies: int) -> None:
    """Bake `bodies` bodies into a cache folder."""
    from models.render.bodies import BodyShop, Build  # noqa: PLC0415 - reading a bank needs no anny

    rng = np.random.default_rng(SEED)
    shop = BodyShop(TOPOLOGY)
    rows: dict[str, list[np.ndarray]] = {name: [] for name in NAMES[:-1]}
    for _ in range(bodies):
        build = Build(**_shape(rng), style=_style(rng))
        posed = shop.posed(build, all_poses(build.style, rng))
        head = (posed.marks[:, 3] > 6.0) & (posed.marks[:, 5] < 0.5)
        joint = posed.bones[:, [shop.bone(name) for name in BONES]]
        stand = posed.vertices[rows_of("stand")[0]]
        trunk = (posed.marks[:, 3] > 4.0) & (posed.marks[:, 3] < 5.4) & (posed.marks[:, 5] < 0.5)
        radius = np.ptp(stand[head, 0]) / 2.0
        cycle = shop.cycle_m(posed.vertices[list(rows_of("walk"))])
        rows["places"].append(posed.vertices.astype(np.float16))
        rows["normals"].append(posed.normals.astype(np.float16))
        rows["marks"].append(posed.marks)
        rows["anchors"].append(
            np.concatenate([posed.vertices[:, head].mean(axis=1)[:, None], joint], axis=1)
        )
        rows["traits"].append(
            np.array([stand[:, 2].max(), np.ptp(stand[trunk, 0]), radius, cycle], np.float32)
        )
    partial = cache / f"{FOLDER}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for name, values in rows.items():
        np.save(partial / f"{name}.npy", np.stack(values))
    np.save(partial / "faces.npy", shop.faces)
    shutil.rmtree(cache / FOLDER, ignore_errors=True)
    partial.rename(cache / FOLDER)


def _shape(rng: np.random.Generator) -> dict[str, float]:
    """Draw a body: one in five a child, one in seven old, all builds."""
    kind = rng.random()
    age = rng.uniform(0.2, 0.5) if kind < 0.2 else rng.uniform(0.85, 1.0)
    if 0.2 <= kind < 0.86:
        age = rng.uniform(0.55, 0.85)
    middle = rng.beta(1.6, 1.6, 4)
    return {
        "gender": float(rng.choice([0.05, 0.95]) + rng.uniform(-0.05, 0.05)),
        "age": float(age),
        "muscle": float(middle[0]),
        "weight": float(middle[1]),
        "height": float(rng.uniform(0.22, 0.82)),
        "proportions": float(middle[3]),
    }


def _style(rng: np.random.Generator) -> Style:
    return Style(
        stride=float(rng.uniform(0.55, 1.15)),
        arm_swing=float(rng.uniform(0.2, 1.2)),
        lean_deg=float(rng.uniform(0.0, 12.0)),
        head_down_deg=float(rng.uniform(-2.0, 15.0)),
        bent_right_arm=bool(rng.random() < 0.12),
    )


def main() -> None:
    """Bake the bank."""
    parser = argparse.ArgumentParser(description="Bake the bodies for models.render.dataset.")
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--bodies", type=int, default=560)
    options = parser.parse_args()
    bake(options.cache, options.bodies)
    print(f"{options.bodies} bodies in {ROWS} poses each in {options.cache / FOLDER}")  # noqa: T201 - a command


if __name__ == "__main__":
    main()
