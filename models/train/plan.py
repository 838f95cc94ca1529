"""The network as a list of layers, which PyTorch trains and Keras writes to a file.

A small inverted-residual network (Sandler et al., MobileNetV2, 2018) whose features at strides 8,
16 and 32 are added up from the coarsest to the finest (Lin et al., Feature Pyramid Networks, 2017).
Steps to a coarser stride are plain convolutions (Tan and Le, EfficientNetV2, 2021): they train
several times faster on a processor than strided depthwise ones.
Its outputs lie on the grid of stride 8; each cell answers for four subcells, two by two, so that
the decoder reads a grid of stride 4 without the network ever computing one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from models.train.config import Shape

STRIDE = 8
SUBCELLS = 2
"""Subcells of an output cell along each axis."""
HEAT, BOX = "heat", "box"
PICTURE = "picture"


@dataclass(frozen=True, slots=True)
class Layer:
    """One step: `inputs` are names of earlier layers, `channels` what it gives.

    A convolution has its bias or batch normalisation folded in, and relu6 if `active`; strides of
    two pad at right and below only, as TensorFlow's "same" does for even sizes.
    """

    name: str
    kind: Literal["conv", "depthwise", "add", "upsample"]
    inputs: tuple[str, ...]
    channels: int
    kernel: int = 1
    stride: int = 1
    active: bool = False
    normal: bool = True


class _Drawing:
    """Layers so far; every method adds some and returns the name of the last."""

    def __init__(self) -> None:
        self.layers: list[Layer] = []

    def conv(self, source: str, channels: int, kernel: int = 1, stride: int = 1) -> str:
        return self._add(Layer("", "conv", (source,), channels, kernel, stride, active=True))

    def linear(self, source: str, channels: int) -> str:
        return self._add(Layer("", "conv", (source,), channels))

    def depthwise(self, source: str) -> str:
        return self._add(Layer("", "depthwise", (source,), self._channels(source), 3, active=True))

    def bottleneck(self, source: str, expansion: int) -> str:
        """Inverted residual block."""
        channels = self._channels(source)
        wide = self.conv(source, channels * expansion)
        return self.add(source, self.linear(self.depthwise(wide), channels))

    def add(self, one: str, other: str) -> str:
        return self._add(Layer("", "add", (one, other), self._channels(one)))

    def upsample(self, source: str) -> str:
        return self._add(Layer("", "upsample", (source,), self._channels(source)))

    def output(self, name: str, source: str, channels: int) -> None:
        self.layers.append(Layer(name, "conv", (source,), channels, normal=False))

    def _channels(self, name: str) -> int:
        return next(layer.channels for layer in self.layers if layer.name == name)

    def _add(self, layer: Layer) -> str:
        name = f"{layer.kind}_{len(self.layers)}"
        self.layers.append(replace(layer, name=name))
        return name


def draw(shape: Shape) -> tuple[Layer, ...]:
    """Return the layers in the order in which they can be computed; the last two are outputs.

    `heat` has 4 channels (one a subcell: rows first), `box` 16 (four distances a subcell).
    """
    drawing = _Drawing()
    fine = drawing.conv(PICTURE, shape.stem, 3, 2)
    fine = drawing.conv(fine, shape.low, 3, 2)
    for _ in range(shape.low_blocks):
        fine = drawing.bottleneck(fine, shape.low_expansion)
    levels = []
    for channels, blocks, expansion in zip(
        shape.channels, shape.blocks, shape.expansions, strict=True
    ):
        fine = drawing.conv(fine, channels, 3, 2)
        for _ in range(blocks - 1):
            fine = drawing.bottleneck(fine, expansion)
        levels.append(fine)
    pyramid = drawing.linear(levels[-1], shape.pyramid)
    for level in levels[-2::-1]:
        side = drawing.linear(level, shape.pyramid)
        pyramid = drawing.add(side, drawing.upsample(pyramid))
        pyramid = drawing.conv(drawing.depthwise(pyramid), shape.pyramid)
    head = drawing.conv(drawing.depthwise(pyramid), shape.head)
    drawing.output(HEAT, head, SUBCELLS * SUBCELLS)
    drawing.output(BOX, head, SUBCELLS * SUBCELLS * 4)
    return tuple(drawing.layers)
