"""How wrong the vectors of a batch are."""

from __future__ import annotations

import torch
from torch.nn import functional

APART = -1e4


def contrast(
    vectors: torch.Tensor,
    people: torch.Tensor,
    days: torch.Tensor,
    temperature: float,
    *,
    across_days: bool,
) -> torch.Tensor:
    """Return the supervised contrastive loss (Khosla et al., 2020, equation 2).

    Pictures of one person are alike; with `across_days` only those of different days are, and
    those of one day are left out, so that clothes are of no use.
    """
    unit = functional.normalize(vectors.float())
    alike = unit @ unit.T / temperature
    same = people[:, None] == people[None]
    itself = torch.eye(len(people), dtype=torch.bool)
    wanted = same & (days[:, None] != days[None]) if across_days else same & ~itself
    left_out = same & ~wanted
    log_share = alike - torch.logsumexp(alike.masked_fill(left_out, APART), 1, keepdim=True)
    has_any = wanted.any(1)
    mean = (log_share * wanted).sum(1)[has_any] / wanted.sum(1)[has_any]
    return -mean.mean()
