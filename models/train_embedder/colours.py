"""The classical likeness to compare with: colour histograms of the upper and the lower half."""

from __future__ import annotations

import cv2
import numpy as np

BINS = (16, 8, 4)
"""Of hue, saturation and value (0..180, 0..256, 0..256)."""


def histogram(picture: np.ndarray) -> np.ndarray:
    """Return square roots of the shares of colours in both halves of an RGB picture.

    The product of two of them is the Bhattacharyya coefficient (Bhattacharyya, 1943).
    """
    hsv = cv2.cvtColor(picture, cv2.COLOR_RGB2HSV)
    middle = max(len(hsv) // 2, 1)
    halves = [
        cv2.calcHist([half], [0, 1, 2], None, BINS, [0, 180, 0, 256, 0, 256]).ravel()
        for half in (hsv[:middle], hsv[-middle:])
    ]
    shares = np.concatenate(halves)
    return np.sqrt(shares / shares.sum()).astype(np.float32)
