"""What is kept of a run: everything to go on with it, or its averaged weights alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

if TYPE_CHECKING:
    from pathlib import Path

    from torch import nn

    State = dict[str, torch.Tensor]


def write_weights(path: Path, state: State) -> None:
    """Write weights as half floats, normalisation not yet folded in; small enough to keep."""
    halves = {
        name: values.numpy().astype(np.float16)
        for name, values in state.items()
        if values.dtype.is_floating_point
    }
    np.savez_compressed(path, **halves)


def read_weights(path: Path, network: nn.Module) -> None:
    """Put weights of `write_weights` into a network of the same plan.

    Raises:
        ValueError: the file holds weights of another plan.
    """
    state = network.state_dict()
    with np.load(path, allow_pickle=False) as arrays:
        for name, values in state.items():
            if values.dtype.is_floating_point:
                if name not in arrays or arrays[name].shape != tuple(values.shape):
                    raise ValueError(f"{path}: {name} does not fit; use the run's own config file")
                values.copy_(torch.from_numpy(arrays[name].astype(np.float32)))


class Average:
    """A moving average of a network's weights (Tarvainen and Valpola, Mean Teachers, 2017)."""

    def __init__(self, network: nn.Module, keep: float) -> None:
        self._keep = keep
        self.state: State = {name: each.clone() for name, each in network.state_dict().items()}

    @torch.no_grad()
    def follow(self, network: nn.Module, step: int) -> None:
        """Take in the weights after this step; early ones are forgotten faster."""
        share = 1 - min(self._keep, step / (step + 20))
        for name, values in network.state_dict().items():
            if values.dtype.is_floating_point:
                self.state[name].lerp_(values, share)
            else:
                self.state[name].copy_(values)


def write_run(path: Path, **parts: object) -> None:
    """Write a run's state so that a cut leaves the last one whole."""
    fresh = path.with_suffix(".new")
    torch.save(parts, fresh)
    fresh.replace(path)


def read_run(path: Path) -> dict[str, Any]:
    """Read a run's state."""
    state: dict[str, Any] = torch.load(path, weights_only=True)
    return state
