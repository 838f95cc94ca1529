"""The single-shot detector's output tensors -> people as boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fanlight.ports.errors import Rejected

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from fanlight.vision.interpreter import TensorSpec
    from fanlight.vision.model import Manifest

MOST_CANDIDATES = 100


class SsdDecoder:
    """Decodes boxes and scores of an SSD whose post-processing is not part of the network.

    Source: Liu et al., SSD: Single Shot MultiBox Detector, 2016, with TensorFlow's order
    (ymin, xmin, ymax, xmax) and code scales. Scores are thresholded as they are stored, and
    only what passes is turned into real numbers.

    Raises:
        Rejected: the outputs or the anchors do not fit together.
    """

    def __init__(
        self,
        specs: tuple[TensorSpec, ...],
        anchors: NDArray[np.float32],
        manifest: Manifest,
        score_floor: float,
    ) -> None:
        self._boxes_at, self._scores_at = _find_outputs(specs, len(anchors), manifest)
        self._box_spec = specs[self._boxes_at]
        self._score_spec = specs[self._scores_at]
        self._person = manifest.person
        self._overlap = manifest.overlap
        self._raw_floor = self._to_raw(score_floor)
        self._centres = (anchors[:, :2] + anchors[:, 2:]) / 2
        self._sizes = anchors[:, 2:] - anchors[:, :2]
        self._code_scales = np.array(manifest.anchors.scales, np.float32)

    def decode(
        self, outputs: tuple[NDArray[Any], ...]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return boxes (n, 4) as x1, y1, x2, y2 in fractions of the input, and scores (n,).

        Best first, overlapping ones suppressed, at most 100 candidates considered.
        """
        raw = outputs[self._scores_at].reshape(len(self._centres), -1)[:, self._person]
        chosen = np.flatnonzero(raw >= self._raw_floor)
        order = np.argsort(-raw[chosen].astype(np.float32), kind="stable")[:MOST_CANDIDATES]
        chosen = chosen[order]
        scores = _real(raw[chosen], self._score_spec)
        codes = outputs[self._boxes_at].reshape(-1, 4)[chosen]
        boxes = self._boxes_of(_real(codes, self._box_spec) / self._code_scales, chosen)
        kept = suppress(boxes, self._overlap)
        return boxes[kept], scores[kept]

    def _to_raw(self, score: float) -> float:
        spec = self._score_spec
        return score / spec.scale + spec.zero_point if spec.scale else score

    def _boxes_of(
        self, codes: NDArray[np.float32], chosen: NDArray[np.intp]
    ) -> NDArray[np.float32]:
        sizes = self._sizes[chosen]
        centres = codes[:, :2] * sizes + self._centres[chosen]
        halves = np.exp(np.minimum(codes[:, 2:], 10)) * sizes / 2
        corners = np.hstack((centres - halves, centres + halves))
        return np.clip(corners[:, [1, 0, 3, 2]], 0, 1).astype(np.float32)


def suppress(boxes: NDArray[np.float32], overlap: float) -> NDArray[np.intp]:
    """Return the places of boxes to keep, given best first: greedy non-maximum suppression.

    A box goes when its intersection over union with a better, kept box is more than `overlap`.
    """
    x1, y1, x2, y2 = boxes.T
    width = np.minimum(x2[:, None], x2) - np.maximum(x1[:, None], x1)
    height = np.minimum(y2[:, None], y2) - np.maximum(y1[:, None], y1)
    shared = np.maximum(width, 0) * np.maximum(height, 0)
    area = (x2 - x1) * (y2 - y1)
    rivals = np.triu(shared > overlap * (area[:, None] + area - shared), 1)
    keep = np.ones(len(boxes), np.bool_)
    for better in np.flatnonzero(rivals.any(axis=1)):
        if keep[better]:
            keep &= ~rivals[better]
    return np.flatnonzero(keep)


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
    specs: tuple[TensorSpec, ...], anchors: int, manifest: Manifest
) -> tuple[int, int]:
    """Tell the boxes' output from the scores' by their shapes."""
    boxes = [i for i, spec in enumerate(specs) if spec.shape == (1, anchors, 4)]
    scores = [
        i
        for i, spec in enumerate(specs)
        if spec.shape[:2] == (1, anchors) and len(spec.shape) == 3 and i not in boxes[:1]
    ]
    if len(specs) != 2 or not boxes or not scores or specs[scores[0]].shape[2] <= manifest.person:
        shapes = ", ".join(str(spec.shape) for spec in specs)
        raise Rejected(
            "detector",
            f"{manifest.file} has outputs {shapes}; kind 'ssd' with {anchors} anchors needs "
            f"(1, {anchors}, 4) and (1, {anchors}, classes): use the files of one model package",
        )
    return boxes[0], scores[0]


def _real(stored: NDArray[Any], spec: TensorSpec) -> NDArray[np.float32]:
    if not spec.scale:
        return stored.astype(np.float32)
    return (stored.astype(np.float32) - np.float32(spec.zero_point)) * np.float32(spec.scale)
