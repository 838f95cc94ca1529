"""How well an embedder tells people apart.

    python -m models.train_embedder.evaluate CONFIG FILE --data DIR [--axes FILE] [--json FILE]

FILE holds weights or is a .tflite.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from models.render.crops import read_crops
from models.render.lights import LIGHTS
from models.render.lineups import PEOPLE
from models.train_embedder.config import read_config
from models.train_embedder.kernel import Axes, kernel_of_pairs, mean_over_people
from models.train_embedder.look import load, vectors_of
from models.train_embedder.pairs import Pairs, area, interval, pairs_of

if TYPE_CHECKING:
    from models.render.crops import Crops
    from models.train_embedder.config import Config

VIEWS = ("overhead", "oblique", "side")
VIEW_ENDS_DEG = (25.0, 60.0)
"""Seen from straight above up to here; from the side from there on."""
QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
LEAST_PAIRS = 100
SEED = 8


@dataclass(frozen=True, slots=True)
class Measured:
    """Pairs of crops and how alike the embedder finds them, cosine (n,)."""

    crops: Crops
    pairs: Pairs
    likeness: np.ndarray
    vectors: np.ndarray

    @property
    def people(self) -> np.ndarray:
        """Who is on each pair, (n, 2)."""
        return self.crops.person[self.pairs.rows]


def measure(config: Config, path: Path, crops: Crops) -> Measured:
    """Look at all crops and compare the pairs."""
    vectors = vectors_of(load(path, config), crops, config.input)
    pairs = pairs_of(crops, crops.person // PEOPLE, config.kind, np.random.default_rng(SEED))
    first, second = vectors[pairs.rows[:, 0]], vectors[pairs.rows[:, 1]]
    return Measured(crops, pairs, np.einsum("nd,nd->n", first, second), vectors)


def groups(measured: Measured) -> dict[str, np.ndarray]:
    """Return which pairs (n,) belong to each row of the card's table."""
    crops, rows = measured.crops, measured.pairs.rows
    view = np.digitize(crops.view_deg, VIEW_ENDS_DEG)[rows]
    light, mount = crops.light[rows], crops.mount[rows]
    infrared = light == LIGHTS.index("infrared")
    found = {"all": np.ones(len(rows), bool)}
    found["one camera"] = mount[:, 0] == mount[:, 1]
    found["two cameras"] = ~found["one camera"]
    for index, name in enumerate(VIEWS):
        found[f"both {name}"] = (view == index).all(axis=1)
    for one, other in ((0, 1), (1, 2), (0, 2)):
        low, high = view.min(axis=1), view.max(axis=1)
        found[f"{VIEWS[one]} and {VIEWS[other]}"] = (low == one) & (high == other)
    for index, name in enumerate(LIGHTS):
        found[f"both in light '{name}'"] = (light == index).all(axis=1)
    found["other light, both in colour"] = (light[:, 0] != light[:, 1]) & ~infrared.any(axis=1)
    found["colour and infrared"] = infrared[:, 0] != infrared[:, 1]
    clear = measured.crops.visible[rows].min(axis=1) > 0.9
    found["both at least 90 % visible"] = clear
    return found


def table(measured: Measured) -> dict[str, dict[str, Any]]:
    """Return for each group the AUC with its interval and the cosines' quantiles."""
    rng = np.random.default_rng(SEED)
    told = {}
    for name, chosen in groups(measured).items():
        likeness, same = measured.likeness[chosen], measured.pairs.same[chosen]
        if min(int(same.sum()), int((~same).sum())) < LEAST_PAIRS:
            continue
        told[name] = {
            "same_pairs": int(same.sum()),
            "different_pairs": int((~same).sum()),
            "auc": area(likeness, same),
            "auc_interval": interval(likeness, same, measured.people[chosen], rng),
            "same": np.quantile(likeness[same], QUANTILES).round(3).tolist(),
            "different": np.quantile(likeness[~same], QUANTILES).round(3).tolist(),
        }
    return told


def kernel_means(measured: Measured, axes: Axes) -> dict[str, dict[str, list[float]]]:
    """Return the kernel's mean over pairs of one and of two people: mean, low, high, by group."""
    rng = np.random.default_rng(SEED)
    values = kernel_of_pairs(measured.vectors, axes, measured.pairs.rows, SEED).mean(axis=0)
    told = {}
    for name, chosen in groups(measured).items():
        row = {}
        for which, pick in (
            ("same", chosen & measured.pairs.same),
            ("different", chosen & ~measured.pairs.same),
        ):
            if int(pick.sum()) >= LEAST_PAIRS:
                people = measured.people[pick, 0]
                row[which] = [round(v, 4) for v in mean_over_people(values[pick], people, rng)]
        if len(row) == 2:
            told[name] = row
    return told


def read_axes(path: Path) -> Axes:
    """Read what `export` wrote."""
    with np.load(path, allow_pickle=False) as arrays:
        return Axes(arrays["mean"], arrays["matrix"])


def main() -> None:
    """Evaluate as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", type=Path)
    parser.add_argument("file", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="lineups never trained on")
    parser.add_argument("--axes", type=Path, help="projection.npz, for the kernel means")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    crops = read_crops(sorted(given.data.glob("lineup-*.npz")))
    measured = measure(read_config(given.config), given.file, crops)
    told: dict[str, Any] = {
        "crops": len(crops),
        "people": len(np.unique(crops.person)),
        "table": table(measured),
    }
    if given.axes:
        told["kernel"] = kernel_means(measured, read_axes(given.axes))
    if given.json:
        given.json.write_text(json.dumps(told, indent=1) + "\n")
    for name, row in told["table"].items():
        low, high = row["auc_interval"]
        kernel = told.get("kernel", {}).get(name, "")
        print(  # noqa: T201  # a command's answer
            f"{name:32s} {row['same_pairs']:6d} {row['different_pairs']:7d}  AUC {row['auc']:.4f} "
            f"[{low:.4f}, {high:.4f}]  same {row['same'][3]:.2f} different "
            f"{row['different'][3]:.2f} {kernel}"
        )


if __name__ == "__main__":
    main()
