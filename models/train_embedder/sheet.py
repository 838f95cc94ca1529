"""A few rendered people as one small picture, for the firmware's tests.

python -m models.train_embedder.sheet --data TEST --out tests/vision/lineup.png
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np

from models.render.crops import Crops, read_crops
from models.render.lights import LIGHTS

PEOPLE, PICTURES, CELL_PX = 8, 4, 64
LEAST_VISIBLE = 0.9


def sheet(crops: Crops) -> np.ndarray:
    """Return the boxes of the first people with enough whole pictures on day 0: a row a person."""
    usable = (crops.day == 0) & (crops.visible > LEAST_VISIBLE)
    usable &= (crops.mount == 0) & (crops.light != LIGHTS.index("infrared"))
    rows = []
    for person in np.unique(crops.person):
        found = np.flatnonzero(usable & (crops.person == person))[:PICTURES]
        if len(found) == PICTURES and len(rows) < PEOPLE:
            cells = []
            for row in found:
                x1, y1, x2, y2 = crops.boxes[row].astype(int)
                cells.append(cv2.resize(crops.pixels[row][y1:y2, x1:x2], (CELL_PX, CELL_PX)))
            rows.append(np.hstack(cells))
    return np.vstack(rows)


def main() -> None:
    """Write the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    crops = read_crops(sorted(given.data.glob("lineup-test-*.npz")))
    cv2.imwrite(str(given.out), sheet(crops)[..., ::-1])


if __name__ == "__main__":
    main()
