"""The plan's layers in PyTorch."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from models.train.plan import PICTURE, Layer
from models.train_embedder.plan import POOLED


class Network(nn.Module):
    """Pictures (n, 3, side, side) in -1..1 -> vectors (n, dimensions), not yet of length 1.

    In training it is asked for `facts` as well, from the same mean of the last map.
    """

    def __init__(self, layers: tuple[Layer, ...], facts: int) -> None:
        super().__init__()
        self._layers = layers
        channels = {PICTURE: 3, POOLED: layers[-2].channels}
        channels |= {layer.name: layer.channels for layer in layers}
        self.steps = nn.ModuleDict(
            {
                layer.name: Step(layer, channels[layer.inputs[0]])
                for layer in layers
                if layer.kind != "add"
            }
        )
        self.facts = nn.Linear(layers[-2].channels, facts)

    def forward(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the vectors and the facts (n, facts)."""
        known = {PICTURE: pictures}
        for layer in self._layers[:-1]:
            given = [known[name] for name in layer.inputs]
            known[layer.name] = (
                sum(given) if layer.kind == "add" else self.steps[layer.name](*given)
            )
        pooled = known[self._layers[-2].name].float().mean((2, 3), keepdim=True)
        vectors = self.steps[self._layers[-1].name](pooled).flatten(1)
        return vectors, self.facts(pooled.flatten(1))


class Step(nn.Module):
    """One convolution, normalised and cut at 0 and 6 as its layer says."""

    def __init__(self, layer: Layer, entering: int) -> None:
        super().__init__()
        groups = entering if layer.kind == "depthwise" else 1
        self._layer = layer
        self.conv = nn.Conv2d(
            entering, layer.channels, layer.kernel, layer.stride, groups=groups,
            padding=layer.kernel // 2 if layer.stride == 1 else 0, bias=not layer.normal,
        )  # fmt: skip
        if layer.normal:
            self.norm = nn.BatchNorm2d(layer.channels, momentum=0.03)

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Return the layer's map; strides of two pad as TensorFlow's "same"."""
        if self._layer.stride == 2:
            values = functional.pad(values, (0, 1, 0, 1))
        values = self.conv(values)
        if self._layer.normal:
            values = self.norm(values)
        return functional.relu6(values) if self._layer.active else values
