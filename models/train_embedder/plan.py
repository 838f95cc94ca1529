"""The embedding network as a list of layers, which PyTorch trains and Keras writes to a file.

Inverted residuals (Sandler et al., MobileNetV2, 2018) between plain strided convolutions; the mean
over the last map becomes the vector, so that it does not matter where in the box somebody is: a
body seen from above has no upright shape.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from models.train.plan import PICTURE, Layer

if TYPE_CHECKING:
    from models.train_embedder.config import Shape

POOLED, VECTOR = "pooled", "vector"
"""Names: the mean of the last convolution before it, 1 x 1; the output."""


def draw(shape: Shape) -> tuple[Layer, ...]:
    """Return the layers in the order in which they are computed; VECTOR, the last, reads POOLED."""
    layers: list[Layer] = []

    def add(layer: Layer) -> str:
        layers.append(replace(layer, name=f"{layer.kind}_{len(layers)}"))
        return layers[-1].name

    source = PICTURE
    for channels, blocks, expansion in zip(
        shape.channels, shape.blocks, shape.expansions, strict=True
    ):
        source = add(Layer("", "conv", (source,), channels, 3, 2, active=True))
        for _ in range(blocks):
            wide = channels * expansion
            inner = add(Layer("", "conv", (source,), wide, active=True))
            inner = add(Layer("", "depthwise", (inner,), wide, 3, active=True))
            inner = add(Layer("", "conv", (inner,), channels))
            source = add(Layer("", "add", (source, inner), channels))
    add(Layer("", "conv", (source,), shape.wide, active=True))
    return (*layers, Layer(VECTOR, "conv", (POOLED,), shape.dimensions))
