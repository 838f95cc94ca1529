"""One neural network, loaded once: its input is written in place and its outputs are views."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from fanlight.ports.errors import Fault, Gone, Rejected, Transient

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from fanlight.domain.moment import Cause


class Runtime(StrEnum):
    """Which library runs the network on the processor."""

    LITERT = "litert"
    TFLITE = "tflite"


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """Shape, type and quantisation of a tensor: real = (stored - zero_point) * scale."""

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    scale: float
    zero_point: int


class Interpreter(Protocol):
    """A network that reads the bytes in its input tensor and writes its output tensors."""

    @property
    def name(self) -> str:
        """Name the part for errors: the runtime and where it computes."""

    @property
    def input_spec(self) -> TensorSpec:
        """Describe the only input."""

    @property
    def output_specs(self) -> tuple[TensorSpec, ...]:
        """Describe the outputs, in the order of `outputs`."""

    @property
    def causes(self) -> frozenset[Cause]:
        """Why its results come worse or slower than they should just now."""

    def input(self) -> NDArray[Any]:
        """Return a writable view of the input tensor; let go of it before `invoke`."""

    def invoke(self) -> None:
        """Run the network once on what is in the input tensor.

        Raises:
            Transient: this one inference failed.
            Gone: the accelerator must be opened again.
        """

    def outputs(self) -> tuple[NDArray[Any], ...]:
        """Return views of the output tensors; let go of them before the next `invoke`."""

    def scrub(self) -> None:
        """Overwrite what the network still holds of the picture, as far as it can be reached."""

    def forget(self) -> None:
        """Overwrite its feature maps too, by looking at a black picture; errors are no matter."""

    def rest(self) -> None:
        """Do what takes time, such as opening an accelerator again; called without a picture."""

    def close(self) -> None:
        """Release the network; harmless when already closed."""


class TfLiteInterpreter:
    """The `Interpreter` of any library with TensorFlow Lite's Python interface.

    `library` is the interpreter of ai-edge-litert or tflite-runtime, already loaded with a
    model.

    Raises:
        Rejected: the network does not have exactly one input.
    """

    def __init__(self, name: str, library: Any) -> None:  # noqa: ANN401 - both publish no types
        self.name = name
        self.causes: frozenset[Cause] = frozenset()
        self._library = library
        library.allocate_tensors()
        inputs = library.get_input_details()
        outputs = library.get_output_details()
        if len(inputs) != 1:
            raise Rejected("detector", f"the model has {len(inputs)} inputs; one picture is given")
        self.input_spec = _spec(inputs[0])
        self.output_specs = tuple(_spec(each) for each in outputs)
        self._input: Callable[[], NDArray[Any]] = library.tensor(inputs[0]["index"])
        self._outputs = tuple(library.tensor(each["index"]) for each in outputs)
        self._pictures = _reachable_pictures(library, self.input_spec.shape)

    def input(self) -> NDArray[Any]:
        """Return a writable view of the input tensor; let go of it before `invoke`.

        Raises:
            Gone: closed.
        """
        if self._library is None:
            raise Gone("detector", f"{self.name} has been closed")
        return self._input()

    def invoke(self) -> None:
        """Run the network once.

        Raises:
            Transient: the library reports an error.
            Gone: closed.
        """
        if self._library is None:
            raise Gone("detector", f"{self.name} has been closed")
        try:
            self._library.invoke()
        except (RuntimeError, ValueError) as err:
            raise Transient("detector", f"{self.name} failed one inference: {err}") from err

    def outputs(self) -> tuple[NDArray[Any], ...]:
        """Return views of the output tensors; let go of them before the next `invoke`."""
        return tuple(output() for output in self._outputs)

    def scrub(self) -> None:
        """Overwrite the input tensor, and every reachable tensor that holds a copy of it."""
        for picture in self._pictures:
            picture().fill(0)

    def forget(self) -> None:
        """Overwrite its feature maps too, by looking at a black picture; errors are no matter."""
        self.scrub()
        with suppress(Fault):
            self.invoke()

    def rest(self) -> None:
        """Do nothing: there is nothing to reopen."""

    def close(self) -> None:
        """Forget the last picture and release the network."""
        self.forget()
        self._library = None
        self._input = _nothing
        self._outputs = ()
        self._pictures = ()


def open_interpreter(model: Path, runtime: Runtime, *, threads: int = 1) -> TfLiteInterpreter:
    """Load a model file on the CPU with the library that is asked for.

    Raises:
        Rejected: the file is no model that this library can run, or the library is not there.
    """
    try:
        if runtime is Runtime.LITERT:
            from ai_edge_litert.interpreter import Interpreter as Library  # noqa: PLC0415 - choice
        else:
            from tflite_runtime.interpreter import Interpreter as Library  # noqa: PLC0415 - choice
    except ImportError as err:
        raise Rejected("detector", f"the {runtime} library is not installed: {err}") from err
    try:
        return TfLiteInterpreter(
            f"{runtime} on the CPU", Library(model_path=str(model), num_threads=threads)
        )
    except (RuntimeError, ValueError) as err:
        raise Rejected(
            "detector", f"{model} cannot be run by {runtime}: {err}; install the model file again"
        ) from err


def _spec(details: dict[str, Any]) -> TensorSpec:
    scale, zero_point = details["quantization"]
    return TensorSpec(
        details["name"],
        tuple(int(size) for size in details["shape"]),
        np.dtype(details["dtype"]),
        float(scale),
        int(zero_point),
    )


def _reachable_pictures(
    library: Any,  # noqa: ANN401 - publishes no types
    shape: tuple[int, ...],
) -> tuple[Callable[[], NDArray[Any]], ...]:
    """Return views of all tensors of the input's shape that the library lets us reach.

    A network that was quantised with an unsigned input first turns it into a signed one, and
    that second picture stays in the library's arena.
    """
    library.invoke()
    found = []
    for details in library.get_tensor_details():
        view = library.tensor(details["index"])
        if tuple(details["shape"]) == shape and _is_reachable(view):
            found.append(view)
    return tuple(found)


def _is_reachable(view: Callable[[], NDArray[Any]]) -> bool:
    try:
        return view().flags.writeable
    except ValueError:
        return False


def _nothing() -> NDArray[Any]:
    return np.zeros(0, np.uint8)
