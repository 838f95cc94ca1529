"""How the networks here learn: AdamW, clipped gradients, a rate that warms up and falls."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import nn

LARGEST_GRADIENT = 5.0
LAST_SHARE = 0.005
"""The learning rate ends at this share of its height."""


class Descent:
    """Steps down a network's loss; norms and biases do not decay.

    The method is AdamW (Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019).
    """

    def __init__(self, network: nn.Module, rate: float, decay: float, warmup_steps: int) -> None:
        self._network, self._height, self._warmup_steps = network, rate, warmup_steps
        flat = [each for each in network.parameters() if each.ndim == 1]
        deep = [each for each in network.parameters() if each.ndim > 1]
        groups = [{"params": deep}, {"params": flat, "weight_decay": 0.0}]
        self.optimizer = torch.optim.AdamW(groups, rate, weight_decay=decay)

    def rate(self, done: float, step: int) -> float:
        """Return the rate: a warm-up by steps, then a cosine over the share that is done."""
        fall = LAST_SHARE + (1 - LAST_SHARE) * (0.5 + 0.5 * math.cos(math.pi * min(done, 1)))
        return self._height * fall * min(1.0, (step + 1) / self._warmup_steps)

    def step(self, loss: torch.Tensor, rate: float) -> None:
        """Go one step down a loss."""
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._network.parameters(), LARGEST_GRADIENT)
        self.optimizer.step()
