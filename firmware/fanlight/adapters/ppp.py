"""PPP over the modem's data port: dialled here, spoken by pppd.

The data port stays open here until pppd has it, so that nothing hangs up in between. What needs
rights is in a file of the system, image-build/files/etc/ppp/peers/fanlight: with `updetach` there,
the call ends once the network is up. Source: pppd(8) of ppp 2.4.9.
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import termios
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fanlight.adapters.at_channel import open_port
from fanlight.ports.errors import Rejected, Transient
from fanlight.ports.modem import ModemGone, ModemTransient, ModemTrouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import serial

PART: Final = "lte"
LINK_NAME: Final = "fanlight"
_DIAL_S: Final = 30.0
_STOP_S: Final = 10.0
_ROUTE_S: Final = 5.0
_CANNOT: Final = {
    2: f"pppd wants its options in /etc/ppp/peers/{LINK_NAME}; copy the one of image-build/files",
    3: "pppd must run as root or be setuid root (chmod 4754 /usr/sbin/pppd, group dip)",
    4: "the kernel has no PPP (modprobe ppp_async)",
    19: "the network refuses user or password; check links.lte.user and password_file",
}
_FAILED: Final = {
    5: "ended by a signal",
    6: "the data port is locked by another program",
    7: "the data port cannot be used",
    10: "the network and pppd did not agree",
    15: "the network does not answer",
    16: "the modem hung up",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PppSettings:
    """The data port, who the device is to the network, and how long that may take."""

    port: str
    user: str = ""
    password: Callable[[], str] = str
    timeout_s: float = 60.0
    program: str = "pppd"
    run_dir: Path = Path("/run")
    routes: Path = Path("/proc/net/route")
    context: int = 1


class Pppd:
    """One PPP link, of the interface that `pppd` names."""

    def __init__(self, settings: PppSettings) -> None:
        self._settings = settings

    def up(self) -> str:
        """Dial and bring the link up; return its interface.

        Raises:
            Transient, Gone: it does not come up now.
            Rejected: a person must act first.
        """
        self.down()
        port = self._dialled()
        try:
            self._speak()
        finally:
            port.close()
        if (running := self._running()) is None:
            raise Transient(PART, "pppd ended by itself right after it was up")
        self._await_route(running[1])
        return running[1]

    def down(self) -> None:
        """Hang up; harmless when it is down already."""
        running = self._running()
        if running is None:
            return
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError, PermissionError):
                os.kill(running[0], number)
            ends_s = time.monotonic() + _STOP_S
            while time.monotonic() < ends_s:
                if self._running() is None:
                    return
                time.sleep(0.05)

    def _dialled(self) -> serial.Serial:
        settings = self._settings
        port = open_port(settings.port)
        try:
            port.reset_input_buffer()
            port.write(f"ATD*99***{settings.context}#\r".encode())
            self._await_connect(port)
        except (OSError, termios.error) as error:
            port.close()
            raise ModemGone(ModemTrouble.GONE, settings.port) from error
        except BaseException:
            port.close()
            raise
        return port

    def _await_connect(self, port: serial.Serial) -> None:
        ends_s, heard = time.monotonic() + _DIAL_S, b""
        while time.monotonic() < ends_s:
            heard = (heard + port.read(1))[-200:]
            if b"CONNECT" in heard and heard.endswith((b"\r", b"\n")):
                return
            if any(word in heard for word in (b"NO CARRIER", b"ERROR", b"BUSY", b"NO DIALTONE")):
                raise ModemTransient(ModemTrouble.NO_COVERAGE, "the data call was refused")
        raise ModemTransient(ModemTrouble.SILENT, "the data call was not answered")

    def _speak(self) -> None:
        """Let pppd take the port over until the network is up or refused."""
        settings = self._settings
        with _options_file(self._options()) as options:
            try:
                ended = subprocess.run(  # noqa: S603 - pppd, with options of our own
                    [settings.program, settings.port, "call", LINK_NAME, "file", str(options)],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    timeout=settings.timeout_s,
                    check=False,
                )
            except subprocess.TimeoutExpired as error:
                self.down()
                raise Transient(PART, f"not up within {settings.timeout_s:g} s") from error
            except OSError as error:
                raise Rejected(
                    PART, f"{settings.program} cannot be run ({error.strerror}); install ppp"
                ) from error
        if ended.returncode in _CANNOT:
            raise Rejected(PART, _CANNOT[ended.returncode])
        if ended.returncode != 0:
            reason = _FAILED.get(ended.returncode, f"pppd ended with {ended.returncode}")
            raise Transient(PART, reason)

    def _await_route(self, interface: str) -> None:
        """Wait until what is sent goes over the link: pppd starts its script without waiting."""
        ends_s = time.monotonic() + _ROUTE_S
        while time.monotonic() < ends_s:
            routes = (line.split() for line in self._settings.routes.read_text().splitlines())
            if any(route[:2] == [interface, "00000000"] for route in routes):
                return
            time.sleep(0.05)
        self.down()
        raise Rejected(
            PART,
            "the link has no default route; copy /etc/ppp/ip-up.d/0fanlight of image-build/files",
        )

    def _options(self) -> list[str]:
        settings = self._settings
        if not settings.user:
            return []
        return [f"user {_quoted(settings.user)}", f"password {_quoted(settings.password())}"]

    def _running(self) -> tuple[int, str] | None:
        """Return process and interface of a pppd that lives, as it notes them itself."""
        try:
            lines = (self._settings.run_dir / f"ppp-{LINK_NAME}.pid").read_text().split()
            process, interface = int(lines[0]), lines[1]
            os.kill(process, 0)
        except (OSError, ValueError, IndexError):
            return None
        return process, interface


@contextmanager
def _options_file(lines: list[str]) -> Iterator[Path]:
    """A file of options that only this user can read, gone once pppd has read it."""
    descriptor, name = tempfile.mkstemp(prefix="fanlight-ppp-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write("".join(f"{line}\n" for line in lines))
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "") + '"'
