"""The person detector: a frame goes in, boxes of people come out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from fanlight.domain.tracking import Detections
from fanlight.ports.errors import Rejected
from fanlight.vision.edgetpu import FULL_SPEED_MBPS, LIBRARY, open_or_replug, usb_link_mbps
from fanlight.vision.fallback import FallbackInterpreter
from fanlight.vision.fit import Fit
from fanlight.vision.frame import Scratch
from fanlight.vision.heatmap import HeatmapDecoder
from fanlight.vision.interpreter import Runtime, open_interpreter
from fanlight.vision.model import HeatmapManifest
from fanlight.vision.ssd import SsdDecoder, read_anchors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fanlight.domain.moment import Cause
    from fanlight.domain.mount import Mount
    from fanlight.domain.window import Window
    from fanlight.vision.frame import Frame, Pixels
    from fanlight.vision.interpreter import Interpreter
    from fanlight.vision.model import Manifest
    from fanlight.vision.package import CheckedPackage


class Decoder(Protocol):
    """Reads a network's output tensors."""

    def decode(
        self, outputs: tuple[NDArray[Any], ...]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return boxes (n, 4) as x1, y1, x2, y2 in fractions of the input, and scores (n,)."""


class Detector:
    """Finds people: `show` a frame, `infer`, read the `detections`, `scrub`; in this order.

    It looks at `window`, or at the whole frame without one; boxes are in px of what it looks at.
    Between `show` and `scrub` the input tensor and the scratch buffers hold pixels.

    Raises:
        Rejected: the network wants another picture than its manifest says.
    """

    def __init__(
        self,
        interpreter: Interpreter,
        decoder: Decoder,
        manifest: Manifest,
        window: Window | None = None,
    ) -> None:
        self._interpreter = interpreter
        self._decoder = decoder
        self._scratch = Scratch()
        self._fit = Fit(manifest.input, window)
        _check_input(interpreter, manifest)

    @property
    def causes(self) -> frozenset[Cause]:
        """Why its detections come worse or slower than they should just now."""
        return self._interpreter.causes

    @property
    def picture(self) -> Pixels:
        """The input tensor's own bytes, uint8 height x width x 3."""
        picture: Pixels = self._interpreter.input()[0].view(np.uint8)
        return picture

    def show(self, frame: Frame) -> None:
        """Write the frame into the input tensor, brought to its size and colour order.

        Raises:
            Gone: the detector has been closed.
        """
        picture = self.picture
        self._fit.fill(picture, frame, self._scratch)
        if self._interpreter.input_spec.dtype == np.int8:
            np.bitwise_xor(picture, 0x80, out=picture)

    def infer(self) -> None:
        """Run the network on the frame shown.

        Raises:
            Transient: this one inference failed.
            Gone: the accelerator must be opened again.
        """
        self._interpreter.invoke()

    def detections(self) -> Detections:
        """Return the people of the last inference, in px of the window."""
        boxes, scores = self._decoder.decode(self._interpreter.outputs())
        return Detections.of_boxes(self._fit.to_window(boxes), scores)

    def scrub(self) -> None:
        """Overwrite input tensor and scratch buffers in place."""
        self._scratch.scrub()
        self._interpreter.scrub()

    def forget(self) -> None:
        """Overwrite what the last frame left in the network's feature maps, in one inference."""
        self._interpreter.forget()

    def rest(self) -> None:
        """Let the interpreter do what takes time; called without a frame shown."""
        self._interpreter.rest()

    def close(self) -> None:
        """Scrub and release the network."""
        self._scratch.scrub()
        self._interpreter.close()


def load_detector(
    package: CheckedPackage,
    mount: Mount,
    *,
    window: Window | None = None,
    runtime: Runtime = Runtime.LITERT,
    threads: int = 1,
) -> Detector:
    """Load a package's network onto the processor.

    Raises:
        Rejected: a file cannot be run, or is of another shape than its manifest says.
    """
    network = package.folder / package.manifest.file
    interpreter = open_interpreter(network, runtime, threads=threads)
    return _assemble(interpreter, package, mount, window)


def load_edgetpu_detector(
    package: CheckedPackage,
    mount: Mount,
    *,
    window: Window | None = None,
    library: str = LIBRARY,
    deadline_ms: float = 100.0,
) -> Detector:
    """Load the package's Edge TPU model, with its other model on the processor to fall back on.

    It starts on the processor when the Edge TPU is not there, and goes on trying.

    Raises:
        Rejected: as `load_detector`, or the package holds no model for the Edge TPU.
    """
    compiled = package.manifest.edgetpu
    if compiled is None:
        raise Rejected(
            "accelerator",
            f"{package} in {package.folder} has no model for the Edge TPU; compile it with "
            "models/edgetpu, or set accelerator.kind to 'cpu'",
        )
    spare = open_interpreter(package.folder / package.manifest.file, Runtime.TFLITE)
    interpreter = FallbackInterpreter(
        lambda: open_or_replug(package.folder / compiled.file, library=library),
        spare,
        deadline_ms=deadline_ms,
        slow_link=(usb_link_mbps() or FULL_SPEED_MBPS) < FULL_SPEED_MBPS,
    )
    return _assemble(interpreter, package, mount, window)


def _assemble(
    interpreter: Interpreter, package: CheckedPackage, mount: Mount, window: Window | None
) -> Detector:
    """Put a detector together, or close the interpreter again."""
    try:
        decoder = _decoder(interpreter, package, mount)
        return Detector(interpreter, decoder, package.manifest, window)
    except Rejected:
        interpreter.close()
        raise


def _decoder(interpreter: Interpreter, package: CheckedPackage, mount: Mount) -> Decoder:
    """Return what reads the outputs of this kind of network."""
    manifest = package.manifest
    specs, floor = interpreter.output_specs, manifest.score_floor(mount)
    if isinstance(manifest, HeatmapManifest):
        return HeatmapDecoder(specs, manifest, floor)
    anchors = read_anchors(package.folder / manifest.anchors.file)
    return SsdDecoder(specs, anchors, manifest, floor)


def _check_input(interpreter: Interpreter, manifest: Manifest) -> None:
    spec = interpreter.input_spec
    wanted = (1, manifest.input.height, manifest.input.width, 3)
    if spec.shape != wanted or spec.dtype not in (np.uint8, np.int8):
        raise Rejected(
            "detector",
            f"{manifest.file} takes {spec.dtype} {spec.shape}; its manifest promises an 8-bit "
            f"{wanted}: use the files of one model package",
        )
