"""The plan's layers in PyTorch."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from models.train.plan import BOX, HEAT, PICTURE, SUBCELLS, Layer

EMPTY_LOGIT = -4.0
USUAL_LOG_DISTANCE = 1.5


class Network(nn.Module):
    """Pictures (n, 3, height, width) in -1..1 -> heat logits (n, 1, h, w) and log distances.

    h and w are a fourth of the picture's; distances (n, 4, h, w) are logarithms of left, top,
    right, bottom in subcells of 4 px.
    """

    def __init__(self, layers: tuple[Layer, ...]) -> None:
        super().__init__()
        self._layers = layers
        channels = {PICTURE: 3} | {layer.name: layer.channels for layer in layers}
        self.steps = nn.ModuleDict(
            {
                layer.name: _Convolution(layer, channels[layer.inputs[0]])
                for layer in layers
                if layer.kind in ("conv", "depthwise")
            }
        )
        for name, bias in ((HEAT, EMPTY_LOGIT), (BOX, USUAL_LOG_DISTANCE)):
            conv = self.steps[name].conv
            nn.init.normal_(conv.weight, 0, 0.01)
            nn.init.constant_(conv.bias, bias)

    def forward(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return both maps."""
        known = {PICTURE: pictures}
        for layer in self._layers:
            given = [known[name] for name in layer.inputs]
            if layer.kind == "add":
                known[layer.name] = given[0] + given[1]
            elif layer.kind == "upsample":
                known[layer.name] = functional.interpolate(given[0], scale_factor=2)
            else:
                known[layer.name] = self.steps[layer.name](given[0])
        return tuple(  # type: ignore[return-value]  # two outputs, by their names
            functional.pixel_shuffle(_subcells_last(known[name]), SUBCELLS) for name in (HEAT, BOX)
        )


class _Convolution(nn.Module):
    def __init__(self, layer: Layer, entering: int) -> None:
        super().__init__()
        self._stride = layer.stride
        groups = entering if layer.kind == "depthwise" else 1
        padding = 0 if layer.stride == 2 else layer.kernel // 2
        self.conv = nn.Conv2d(
            entering,
            layer.channels,
            layer.kernel,
            layer.stride,
            padding,
            groups=groups,
            bias=not layer.normal,
        )
        self.norm = nn.BatchNorm2d(layer.channels, momentum=0.03) if layer.normal else None
        self._active = layer.active

    def forward(self, picture: torch.Tensor) -> torch.Tensor:
        if self._stride == 2:
            picture = functional.pad(picture, (0, 1, 0, 1))
        picture = self.conv(picture)
        if self.norm is not None:
            picture = self.norm(picture)
        return functional.relu6(picture, inplace=True) if self._active else picture


def _subcells_last(cells: torch.Tensor) -> torch.Tensor:
    """Channels in the order (subcell, value), as the file has them -> (value, subcell)."""
    count, channels, rows, columns = cells.shape
    values = channels // (SUBCELLS * SUBCELLS)
    return (
        cells.reshape(count, SUBCELLS * SUBCELLS, values, rows, columns)
        .transpose(1, 2)
        .reshape(count, channels, rows, columns)
    )
