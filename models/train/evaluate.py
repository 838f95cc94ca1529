"""Measure on rendered stills: `python -m models.train.evaluate MODEL --data DIR [--config C]`.

MODEL is a run's weights.npz or an exported .tflite file.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from models.train.decode import decode
from models.train.metrics import average_precision, calibrate, judge_all, reliability
from models.train.runtime import input_of, load
from models.train.shards import Shard, Still, shard_paths
from models.train.sheet import draw_failures, draw_reliability

if TYPE_CHECKING:
    from models.train.config import Input
    from models.train.metrics import Verdicts
    from models.train.runtime import Look

LEAST_LOGIT = -4.9
OVERLAP = 0.5
FOUND, COUNTED = 0.5, 0.3
"""Shares of a box (IoU): to be well found, and enough to be counted."""


def stills(folder: Path, most: int, size: Input) -> list[Still]:
    """Return at most so many stills at the network's size."""
    chosen: list[Still] = []
    for path in shard_paths(folder):
        shard = Shard(path)
        wanted = range(min(len(shard), most - len(chosen)))
        chosen += [_shrink(shard[place], size) for place in wanted]
        if len(chosen) >= most:
            break
    return chosen


def measure(look: Look, truth: list[Still], share: float) -> Verdicts:
    """Return what became of every detection."""
    found = [decode(look(still.picture), LEAST_LOGIT, OVERLAP) for still in truth]
    return judge_all(found, truth, share)


def _shrink(still: Still, size: Input) -> Still:
    scale = np.array((size.width, size.height)) / still.picture.shape[1::-1]
    return Still(
        cv2.resize(still.picture, (size.width, size.height), interpolation=cv2.INTER_AREA),
        (still.boxes * np.tile(scale, 2)).astype(np.float32),
        (still.heads * scale).astype(np.float32),
        still.seen,
    )


def main() -> None:
    """Print average precision, calibration and the margin between people and clutter."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="folder of scenes-*.npz")
    parser.add_argument("--config", type=Path, help="of the run, for weights.npz")
    parser.add_argument("--most", type=int, default=1000, help="stills to look at")
    parser.add_argument("--pictures", type=Path, help="folder for failures.jpg, reliability.png")
    given = parser.parse_args()
    truth = stills(given.data, given.most, input_of(given.model, given.config))
    look = load(given.model, given.config)
    found = [decode(look(still.picture), LEAST_LOGIT, OVERLAP) for still in truth]
    for share in (FOUND, COUNTED):
        verdicts = judge_all(found, truth, share)
        print(f"AP at IoU {share}: {100 * average_precision(verdicts):.2f}")  # noqa: T201
    slope, offset = calibrate(verdicts)
    right = 1 / (1 + np.exp(-(slope * verdicts.logits[verdicts.right] + offset)))
    print(  # noqa: T201  # a command's answer
        f"{len(truth)} stills, {verdicts.people} people; score = logistic({slope:.3f} logit "
        f"{offset:+.3f}); scores of people: "
        + ", ".join(f"{q:.0%} {np.quantile(right, q):.2f}" for q in (0.05, 0.25, 0.5, 0.75))
        + f"; missed altogether {1 - len(right) / verdicts.people:.1%}"
    )
    alarms = 1 / (1 + np.exp(-(slope * verdicts.empty + offset)))
    print(  # noqa: T201
        "false boxes in empty pictures with a score over 0.25, 0.5, 0.75: "
        + ", ".join(str(int((alarms > least).sum())) for least in (0.25, 0.5, 0.75))
        + f" (empty pictures: {sum(not len(still.boxes) for still in truth)})"
    )
    bins = reliability(verdicts, slope, offset)
    if given.pictures:
        least = -offset / slope
        likely = [(boxes[logits >= least], logits[logits >= least]) for boxes, logits in found]
        draw_failures(given.pictures / "failures.jpg", truth, likely, COUNTED)
        draw_reliability(given.pictures / "reliability.png", bins)
    for mean, share_right, count in bins:
        print(f"score {mean:.2f}: right {share_right:.2f} of {count}")  # noqa: T201


if __name__ == "__main__":
    main()
