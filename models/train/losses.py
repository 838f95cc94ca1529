"""How wrong the network's maps are."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch.nn import functional

POSITIVE_FOCUS = 1.0
NEGATIVE_FOCUS = 2.0
DISTANCE_WEIGHT = 0.25
OVERLAP_WEIGHT = 1.5
LOG_DISTANCES = (-3.0, 5.0)


class Loss(NamedTuple):
    """The sum to learn from, and its parts to look at; `overlap` is the boxes' mean IoU."""

    total: torch.Tensor
    heat: torch.Tensor
    overlap: torch.Tensor


def judge(
    outputs: tuple[torch.Tensor, torch.Tensor],
    positive: torch.Tensor,
    negative: torch.Tensor,
    distances: torch.Tensor,
    shaped: torch.Tensor,
) -> Loss:
    """Return the loss of a batch: focal loss on heads, IoU and log distances on boxes.

    Source: Lin et al., Focal Loss, 2017, with the bell of Law and Deng, CornerNet, 2018; Yu et
    al., UnitBox, 2016.
    """
    logits, logs = outputs[0].float()[:, 0], outputs[1].float()
    people = (positive > 0).float().mul(positive).sum().clamp(min=1)
    chance = logits.sigmoid()
    hits = positive * (1 - chance) ** POSITIVE_FOCUS * functional.softplus(-logits)
    alarms = negative * chance**NEGATIVE_FOCUS * functional.softplus(logits)
    heat = (hits.sum() + alarms.sum()) / people
    weights = shaped / shaped.sum().clamp(min=1)
    logs = logs.clamp(*LOG_DISTANCES)
    apart = ((logs - distances.log()).abs().sum(1) * weights).sum()
    overlap = (_overlaps(logs.exp(), distances) * weights).sum()
    boxes = DISTANCE_WEIGHT * apart + OVERLAP_WEIGHT * (1 - overlap)
    return Loss(heat + boxes, heat.detach(), overlap.detach())


def _overlaps(ours: torch.Tensor, true: torch.Tensor) -> torch.Tensor:
    """IoU of boxes given as distances of one point to their sides."""
    shared = torch.minimum(ours, true)
    common = (shared[:, 0] + shared[:, 2]) * (shared[:, 1] + shared[:, 3])
    areas = sum((each[:, 0] + each[:, 2]) * (each[:, 1] + each[:, 3]) for each in (ours, true))
    return common / (areas - common + 1e-6)
