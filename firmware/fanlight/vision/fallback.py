"""An accelerator with the processor to fall back on, and a deadline for every inference."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from fanlight.domain.moment import Cause
from fanlight.ports.errors import Fault, Rejected

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from fanlight.vision.interpreter import Interpreter, TensorSpec

STRIKES = 3
FIRST_RETRY_S = 60.0
LONGEST_RETRY_S = 3600.0


class FallbackInterpreter:
    """Runs on the accelerator while it works, and on the processor while it does not.

    An inference that fails is repeated on the processor at once, so no frame is lost; after
    three failures in a row the accelerator is closed. Every result from the processor carries
    `Cause.ACCELERATOR_FALLBACK`, every late one of the accelerator `Cause.TOO_SLOW`, and all of
    its own `Cause.ACCELERATOR_SLOW_LINK` when its link is slow. `rest`, called while no pixel is
    in the room, tries it again after one minute, then after ever longer waits up to an hour.

    An inference that never returns is not survived here: the look's deadline reports it and the
    watchdog ends the process.

    Raises:
        Rejected: the two networks do not have the same input and outputs.
    """

    def __init__(
        self,
        open_accelerator: Callable[[], Interpreter],
        spare: Interpreter,
        *,
        deadline_ms: float,
        slow_link: bool = False,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._open_accelerator = open_accelerator
        self._spare = spare
        self._deadline_ms = deadline_ms
        self._link = frozenset({Cause.ACCELERATOR_SLOW_LINK} if slow_link else ())
        self._now_s = now_s
        self._accelerator: Interpreter | None = None
        self._strikes = 0
        self._late = False
        self._retry_s = FIRST_RETRY_S
        self._retry_at_s = now_s()
        self._answering = spare
        self.rest()

    @property
    def name(self) -> str:
        """Name the network that is in use."""
        return self._answering.name

    @property
    def input_spec(self) -> TensorSpec:
        """Describe the only input."""
        return self._spare.input_spec

    @property
    def output_specs(self) -> tuple[TensorSpec, ...]:
        """Describe the outputs."""
        return self._spare.output_specs

    @property
    def causes(self) -> frozenset[Cause]:
        """Why the last result came worse or slower than it should have."""
        causes = {Cause.ACCELERATOR_FALLBACK} if self._answering is self._spare else self._link
        return frozenset(causes | ({Cause.TOO_SLOW} if self._late else set()))

    def input(self) -> NDArray[Any]:
        """Return a writable view of the input of the network in use."""
        return self._chosen().input()

    def invoke(self) -> None:
        """Run the network in use, or the processor's when the accelerator fails.

        Raises:
            Transient: the processor failed as well.
        """
        self._late = False
        self._answering = self._spare
        if self._accelerator is None:
            self._spare.invoke()
            return
        start_s = self._now_s()
        try:
            self._accelerator.invoke()
        except Fault:
            self._strikes += 1
            np.copyto(self._spare.input(), self._accelerator.input())
            self._spare.invoke()
            return
        self._late = (self._now_s() - start_s) * 1000 > self._deadline_ms
        self._answering = self._accelerator
        self._strikes = 0

    def outputs(self) -> tuple[NDArray[Any], ...]:
        """Return views of the outputs of the network that answered last."""
        return self._answering.outputs()

    def scrub(self) -> None:
        """Overwrite the picture in both networks."""
        self._spare.scrub()
        if self._accelerator is not None:
            self._accelerator.scrub()

    def forget(self) -> None:
        """Overwrite the feature maps of the network that answered last."""
        self._answering.forget()

    def rest(self) -> None:
        """Close an accelerator that failed too often; try to open it again when it is time."""
        if self._accelerator is not None and self._strikes >= STRIKES:
            self._give_up_for_now()
        if self._accelerator is None and self._now_s() >= self._retry_at_s:
            self._try_accelerator()

    def close(self) -> None:
        """Release both networks."""
        if self._accelerator is not None:
            self._accelerator.close()
            self._accelerator = None
        self._spare.close()
        self._retry_at_s = float("inf")

    def _chosen(self) -> Interpreter:
        return self._accelerator or self._spare

    def _try_accelerator(self) -> None:
        try:
            accelerator = self._open_accelerator()
        except Fault:
            self._wait_longer()
            return
        if not _same(accelerator, self._spare):
            accelerator.close()
            raise Rejected(
                "accelerator",
                "the model for the Edge TPU has another input or other outputs than the one for "
                "the processor; use the files of one model package",
            )
        self._accelerator = accelerator
        self._answering = accelerator
        self._strikes = 0

    def _give_up_for_now(self) -> None:
        accelerator, self._accelerator = self._accelerator, None
        self._answering = self._spare
        self._wait_longer()
        if accelerator is not None:
            accelerator.close()

    def _wait_longer(self) -> None:
        self._retry_at_s = self._now_s() + self._retry_s
        self._retry_s = min(self._retry_s * 2, LONGEST_RETRY_S)


def _same(one: Interpreter, other: Interpreter) -> bool:
    def shapes(network: Interpreter) -> list[tuple[tuple[int, ...], np.dtype[Any]]]:
        specs = (network.input_spec, *network.output_specs)
        return [(spec.shape, spec.dtype) for spec in specs]

    return shapes(one) == shapes(other)
