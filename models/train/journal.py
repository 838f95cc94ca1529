"""A run's log: one line a hundred steps in `log.csv`, and its curves as a picture."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = ("step", "seconds", "pictures_per_s", "loss", "heat", "overlap", "rate")
CURVES = ("loss", "heat", "overlap")
PANEL = (420, 300)
MARGIN = 40


class Journal:
    """Appends rows to the log and draws the curves again."""

    def __init__(self, folder: Path, *, resumed: bool) -> None:
        self._path = folder / "log.csv"
        self._picture = folder / "curves.png"
        if not resumed or not self._path.exists():
            self._path.write_text(",".join(COLUMNS) + "\n")

    def write(self, *values: float) -> None:
        """Write one row, in the order of `COLUMNS`."""
        row = ",".join(f"{value:.6g}" for value in values)
        with self._path.open("a") as file:
            file.write(row + "\n")
        print(row, flush=True)  # noqa: T201  # a command's progress

    def draw(self) -> None:
        """Draw the curves of the whole run over seconds."""
        with self._path.open() as file:
            rows = [
                {key: float(value) for key, value in row.items()} for row in csv.DictReader(file)
            ]
        if len(rows) > 1:
            panels = [_panel(rows, name) for name in CURVES]
            cv2.imwrite(str(self._picture), np.hstack(panels))


def _panel(rows: list[dict[str, float]], name: str) -> np.ndarray:
    width, height = PANEL
    panel = np.full((height, width, 3), 255, np.uint8)
    x = np.array([row["seconds"] for row in rows])
    y = np.array([row[name] for row in rows])
    low, high = 0.0, float(np.quantile(y, 0.98)) * 1.05 + 1e-9
    across = MARGIN + x / max(x[-1], 1e-9) * (width - MARGIN - 10)
    down = height - MARGIN - (np.clip(y, low, high) - low) / (high - low) * (height - MARGIN - 30)
    line = np.stack((across, down), 1).round().astype(np.int32)
    cv2.polylines(panel, [line], isClosed=False, color=(160, 80, 20), thickness=2)
    cv2.rectangle(panel, (MARGIN, 30), (width - 10, height - MARGIN), (150, 150, 150))
    for text, place in (
        (f"{name} (last {y[-1]:.3f})", (MARGIN, 20)),
        (f"{high:.2f}", (2, 40)),
        (f"{x[-1] / 60:.0f} min", (width - 70, height - 15)),
        ("0", (MARGIN - 12, height - MARGIN)),
    ):
        cv2.putText(panel, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.42, (0, 0, 0), 1, cv2.LINE_AA)
    return panel
