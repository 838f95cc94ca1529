"""Write the package: `python -m models.train.export CONFIG WEIGHTS --data DIR --out DIR`.

Runs with TensorFlow (requirements-export.txt). The pictures that fix the quantisation's ranges and
the scores' calibration are rendered ones of --data, never used in training.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import tensorflow as tf

from models.train.config import read_config
from models.train.evaluate import COUNTED, FOUND, measure, stills
from models.train.folding import fold
from models.train.metrics import average_precision, calibrate
from models.train.plan import BOX, HEAT, PICTURE, Layer, draw
from models.train.runtime import HEAT_SCALE, HEAT_SHIFT, LOG_SHIFT, load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from models.train.config import Input
    from models.train.shards import Still

REPRESENTATIVE = 300
FLOORS = {"overhead": 0.35, "oblique": 0.5}
"""Scores are chances of being right; chosen on rendered sequences."""

MANIFEST = """\
schema = 1
kind = "heatmap"
name = "{name}"
version = "{version}"
licence = "Apache-2.0"
file = "{file}"
sha256 = "{sha256}"
overlap = 0.5

[input]
width = {width}
height = {height}
fit = "stretch"

[maps]
subcells = 2
score_slope = {slope:.4f}
score_offset = {offset:.4f}
distance_shift = {distance_shift}

[threshold]
overhead = {overhead}
oblique = {oblique}
"""


class Doubled(tf.keras.layers.Layer):
    """Nearest neighbour, twice the rows and columns; Keras' own layer becomes ten operations."""

    def call(self, cells: tf.Tensor) -> tf.Tensor:
        """Return every cell four times."""
        rows, columns = cells.shape[1:3]
        return tf.raw_ops.ResizeNearestNeighbor(images=cells, size=(2 * rows, 2 * columns))


def build(
    layers: tuple[Layer, ...], weights: dict[str, tuple[NDArray, NDArray]], size: Input
) -> tf.keras.Model:
    """Return the plan as a Keras model with these weights; outputs shifted as the file has them."""
    picture = tf.keras.Input((size.height, size.width, 3), batch_size=1)
    known = {PICTURE: picture}
    for layer in layers:
        given = [known[name] for name in layer.inputs]
        if layer.kind == "add":
            known[layer.name] = tf.keras.layers.Add()(given)
        elif layer.kind == "upsample":
            known[layer.name] = Doubled()(given[0])
        else:
            known[layer.name] = _convolution(layer, *weights[layer.name])(given[0])
    return tf.keras.Model(picture, [known[HEAT], known[BOX]])


def _convolution(layer: Layer, weight: NDArray, bias: NDArray) -> tf.keras.layers.Layer:
    """Return a convolution; outputs become what fits a byte: relu6 of a shifted value."""
    active = layer.active
    if layer.name == HEAT:
        weight, bias, active = weight * HEAT_SCALE, (bias + HEAT_SHIFT) * HEAT_SCALE, True
    elif layer.name == BOX:
        bias, active = bias + LOG_SHIFT, True
    made_of = {
        "kernel_size": layer.kernel,
        "strides": layer.stride,
        "padding": "same",
        "activation": tf.nn.relu6 if active else None,
        "bias_initializer": tf.constant_initializer(bias),
    }
    if layer.kind == "depthwise":
        kernel = tf.constant_initializer(weight.transpose(2, 3, 0, 1))
        return tf.keras.layers.DepthwiseConv2D(depthwise_initializer=kernel, **made_of)
    kernel = tf.constant_initializer(weight.transpose(2, 3, 1, 0))
    return tf.keras.layers.Conv2D(layer.channels, kernel_initializer=kernel, **made_of)


def convert(model: tf.keras.Model, pictures: list[Still] | None) -> bytes:
    """Return the .tflite file: 8-bit integers with these pictures, floats without."""
    with tempfile.TemporaryDirectory() as folder:
        model.export(folder, verbose=False)
        return _convert_saved(folder, pictures)


def _convert_saved(folder: str, pictures: list[Still] | None) -> bytes:
    converter = tf.lite.TFLiteConverter.from_saved_model(folder)
    if pictures is not None:

        def representative() -> Iterator[list[NDArray[np.float32]]]:
            for still in pictures:
                values = still.picture.astype(np.float32) / 127.5 - 1
                values[0, 0], values[0, 1] = -1, 1
                yield [values[None]]

        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = representative
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
    content: bytes = converter.convert()
    return content


def main() -> None:
    """Export, compare 8 bits with floats on rendered pictures, write file and manifest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", type=Path)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="rendered stills for validation")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--version", default="0.0.0", help="of the package, as 1.2.3")
    parser.add_argument("--most", type=int, default=1000, help="stills to compare on")
    given = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(1)
    config = read_config(given.config)
    layers = draw(config.shape)
    model = build(layers, fold(given.weights, layers), config.input)
    truth = stills(given.data, given.most, config.input)
    given.out.mkdir(parents=True, exist_ok=True)
    whole, small = (given.out / f"{config.name}_{kind}.tflite" for kind in ("float", "int8"))
    whole.write_bytes(convert(model, None))
    small.write_bytes(convert(model, truth[:: max(1, len(truth) // REPRESENTATIVE)]))
    for path in (whole, small):
        look = load(path, None)
        scores = [
            100 * average_precision(measure(look, truth, share)) for share in (FOUND, COUNTED)
        ]
        print(  # noqa: T201  # a command's answer
            f"{path.name}: {path.stat().st_size} bytes, AP at IoU {FOUND} and {COUNTED}: "
            f"{scores[0]:.2f}, {scores[1]:.2f}"
        )
    whole.unlink()
    slope, offset = calibrate(measure(look, truth, COUNTED))
    manifest = MANIFEST.format(
        name=config.name,
        version=given.version,
        file=small.name,
        sha256=hashlib.sha256(small.read_bytes()).hexdigest(),
        width=config.input.width,
        height=config.input.height,
        slope=slope / HEAT_SCALE,
        offset=offset - slope * HEAT_SHIFT,
        distance_shift=LOG_SHIFT,
        **FLOORS,
    )
    (given.out / "manifest.toml").write_text(manifest)


if __name__ == "__main__":
    main()
