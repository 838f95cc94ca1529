"""Begin with what another network has learnt: the detector's first stages see people already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    from pathlib import Path

    from torch import nn


def borrow(path: Path, network: nn.Module) -> int:
    """Copy every array of a `write_weights` file that fits by name and shape; returns how many.

    Layers are named by kind and place, so that two plans that begin alike share their beginning.

    Raises:
        ValueError: nothing fits.
    """
    borrowed = 0
    with np.load(path, allow_pickle=False) as arrays:
        for name, values in network.state_dict().items():
            if name in arrays and arrays[name].shape == tuple(values.shape):
                values.copy_(torch.from_numpy(arrays[name].astype(np.float32)))
                borrowed += 1
    if not borrowed:
        raise ValueError(f"{path}: none of its weights fits; name weights of a plan that begins so")
    return borrowed
