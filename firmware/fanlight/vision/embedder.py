"""People on a leased frame -> vectors that are alike for one person; nothing outlives the scrub."""

from __future__ import annotations

from time import monotonic_ns
from typing import TYPE_CHECKING, Protocol

import numpy as np

from fanlight.domain.window import Window
from fanlight.ports.errors import Rejected
from fanlight.vision.embedder_manifest import (
    read_embedder_manifest,
    read_projection,
    read_verified,
)
from fanlight.vision.fit import Fit
from fanlight.vision.frame import Scratch
from fanlight.vision.interpreter import Runtime, open_interpreter

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from fanlight.vision.embedder_manifest import EmbedderManifest, Projection
    from fanlight.vision.frame import Frame
    from fanlight.vision.interpreter import Interpreter

MOST_PEOPLE = 16
"""Vectors that are kept room for from the start; more people make room grow."""
SMALLEST_PX = 8
SLIMMEST = 1 / 16
"""A window is at least so wide for its height, and so high for its width."""


class Embedder(Protocol):
    """Turns people into vectors: `embed`, use them, `scrub`; in this order, in one thread."""

    @property
    def manifest(self) -> EmbedderManifest:
        """What the package promises: kind, dimensions, lags, kernel means."""

    @property
    def projection(self) -> Projection:
        """The public mean and principal axes for the sketch."""

    @property
    def lifetime_ms(self) -> float:
        """How long the vectors of the last `embed` existed, until they were overwritten."""

    def embed(self, frame: Frame, boxes_px: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return a unit vector for each of the frame's boxes, (n, dimensions).

        `boxes_px` (n, 4) are x1, y1, x2, y2 in px of the whole frame. The result is a view of the
        embedder's own memory: the next `embed` and `scrub` overwrite it, so copy nothing out.

        Raises:
            ValueError: a box is not finite.
            Transient: an inference failed.
            Gone: the embedder has been closed.
        """

    def scrub(self) -> None:
        """Overwrite crops, input, feature maps, outputs and the vectors that `embed` returned."""

    def close(self) -> None:
        """Scrub and release the network; harmless when already closed."""


class TfLiteEmbedder:
    """The `Embedder` of any TensorFlow Lite model with a manifest.

    The model takes one 8-bit picture, red first, and gives one vector of 8-bit or float numbers.

    Raises:
        Rejected: the model's input or output is not what the manifest promises.
    """

    def __init__(
        self, interpreter: Interpreter, manifest: EmbedderManifest, projection: Projection
    ) -> None:
        _check_tensors(interpreter, manifest)
        self.manifest = manifest
        self.projection = projection
        self.lifetime_ms = 0.0
        self._interpreter = interpreter
        self._scratch = Scratch()
        self._vectors = np.zeros((MOST_PEOPLE, manifest.dimensions), np.float32)
        self._born_ns: int | None = None

    def embed(self, frame: Frame, boxes_px: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return a unit vector for each of the frame's boxes (see `Embedder`).

        A vector is zero where the network gives nothing but zeros.
        """
        if not np.isfinite(boxes_px).all():
            raise ValueError("boxes_px holds a number that is not finite")
        if len(boxes_px) > len(self._vectors):
            self._vectors.fill(0)
            self._vectors = np.zeros((len(boxes_px), self.manifest.dimensions), np.float32)
        if self._born_ns is None:
            self._born_ns = monotonic_ns()
        for box, vector in zip(boxes_px, self._vectors, strict=False):
            self._show(frame, window_of_box(box, self.manifest.margin, frame.width, frame.height))
            self._interpreter.invoke()
            self._read(vector)
        return self._vectors[: len(boxes_px)]

    def scrub(self) -> None:
        """Overwrite crops, input, feature maps, outputs and the vectors that `embed` returned.

        The vectors are a linear function of the network's last feature map, so that one is
        overwritten too, by an inference on a black picture.
        """
        self._scratch.scrub()
        self._vectors.fill(0)
        self._interpreter.forget()
        for output in self._interpreter.outputs():
            output.fill(0)
        if self._born_ns is not None:
            self.lifetime_ms = (monotonic_ns() - self._born_ns) / 1e6
            self._born_ns = None

    def close(self) -> None:
        """Scrub and release the network."""
        self.scrub()
        self._interpreter.close()

    def _show(self, frame: Frame, window: Window) -> None:
        """Write a window of the frame into the input tensor."""
        picture = self._interpreter.input()[0].view(np.uint8)
        Fit(self.manifest.input, window).fill(picture, frame, self._scratch)
        if self._interpreter.input_spec.dtype == np.int8:
            np.bitwise_xor(picture, 0x80, out=picture)

    def _read(self, vector: NDArray[np.float32]) -> None:
        """Write the output, brought to length 1, into `vector`; no copy of it is made."""
        spec = self._interpreter.output_specs[0]
        np.copyto(vector, self._interpreter.outputs()[0].reshape(-1), casting="unsafe")
        if spec.scale:
            vector -= spec.zero_point
            vector *= spec.scale
        length = float(np.sqrt(vector @ vector))
        if length > 0:
            vector /= length


def load_embedder(
    folder: Path, *, runtime: Runtime = Runtime.LITERT, threads: int = 1
) -> TfLiteEmbedder:
    """Load the embedder package in a folder, checked file by file.

    Raises:
        Rejected: a file is missing, broken, another one than promised or of other shape.
    """
    manifest = read_embedder_manifest(folder)
    read_verified(folder, manifest.file, manifest.sha256)
    projection = read_projection(folder, manifest)
    try:
        interpreter = open_interpreter(folder / manifest.file, runtime, threads=threads)
    except Rejected as err:
        raise Rejected("embedder", f"the package in {folder} is of no use: {err}") from err
    try:
        return TfLiteEmbedder(interpreter, manifest, projection)
    except Rejected:
        interpreter.close()
        raise


def window_of_box(box_px: NDArray[np.float32], margin: float, width: int, height: int) -> Window:
    """Return the window, in even px inside the frame, that shows a box and a margin round it."""
    x1, y1, x2, y2 = (float(side) for side in box_px)
    room_x, room_y = margin * max(x2 - x1, 0.0), margin * max(y2 - y1, 0.0)
    wide, high = max(x2 - x1, 0.0) + 2 * room_x, max(y2 - y1, 0.0) + 2 * room_y
    least = max(SMALLEST_PX, SLIMMEST * wide, SLIMMEST * high)
    left, across = _span((x1 + x2) / 2, max(wide, least), width)
    top, down = _span((y1 + y2) / 2, max(high, least), height)
    return Window(left, top, across, down)


def _span(centre: float, length: float, available: int) -> tuple[int, int]:
    """Return start and length, even, of what lies inside the frame and shows at least 8 px."""
    most = available // 2 * 2
    start = min(max(2 * int((centre - length / 2) // 2), 0), most - SMALLEST_PX)
    end = min(max(2 * int(-(-(centre + length / 2) // 2)), start + SMALLEST_PX), most)
    return start, end - start


def _check_tensors(interpreter: Interpreter, manifest: EmbedderManifest) -> None:
    given, outputs = interpreter.input_spec, interpreter.output_specs
    wanted = (1, manifest.input.height, manifest.input.width, 3)
    if given.shape != wanted or given.dtype not in (np.uint8, np.int8):
        raise Rejected(
            "embedder",
            f"{manifest.file} takes {given.dtype} {given.shape}; its manifest promises an 8-bit "
            f"{wanted}: use the files of one package",
        )
    sizes = [int(np.prod(spec.shape)) for spec in outputs]
    kinds = (np.dtype(np.int8), np.dtype(np.uint8), np.dtype(np.float32))
    if sizes != [manifest.dimensions] or outputs[0].dtype not in kinds:
        raise Rejected(
            "embedder",
            f"{manifest.file} gives {sizes} numbers of {[str(spec.dtype) for spec in outputs]}; "
            f"its manifest promises one vector of {manifest.dimensions}: use the files of one "
            "package",
        )
