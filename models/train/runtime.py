"""Weights or a .tflite file -> a function that looks at pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from models.train.config import Input, read_config
from models.train.decode import Maps
from models.train.plan import SUBCELLS, draw

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    Look = Callable[[NDArray[np.uint8]], Maps]

HEAT_SCALE, HEAT_SHIFT = 0.75, 5.0
"""The file holds heat as relu6((logit + shift) * scale): bytes for what can pass only."""
LOG_SHIFT = 2.0
"""The file holds distances as relu6(log + shift): half a pixel to 218."""


def load(path: Path, config: Path | None) -> Look:
    """Return what looks at pictures uint8 (height, width, 3).

    Raises:
        ValueError: weights come without the config file of their run.
    """
    if path.suffix == ".tflite":
        return _load_file(path)
    if config is None:
        raise ValueError(f"{path}: name the run's config file with --config")
    return _load_weights(path, config)


def input_of(path: Path, config: Path | None) -> Input:
    """Return the size of the pictures that a file, or the weights of a run, look at."""
    if path.suffix == ".tflite":
        _, height, width, _ = _interpreter(path).get_input_details()[0]["shape"].tolist()
        return Input(width, height)
    if config is None:
        raise ValueError(f"{path}: name the run's config file with --config")
    return read_config(config).input


def _load_weights(path: Path, config: Path) -> Look:
    import torch  # noqa: PLC0415  # files are looked through without it

    from models.train.checkpoint import read_weights  # noqa: PLC0415  # needs torch
    from models.train.network import Network  # noqa: PLC0415  # needs torch

    torch.set_num_threads(1)
    network = Network(draw(read_config(config).shape))
    read_weights(path, network)
    network.eval()

    def look(picture: NDArray[np.uint8]) -> Maps:
        values = torch.from_numpy(picture).permute(2, 0, 1)[None].float() / 127.5 - 1
        with torch.inference_mode():
            heat, logs = network(values)
        return Maps(heat[0, 0].numpy(), logs[0].numpy())

    return look


def _load_file(path: Path) -> Look:
    interpreter = _interpreter(path)
    interpreter.allocate_tensors()
    given = interpreter.get_input_details()[0]
    outputs = sorted(interpreter.get_output_details(), key=lambda each: each["shape"][3])

    def look(picture: NDArray[np.uint8]) -> Maps:
        values: NDArray[Any] = picture.astype(np.float32) / 127.5 - 1
        if given["dtype"] == np.int8:
            values = (picture ^ 0x80).view(np.int8)
        interpreter.set_tensor(given["index"], values[None])
        interpreter.invoke()
        heat, logs = (_real(interpreter.get_tensor(each["index"]), each) for each in outputs)
        return Maps(
            _fine(heat, 1)[0] / HEAT_SCALE - HEAT_SHIFT,
            _fine(logs, 4) - LOG_SHIFT,
        )

    return look


def _interpreter(path: Path) -> Any:  # noqa: ANN401  # publishes no types
    try:
        from ai_edge_litert.interpreter import Interpreter  # noqa: PLC0415  # one of the two
    except ImportError:
        from tensorflow import lite  # noqa: PLC0415  # one of the two

        Interpreter = lite.Interpreter  # noqa: N806  # a class
    return Interpreter(model_path=str(path), num_threads=1)


def _real(stored: NDArray[Any], details: dict[str, Any]) -> NDArray[np.float32]:
    scale, zero = details["quantization"]
    if not scale:
        return np.asarray(stored[0], np.float32)
    return (stored[0].astype(np.float32) - np.float32(zero)) * np.float32(scale)


def _fine(cells: NDArray[np.float32], values: int) -> NDArray[np.float32]:
    """Cells (rows, columns, subcells x values) -> (values, finer rows, finer columns)."""
    rows, columns, _ = cells.shape
    split = cells.reshape(rows, columns, SUBCELLS, SUBCELLS, values)
    fine = split.transpose(4, 0, 2, 1, 3)
    return np.ascontiguousarray(fine.reshape(values, rows * SUBCELLS, columns * SUBCELLS))
