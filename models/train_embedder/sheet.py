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
from models.render.lineups import HOME, PEOPLE

PICTURES, CELL_PX = 3, 64
LEAST_VISIBLE = 0.75


def sheet(crops: Crops) -> np.ndarray:
    """Return people of one lineup on day 0, as the home camera sees them: a row a person.

    It is the lineup of which most people have enough pictures that are nearly whole.
    """
    usable = (crops.day == 0) & (crops.visible > LEAST_VISIBLE)
    usable &= (crops.mount == HOME) & (crops.light != LIGHTS.index("infrared"))
    people, counts = np.unique(crops.person[usable], return_counts=True)
    people = people[counts >= PICTURES]
    lineup = np.bincount(people // PEOPLE).argmax()
    rows = []
    for person in people[people // PEOPLE == lineup]:
        cells = []
        for row in np.flatnonzero(usable & (crops.person == person))[:PICTURES]:
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
