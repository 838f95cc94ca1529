"""What every interpreter promises, asked of each that runs without a Coral."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from fanlight.domain.moment import Cause
from fanlight.ports.errors import Gone
from fanlight.vision.fallback import FallbackInterpreter
from fanlight.vision.interpreter import Interpreter, Runtime, open_interpreter

if TYPE_CHECKING:
    from collections.abc import Iterator

MODEL = Path(__file__).resolve().parents[2] / (
    "models/detector/interim/ssdlite_mnv2_person_300_int8.tflite"
)


def litert() -> Interpreter:
    return open_interpreter(MODEL, Runtime.LITERT)


def never_there() -> Interpreter:
    raise Gone("accelerator", "not plugged in")


MAKERS = {
    "litert": litert,
    "tflite": lambda: open_interpreter(MODEL, Runtime.TFLITE),
    "accelerated": lambda: FallbackInterpreter(litert, litert(), deadline_ms=1000),
    "fallen back": lambda: FallbackInterpreter(never_there, litert(), deadline_ms=1000),
}


@pytest.fixture(params=list(MAKERS))
def interpreter(request: pytest.FixtureRequest) -> Iterator[Interpreter]:
    made = MAKERS[request.param]()
    yield made
    made.close()


def picture(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (1, 300, 300, 3), np.uint8)


def answer(interpreter: Interpreter, seed: int) -> list[bytes]:
    interpreter.input()[...] = picture(seed)
    interpreter.invoke()
    return [output.tobytes() for output in interpreter.outputs()]


def test_its_description_fits_its_tensors(interpreter: Interpreter) -> None:
    view = interpreter.input()
    assert view.shape == interpreter.input_spec.shape == (1, 300, 300, 3)
    assert view.dtype == interpreter.input_spec.dtype == np.uint8
    shapes = [output.shape for output in interpreter.outputs()]
    assert shapes == [spec.shape for spec in interpreter.output_specs]
    assert "CPU" in interpreter.name


def test_the_input_is_one_place_that_is_written_to(interpreter: Interpreter) -> None:
    interpreter.input()[...] = 9
    assert (interpreter.input() == 9).all()
    assert interpreter.input().ctypes.data == interpreter.input().ctypes.data


def test_answers_depend_on_the_picture_and_on_nothing_before_it(interpreter: Interpreter) -> None:
    first, other = answer(interpreter, 1), answer(interpreter, 2)
    interpreter.scrub()
    assert answer(interpreter, 1) == first != other


def test_a_scrub_leaves_nothing_in_the_input(interpreter: Interpreter) -> None:
    answer(interpreter, 3)
    interpreter.scrub()
    assert not interpreter.input().any()


def test_a_closed_one_is_gone_and_may_be_closed_again(interpreter: Interpreter) -> None:
    interpreter.close()
    interpreter.close()
    with pytest.raises(Gone):
        interpreter.input()
    with pytest.raises(Gone):
        interpreter.invoke()


def test_only_the_fallen_back_one_says_so() -> None:
    causes = {}
    for name, make in MAKERS.items():
        interpreter = make()
        if name != "tflite":
            interpreter.invoke()
        causes[name] = interpreter.causes
        interpreter.close()
    assert causes.pop("fallen back") == {Cause.ACCELERATOR_FALLBACK}
    assert set(causes.values()) == {frozenset()}
