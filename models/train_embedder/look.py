"""Weights or a .tflite file -> a function that turns pictures into unit vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from models.train_embedder.pictures import shown
from models.train_embedder.plan import draw

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from models.render.crops import Crops
    from models.train_embedder.config import Config, Input

    Look = Callable[[np.ndarray], np.ndarray]

BATCH = 64


def load(path: Path, config: Config) -> Look:
    """Return what looks at one picture uint8 (side, side, 3), or many of them."""
    return _load_file(path) if path.suffix == ".tflite" else _load_weights(path, config)


def unit(vectors: np.ndarray) -> np.ndarray:
    """Return vectors (n, d) of length 1; zeros stay zeros."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)


def vectors_of(look: Look, crops: Crops, wanted: Input) -> np.ndarray:
    """Return the unit vectors of crops, (n, d)."""
    pieces = []
    for start in range(0, len(crops), BATCH):
        rows = range(start, min(start + BATCH, len(crops)))
        pictures = [shown(crops.pixels[row], crops.boxes[row], wanted) for row in rows]
        pieces.append(look(np.stack(pictures)))
    return np.concatenate(pieces)


def _load_weights(path: Path, config: Config) -> Look:
    import torch  # noqa: PLC0415  # files are looked through without it

    from models.train.checkpoint import read_weights  # noqa: PLC0415  # needs torch
    from models.train_embedder.facts import COUNTS  # noqa: PLC0415  # of training only
    from models.train_embedder.network import Network  # noqa: PLC0415  # needs torch

    torch.set_num_threads(1)
    network = Network(draw(config.shape), COUNTS[config.kind])
    read_weights(path, network)
    network.eval()

    def look(pictures: np.ndarray) -> np.ndarray:
        values = torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1
        with torch.inference_mode():
            return unit(network(values)[0].numpy())

    return look


def _load_file(path: Path) -> Look:
    interpreter = interpreter_of(path)
    given, told = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    scale, zero = told["quantization"]

    def look(pictures: np.ndarray) -> np.ndarray:
        found = []
        for picture in pictures:
            values = picture.astype(np.float32) / 127.5 - 1
            if given["dtype"] == np.int8:
                values = (picture ^ 0x80).view(np.int8)
            interpreter.set_tensor(given["index"], values[None])
            interpreter.invoke()
            stored = interpreter.get_tensor(told["index"]).reshape(-1).astype(np.float32)
            found.append((stored - zero) * scale if scale else stored)
        return unit(np.stack(found))

    return look


def interpreter_of(path: Path) -> Any:  # noqa: ANN401  # publishes no types
    """Return an interpreter with its tensors allocated, of whichever library is there."""
    try:
        from ai_edge_litert.interpreter import Interpreter  # noqa: PLC0415  # one of the two
    except ImportError:
        from tensorflow import lite  # noqa: PLC0415  # one of the two

        Interpreter = lite.Interpreter  # noqa: N806  # a class
    interpreter = Interpreter(model_path=str(path), num_threads=1)
    interpreter.allocate_tensors()
    return interpreter
