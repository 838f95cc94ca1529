"""Make a package of an exported embedder: manifest, figures, measurements.

    python -m models.train_embedder.package CONFIG FOLDER --data TEST

FOLDER holds what `export` wrote; --data are lineups of the test split.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from models.render.crops import read_crops
from models.train_embedder.config import Config, read_config
from models.train_embedder.evaluate import kernel_means, measure, read_axes, table
from models.train_embedder.figures import distributions, failures

if TYPE_CHECKING:
    from collections.abc import Sequence

PROJECTION = "projection.npz"
ONE_DEVICE = "one camera"
"""The pairs whose kernel means go into the manifest: a sketch never leaves its camera."""
LAGS = {"appearance": "[0]", "build": "[]"}

MANIFEST = """\
schema = 1
name = "{name}"
version = "{version}"
kind = "{kind}"
licence = "Apache-2.0"
file = "{file}"
sha256 = "{sha256}"
margin = {margin}
dimensions = {dimensions}
lags = {lags}

[input]
width = {side}
height = {side}
fit = "{fit}"

# Of pairs of rendered people, both pictures from one camera (CARD.md has the other pairs).
[kernel]
same = {same}
same_interval = {same_interval}
different = {different}
different_interval = {different_interval}

[projection]
file = "{projection}"
sha256 = "{projection_sha256}"
dimensions = 64
"""


def manifest_of(
    config: Config, network: Path, projection: Path, kernel: dict[str, Sequence[float]]
) -> str:
    """Return the manifest's text."""
    same, different = (list(kernel[which]) for which in ("same", "different"))
    return MANIFEST.format(
        name=config.name,
        version=config.version,
        kind=config.kind,
        file=network.name,
        sha256=_hash(network),
        margin=config.input.margin,
        dimensions=config.shape.dimensions,
        lags=LAGS[config.kind],
        side=config.input.side,
        fit=config.input.fit,
        same=same[0],
        same_interval=same[1:],
        different=different[0],
        different_interval=different[1:],
        projection=projection.name,
        projection_sha256=_hash(projection),
    )


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    """Measure, draw, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    given = parser.parse_args()
    config, folder = read_config(given.config), given.folder
    network, projection = folder / f"{config.name}_int8.tflite", folder / PROJECTION
    crops = read_crops(sorted(given.data.glob("lineup-*.npz")))
    measured = measure(config, network, crops)
    kernel = kernel_means(measured, read_axes(projection))
    told: dict[str, Any] = {
        "crops": len(crops),
        "people": len(np.unique(crops.person)),
        "table": table(measured),
        "kernel": kernel,
    }
    (folder / "measured.json").write_text(json.dumps(told, indent=1) + "\n")
    (folder / "manifest.toml").write_text(
        manifest_of(config, network, projection, kernel[ONE_DEVICE])
    )
    cv2.imwrite(str(folder / "distributions.png"), distributions(measured))
    quality = [cv2.IMWRITE_JPEG_QUALITY, 85]
    cv2.imwrite(str(folder / "failures.jpg"), failures(measured)[..., ::-1], quality)


if __name__ == "__main__":
    main()
