"""The single-shot detector's output tensors -> people as boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fanlight.ports.errors import Rejected

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from fanlight.vision.interpreter import TensorSpec
    from fanlight.vision.model import SsdManifest

MOST_CANDIDATES = 100


class SsdDecoder:
    """Decodes boxes and scores of an SSD whose post-processing is not part of the network.

    Source: Liu et al., SSD: Single Shot MultiBox Detector, 2016, with TensorFlow's order
    (ymin, xmin, ymax, xmax) and code scales. Outputs are 8-bit, so scores are thresholded as
    they are stored, and tables of 256 entries turn what passes into real numbers.

    Raises:
        Rejected: the outputs or the anchors do not fit together.
    """

    def __init__(
        self,
        specs: tuple[TensorSpec, ...],
        anchors: NDArray[np.float32],
        manifest: SsdManifest,
        score_floor: float,
    ) -> None:
        self._boxes_at, self._scores_at = _find_outputs(specs, len(anchors), manifest)
        codes = real_values(specs[self._boxes_at])
        self._score_of = real_values(specs[self._scores_at])
        passing = stored_bytes(specs[self._scores_at])[self._score_of >= score_floor]
        self._lowest = passing.min()
        shift_scale, size_scale = manifest.anchors.scales
        self._shift_of = codes / np.float32(shift_scale)
        self._half_of = np.exp(np.minimum(codes / np.float32(size_scale), 10)) / 2
        self._person = manifest.person
        self._overlap = manifest.overlap
        self._centres = (anchors[:, :2] + anchors[:, 2:]) / 2
        self._sizes = anchors[:, 2:] - anchors[:, :2]

    def decode(
        self, outputs: tuple[NDArray[Any], ...]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return boxes (n, 4) as x1, y1, x2, y2 in fractions of the input, and scores (n,).

        Best first, overlapping ones suppressed, at most 100 candidates considered.
        """
        stored = outputs[self._scores_at][0, :, self._person]
        chosen = (stored >= self._lowest).nonzero()[0]
        scores = self._score_of[stored[chosen].view(np.uint8)]
        if len(chosen) > 1:
            best = np.argsort(-scores, kind="stable")[:MOST_CANDIDATES]
            chosen, scores = chosen[best], scores[best]
        boxes = self._boxes(outputs[self._boxes_at][0, chosen].view(np.uint8), chosen)
        kept = suppress(boxes, self._overlap)
        return boxes[kept], scores[kept]

    def _boxes(self, codes: NDArray[np.uint8], chosen: NDArray[np.intp]) -> NDArray[np.float32]:
        sizes = self._sizes[chosen]
        centres = self._shift_of[codes[:, :2]] * sizes + self._centres[chosen]
        halves = self._half_of[codes[:, 2:]] * sizes
        boxes = np.empty((len(chosen), 4), np.float32)
        boxes[:, 1::-1] = centres - halves
        boxes[:, :1:-1] = centres + halves
        np.maximum(boxes, 0, out=boxes)
        return np.minimum(boxes, 1, out=boxes)


def suppress(boxes: NDArray[np.float32], overlap: float) -> NDArray[np.intp]:
    """Return the places of boxes to keep, given best first: greedy non-maximum suppression.

    A box goes when its intersection over union with a better, kept box is more than `overlap`.
    """
    keep = np.ones(len(boxes), np.bool_)
    if len(boxes) > 1:
        shared = np.minimum(boxes[:, None, 2:], boxes[:, 2:])
        shared -= np.maximum(boxes[:, None, :2], boxes[:, :2])
        np.maximum(shared, 0, out=shared)
        common = shared[..., 0] * shared[..., 1]
        area = common.diagonal()
        rivals = common > overlap * (area[:, None] + area - common)
        for better in range(len(boxes)):
            if keep[better]:
                keep[better + 1 :] &= ~rivals[better, better + 1 :]
    return keep.nonzero()[0]


def read_anchors(path: Path) -> NDArray[np.float32]:
    """Read prior boxes, (n, 4) float32 as ymin, xmin, ymax, xmax in fractions of the input.

    Raises:
        Rejected: the file holds something else.
    """
    try:
        anchors = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as err:
        raise Rejected(
            "detector", f"{path} holds no anchors: {err}; install the model again"
        ) from err
    if anchors.ndim != 2 or anchors.shape[1] != 4 or anchors.dtype != np.float32:
        raise Rejected(
            "detector",
            f"{path} holds {anchors.dtype} of shape {anchors.shape}; anchors are float32 (n, 4)",
        )
    return np.asarray(anchors, np.float32)


def _find_outputs(
    specs: tuple[TensorSpec, ...], anchors: int, manifest: SsdManifest
) -> tuple[int, int]:
    """Tell the boxes' output from the scores' by their shapes."""
    eight_bit = [
        place for place, spec in enumerate(specs) if spec.dtype.itemsize == 1 and spec.scale > 0
    ]
    boxes = [place for place in eight_bit if specs[place].shape == (1, anchors, 4)]
    scores = [
        place
        for place in eight_bit
        if place not in boxes[:1]
        and specs[place].shape[:2] == (1, anchors)
        and len(specs[place].shape) == 3
        and specs[place].shape[2] > manifest.person
    ]
    if not boxes or not scores:
        found = ", ".join(f"{spec.dtype} {spec.shape}" for spec in specs)
        raise Rejected(
            "detector",
            f"{manifest.file} has outputs {found}; kind 'ssd' with {anchors} anchors needs 8-bit "
            f"(1, {anchors}, 4) and (1, {anchors}, classes): use the files of one model package",
        )
    return boxes[0], scores[0]


def real_values(spec: TensorSpec) -> NDArray[np.float32]:
    """Return the real value of every stored byte, (256,), by the byte read as unsigned."""
    stored = stored_bytes(spec).astype(np.float32)
    return (stored - np.float32(spec.zero_point)) * np.float32(spec.scale)


def stored_bytes(spec: TensorSpec) -> NDArray[Any]:
    """Return every byte, (256,), as the tensor's type reads it."""
    return np.arange(256, dtype=np.uint8).view(spec.dtype)
