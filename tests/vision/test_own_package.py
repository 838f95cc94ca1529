"""The project's own detector package: what it is made of, and that it sees."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from fanlight.domain.mount import Mount
from fanlight.vision.detector import load_detector
from fanlight.vision.interpreter import Runtime
from fanlight.vision.model import HeatmapManifest
from fanlight.vision.package import check_package
from fanlight.vision.sources.clip import ClipSource

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "models" / "detector" / "own"
MANIFEST = PACKAGE / "manifest.toml"
INTERIM = ROOT / "models" / "detector" / "interim" / "manifest.toml"
DEMO = ROOT / "models" / "render" / "demo"
SAME_PX, SAME_SCORE = 10, 0.1
"""How far any side of a box and its score may be apart between interpreters, in 640 x 480 px.

Their 8-bit kernels round differently, by a step or two in every layer; measured at most 5 px and
0.05 for boxes of the demo clip that score 0.5 or more, half of them within 1 px.
"""
EDGE_TPU = {
    "ADD",
    "CONCATENATION",
    "CONV_2D",
    "DEPTHWISE_CONV_2D",
    "LOGISTIC",
    "PAD",
    "RESIZE_NEAREST_NEIGHBOR",
}
"""Of the operations that Coral documents as supported, those that this network may use."""


def plain_interpreter() -> Interpreter:
    """The graph as it is in the file, nothing given to a delegate."""
    manifest = check_package(MANIFEST).manifest
    interpreter = Interpreter(
        model_path=str(PACKAGE / manifest.file),
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    )
    interpreter.allocate_tensors()
    return interpreter


def test_every_operation_can_run_on_an_edge_tpu() -> None:
    interpreter = plain_interpreter()
    used = {operation["op_name"] for operation in interpreter._get_ops_details()}
    assert used <= EDGE_TPU
    for tensor in interpreter.get_tensor_details():
        assert tensor["dtype"] in (np.int8, np.int32), tensor["name"]


def test_weights_have_a_scale_for_each_channel() -> None:
    interpreter = plain_interpreter()
    weights = [
        tensor
        for tensor in interpreter.get_tensor_details()
        if tensor["dtype"] is np.int8 and len(tensor["shape"]) == 4 and tensor["shape"][0] != 1
    ]
    assert len(weights) > 10
    for tensor in weights:
        assert len(tensor["quantization_parameters"]["scales"]) == tensor["shape"][0]


def test_the_package_is_small_and_says_what_it_is() -> None:
    manifest = check_package(MANIFEST).manifest
    assert isinstance(manifest, HeatmapManifest)
    assert (PACKAGE / manifest.file).stat().st_size <= 1_500_000
    assert (PACKAGE / "CARD.md").is_file()


@dataclass(frozen=True)
class Look:
    """People on one frame, and how long the network took."""

    boxes: np.ndarray
    scores: np.ndarray
    took_s: float


def looks(manifest: Path, runtime: Runtime, every: int) -> list[Look]:
    """Look at every so many frames of the demo clip."""
    detector = load_detector(check_package(manifest), Mount.OBLIQUE, runtime=runtime)
    source = ClipSource(DEMO / "doorway.mp4", paced=False)
    seen = []
    while (frame := source.read()) is not None:
        with frame:
            if frame.stamp.index % every:
                continue
            detector.show(frame)
            start = perf_counter()
            detector.infer()
            took_s = perf_counter() - start
            found = detector.detections()
            seen.append(Look(found.boxes, found.scores, took_s))
            detector.scrub()
    detector.close()
    return seen


def confirmed(one: Look, other: Look) -> tuple[int, int]:
    """How many good boxes there are, and how many of them the other look has as well."""
    good = one.scores >= 0.5
    sides = np.abs(one.boxes[good, None] - other.boxes[None]).max(axis=2)
    scores = np.abs(one.scores[good, None] - other.scores[None])
    same = (sides < SAME_PX) & (scores < SAME_SCORE)
    return int(good.sum()), int(same.any(axis=1).sum())


def test_it_is_faster_than_the_interim_detector() -> None:
    own, interim = (
        min(look.took_s for look in looks(manifest, Runtime.LITERT, 40))
        for manifest in (MANIFEST, INTERIM)
    )
    assert own < interim / 2


@pytest.mark.slow
def test_both_runtimes_see_the_same_people() -> None:
    both = [looks(MANIFEST, runtime, 60) for runtime in (Runtime.LITERT, Runtime.TFLITE)]
    pairs = [confirmed(*pair) for pair in zip(*both, strict=True)]
    pairs += [confirmed(*pair) for pair in zip(*both[::-1], strict=True)]
    good, agreed = np.sum(pairs, axis=0)
    assert good > 20
    assert agreed >= 0.98 * good
