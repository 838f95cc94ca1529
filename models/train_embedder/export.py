"""Write an embedder's network in 8 bits, and beside it the public mean and principal axes.

    python -m models.train_embedder.export CONFIG WEIGHTS --data DIR --out DIR

The rendered people of --data (the training split) fix the ranges of the quantisation and the axes.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import tensorflow as tf

from models.render.crops import read_crops
from models.train.export import convert
from models.train.folding import fold
from models.train.plan import PICTURE, Layer
from models.train_embedder.config import read_config
from models.train_embedder.kernel import axes_of
from models.train_embedder.look import load, vectors_of
from models.train_embedder.pictures import varied
from models.train_embedder.plan import POOLED, VECTOR, draw

if TYPE_CHECKING:
    from models.render.crops import Crops
    from models.train_embedder.config import Config, Input

REPRESENTATIVE = 400


def build(
    layers: tuple[Layer, ...], side: int, weights: dict[str, tuple[np.ndarray, np.ndarray]]
) -> tf.keras.Model:
    """Return the plan as a Keras model with these weights."""
    known = {PICTURE: tf.keras.Input((side, side, 3), batch_size=1)}
    for layer in layers:
        if layer.name == VECTOR:
            pool = tf.keras.layers.GlobalAveragePooling2D(keepdims=True)
            known[POOLED] = pool(known[layers[-2].name])
        given = [known[name] for name in layer.inputs]
        if layer.kind == "add":
            known[layer.name] = tf.keras.layers.Add()(given)
        else:
            known[layer.name] = _step(layer, *weights[layer.name])(given[0])
    return tf.keras.Model(known[PICTURE], known[VECTOR])


def _step(layer: Layer, weight: np.ndarray, bias: np.ndarray) -> tf.keras.layers.Layer:
    starts = tf.constant_initializer(bias)
    activation = tf.nn.relu6 if layer.active else None
    if layer.kind == "depthwise":
        kernel = tf.constant_initializer(weight.transpose(2, 3, 0, 1))
        return tf.keras.layers.DepthwiseConv2D(
            layer.kernel, padding="same", activation=activation,
            depthwise_initializer=kernel, bias_initializer=starts,
        )  # fmt: skip
    return tf.keras.layers.Conv2D(
        layer.channels, layer.kernel, layer.stride, "same", activation=activation,
        kernel_initializer=tf.constant_initializer(weight.transpose(2, 3, 1, 0)),
        bias_initializer=starts,
    )  # fmt: skip


def representative(crops: Crops, wanted: Input) -> list[SimpleNamespace]:
    """Return pictures that show the ranges of all layers, varied as in training."""
    rng = np.random.default_rng(0)
    rows = rng.choice(len(crops), min(REPRESENTATIVE, len(crops)), replace=False)
    return [
        SimpleNamespace(picture=varied(crops.pixels[row], crops.boxes[row], wanted, rng))
        for row in rows
    ]


def export(config: Config, weights: Path, crops: Crops, folder: Path) -> Path:
    """Write the 8-bit network and the axes of its vectors of `crops`; returns the network."""
    layers = draw(config.shape)
    model = build(layers, config.input.side, fold(weights, layers))
    path = folder / f"{config.name}_int8.tflite"
    path.write_bytes(convert(model, representative(crops, config.input)))
    axes = axes_of(vectors_of(load(path, config), crops, config.input))
    np.savez(folder / "projection.npz", mean=axes.mean, matrix=axes.matrix)
    return path


def main() -> None:
    """Export as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", type=Path)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="lineups of the training split")
    parser.add_argument("--lineups", type=int, default=80, help="files to read of --data")
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(1)
    crops = read_crops(sorted(given.data.glob("lineup-*.npz"))[: given.lineups])
    given.out.mkdir(parents=True, exist_ok=True)
    path = export(read_config(given.config), given.weights, crops, given.out)
    print(f"{path.name}: {path.stat().st_size} bytes")  # noqa: T201  # a command's answer


if __name__ == "__main__":
    main()
