"""Weights as they are kept -> convolutions with a bias, normalisation folded in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from models.train.plan import Layer

    Arrays = dict[str, NDArray[np.float32]]

EPSILON = 1e-5


def fold(path: Path, layers: tuple[Layer, ...]) -> dict[str, tuple[NDArray, NDArray]]:
    """Return for each convolution its weights (out, in, rows, columns) and its bias (out,).

    Source: Jacob et al., Quantization and Training of Neural Networks, 2018, section 3.2.
    """
    with np.load(path, allow_pickle=False) as file:
        arrays: Arrays = {name: file[name].astype(np.float32) for name in file.files}
    folded = {}
    for layer in layers:
        if layer.kind not in ("conv", "depthwise"):
            continue
        step = f"steps.{layer.name}"
        weight = arrays[f"{step}.conv.weight"]
        if layer.normal:
            spread = np.sqrt(arrays[f"{step}.norm.running_var"] + EPSILON)
            scale = arrays[f"{step}.norm.weight"] / spread
            bias = arrays[f"{step}.norm.bias"] - arrays[f"{step}.norm.running_mean"] * scale
            folded[layer.name] = (weight * scale[:, None, None, None], bias)
        else:
            folded[layer.name] = (weight, arrays[f"{step}.conv.bias"])
    return folded
