"""The Coral Edge TPU: pinned versions, a first load that may crash alone, and its USB link."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fanlight.ports.errors import Fault, Gone, Rejected
from fanlight.vision.interpreter import TfLiteInterpreter

if TYPE_CHECKING:
    from fanlight.vision.interpreter import Interpreter

LIBRARY = "libedgetpu.so.1"
PINNED_TFLITE = "2.14.0"
FIRST_LOAD_WITHIN_S = 30.0
USB_DEVICES = Path("/sys/bus/usb/devices")
CORAL_IDS = {("1a6e", "089a"), ("18d1", "9302")}
"""Vendor and product before the first use (Global Unichip) and after it (Google)."""
FULL_SPEED_MBPS = 5000.0
BURN_IN_LOOKS = 20

PROBE = """
import os, sys
from tflite_runtime.interpreter import Interpreter, load_delegate
try:
    network = Interpreter(model_path=sys.argv[2],
                          experimental_delegates=[load_delegate(sys.argv[1])])
    network.allocate_tensors()
    network.invoke()
except (OSError, ValueError, RuntimeError) as error:
    print(error, file=sys.stderr, flush=True)
    os._exit(1)
"""


def open_edgetpu(
    model: Path, *, library: str = LIBRARY, first_load_within_s: float = FIRST_LOAD_WITHIN_S
) -> TfLiteInterpreter:
    """Open the Edge TPU with a model that was compiled for it, and prove that it works.

    The first load happens in a child process: a library that does not fit the runtime ends the
    child with a segmentation fault and not the device (field problem 23).

    Raises:
        Rejected: other versions than the pinned ones.
        Gone: no Edge TPU, or it fails its burn-in.
    """
    _require_pinned_runtime()
    probe_in_child(model, library, first_load_within_s)
    from tflite_runtime.interpreter import (  # noqa: PLC0415 - only where there is a Coral
        Interpreter,
        load_delegate,
    )

    try:
        delegate = load_delegate(library)
        network = Interpreter(model_path=str(model), experimental_delegates=[delegate])
        interpreter = TfLiteInterpreter("tflite on the Edge TPU", network)
    except (RuntimeError, ValueError, OSError) as err:
        raise Gone("accelerator", f"the Edge TPU cannot be opened: {err}; replug it") from err
    burn_in(interpreter)
    return interpreter


def open_or_replug(model: Path, *, library: str = LIBRARY) -> TfLiteInterpreter:
    """Open the Edge TPU; when it fails, have the kernel drop and find it again for the next try.

    A stick that has locked up comes back only when it is replugged (field problem 17).

    Raises:
        Rejected, Gone: as `open_edgetpu`.
    """
    try:
        return open_edgetpu(model, library=library)
    except Gone:
        replug_usb()
        raise


def probe_in_child(model: Path, library: str, within_s: float, *, probe: str = PROBE) -> None:
    """Load and run the model once in a process of its own.

    Raises:
        Gone: the child crashed, failed or hung; what it said is in the message.
    """
    command = [sys.executable, "-c", probe, library, str(model)]
    try:
        child = subprocess.run(  # noqa: S603 - our own interpreter and our own arguments
            command, capture_output=True, text=True, timeout=within_s, check=False
        )
    except subprocess.TimeoutExpired as err:
        raise Gone(
            "accelerator", f"the first load hung for {within_s:g} s; replug the Edge TPU"
        ) from err
    if child.returncode < 0:
        raise Gone(
            "accelerator",
            f"{library} crashed on its first load (signal {-child.returncode}); install the "
            f"libedgetpu that was built for tflite-runtime {PINNED_TFLITE}",
        )
    if child.returncode > 0:
        reason = child.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise Gone("accelerator", f"the first load failed: {reason[0]}; is the Edge TPU there?")


def burn_in(interpreter: Interpreter, looks: int = BURN_IN_LOOKS) -> None:
    """Give a fixed noise picture again and again: the answers must be there and equal.

    Raises:
        Gone: an answer differs or an inference fails (field problem 22); it has been closed.
    """
    noise = np.random.default_rng(20).integers(0, 256, interpreter.input_spec.shape, np.uint8)
    answers: set[tuple[bytes, ...]] = set()
    for look in range(looks):
        interpreter.input().view(np.uint8)[...] = noise
        try:
            interpreter.invoke()
        except Fault as err:
            interpreter.close()
            raise Gone("accelerator", f"it failed in burn-in look {look}: {err}") from err
        answers.add(tuple(output.tobytes() for output in interpreter.outputs()))
        if len(answers) > 1:
            interpreter.close()
            raise Gone(
                "accelerator",
                f"{interpreter.name} answered differently in burn-in look {look}; replace it, "
                "its cable or its power supply",
            )
    interpreter.scrub()


def usb_link_mbps(devices: Path = USB_DEVICES) -> float | None:
    """Return the speed of the Coral's USB link in Mbit/s, None when no Coral is plugged in.

    480 is a USB 2 port or cable, on which an inference takes many times as long (field problem
    20); 5000 is what it needs.
    """
    coral = _find_coral(devices)
    speed = _read(coral / "speed") if coral else ""
    return float(speed) if speed else None


def replug_usb(devices: Path = USB_DEVICES) -> bool:
    """Take the Coral's authorisation away and give it back; False when that is not possible."""
    coral = _find_coral(devices)
    if coral is None:
        return False
    try:
        for state in ("0", "1"):
            (coral / "authorized").write_text(state)
    except OSError:
        return False
    return True


def _find_coral(devices: Path) -> Path | None:
    for device in sorted(devices.glob("*")):
        if (_read(device / "idVendor"), _read(device / "idProduct")) in CORAL_IDS:
            return device
    return None


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def _require_pinned_runtime() -> None:
    try:
        import tflite_runtime  # noqa: PLC0415 - only where there is a Coral
    except ImportError as err:
        raise Rejected(
            "accelerator", f"tflite-runtime is missing; install {PINNED_TFLITE}"
        ) from err
    if tflite_runtime.__version__ != PINNED_TFLITE:
        raise Rejected(
            "accelerator",
            f"tflite-runtime is {tflite_runtime.__version__}; libedgetpu is pinned to "
            f"{PINNED_TFLITE}, and other pairs crash: install that version",
        )
