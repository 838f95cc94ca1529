# ruff: noqa: INP001 - for programs and tests
"""A whole device with its console, as an owner finds it: its own process, real TLS, a clip."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

REPO = Path(__file__).resolve().parents[1]
DEMO = REPO / "models/render/demo/doorway.mp4"
CHROMIUM = shutil.which("chromium")
NAME, PASSWORD = "Anna", "a window above the door"


@dataclass(frozen=True)
class Device:
    """A running device; `code` is that of its label."""

    folder: Path
    port: int
    code: str
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """The console's address."""
        return f"https://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """What it has logged."""
        return (self.folder / "log").read_text(errors="replace")

    @property
    def data(self) -> Path:
        """Where it keeps everything."""
        return self.folder / "data"

    def await_console(self, limit_s: float = 40.0) -> None:
        """Return once the console answers.

        Raises:
            RuntimeError: it never does; the message has the log.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        ends_s = time.monotonic() + limit_s
        while time.monotonic() < ends_s:
            if self.process.poll() is not None:
                break
            try:
                with (
                    socket.create_connection(("127.0.0.1", self.port), 1) as plain,
                    context.wrap_socket(plain),
                ):
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"no console within {limit_s} s\n{self.log}")


def factory_text(port: int, clip: Path = DEMO, more: str = "") -> str:
    """Return the settings that a device leaves the factory with, its camera a clip."""
    return f"""
[device]
name = "Front door"
timezone = "Europe/Berlin"
[camera]
kind = "clip"
path = {json.dumps(str(clip))}
repeat = true
[clock]
trust = "always"
[console]
bind = "127.0.0.1"
port = {port}
[setup]
{more}
"""


@contextmanager
def running_device(
    folder: Path, clip: Path = DEMO, more: str = "", environment: Mapping[str, str] | None = None
) -> Iterator[Device]:
    """Run a device out of the factory; it ends with the block."""
    port = _free_port()
    (folder / "factory.toml").write_text(factory_text(port, clip, more))
    label = _fanlight("label", "--data-dir", folder / "data", "--new-code", "--json")
    code = json.loads(
        subprocess.run(  # noqa: S603 - our own program
            label, capture_output=True, check=True
        ).stdout
    )["first_login"]
    command = _fanlight(
        *("run", "--config", folder / "data/fanlight.toml"),
        *("--factory", folder / "factory.toml", "--data-dir", folder / "data"),
    )
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own program
            command, stdout=log, stderr=log, env={**os.environ, **(environment or {})}
        )
        device = Device(folder, port, code, process)
        try:
            device.await_console()
            yield device
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


def card_clip(path: Path, card: np.ndarray, seconds: float, fps: float = 10.0) -> None:
    """Write a clip in which a set-up card is held before the camera, then people walk by."""
    demo = cv2.VideoCapture(str(DEMO))
    size = int(demo.get(cv2.CAP_PROP_FRAME_WIDTH)), int(demo.get(cv2.CAP_PROP_FRAME_HEIGHT))
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), fps, size)
    _, scene = demo.read()
    side = int(size[1] * 0.92)
    shown = cv2.resize(card, (side, side), interpolation=cv2.INTER_AREA)
    for index in range(round(seconds * fps)):
        frame = scene.copy()
        left = (size[0] - side) // 2 + int(6 * np.sin(index / 3))
        top = (size[1] - side) // 2
        frame[top : top + side, left : left + side] = cv2.cvtColor(shown, cv2.COLOR_GRAY2BGR)
        writer.write(frame)
    while demo.read(scene)[0]:
        writer.write(scene)
        demo.grab()
    writer.release()


def _fanlight(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "fanlight", *map(str, arguments)]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
