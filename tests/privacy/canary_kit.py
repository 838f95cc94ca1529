"""What the canary device and its test share: sizes, axes, and the walk of one body."""

from __future__ import annotations

import numpy as np

WIDTH, HEIGHT = 320, 240
PIXELS = WIDTH * HEIGHT * 3
DIMENSIONS = 128
MEAN = np.zeros(DIMENSIONS, np.float32)
AXES = np.random.default_rng(4).standard_normal((64, DIMENSIONS)).astype(np.float32)
BODY_PX = 15
STEP_PX = 6
FRAMES = 34


def body_at(frame: int) -> tuple[int, int]:
    """Return the centre of the body, x and y in px: it walks down and then stands in sight."""
    return WIDTH // 2, min(20 + STEP_PX * frame, HEIGHT - 30)


MANIFEST = """
schema = 1
name = "canary"
version = "1"
kind = "{kind}"
responsible = "nobody: a simulation"
licence = "none"
file = "none.tflite"
sha256 = "{sha}"
dimensions = 128
lags = {lags}
[input]
width = 64
height = 64
[kernel]
same = 0.46
same_interval = [0.45, 0.47]
different = 0.0
different_interval = [-0.01, 0.01]
[projection]
file = "none.npz"
sha256 = "{sha}"
"""
