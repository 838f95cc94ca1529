"""One AT command at a time over a serial port, whatever else the modem says in between.

Source: ITU-T V.250 (commands and result codes), 3GPP TS 27.007 (+CME ERROR).
"""

from __future__ import annotations

import re
import termios
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import serial

from fanlight.ports.modem import ModemGone, ModemTransient, ModemTrouble

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_LINE: Final = 512
MOST_LINES: Final = 64
_ERROR: Final = re.compile(r"\+(?:CME|CMS) ERROR: ?(.+)")
_READY: Final = frozenset({"RDY", "SMS DONE", "PB DONE", "SMS READY", "CALL READY"})
_SAID_ANYWAY: Final = _READY | {"RING", "POWERED DOWN", "NORMAL POWER DOWN"}
"""What modems say by themselves without a name before it."""
_FAILED: Final = frozenset({"ERROR", "NO CARRIER", "NO ANSWER", "BUSY", "NO DIALTONE"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back to one command: its information lines, and the error if it failed."""

    lines: tuple[str, ...]
    error: str | None = None

    def value(self, name: str) -> str | None:
        """Return what follows `name:` in the first line that begins so, None without one."""
        for line in self.lines:
            if line.startswith(f"{name}:"):
                return line[len(name) + 1 :].strip()
        return None


def open_port(device: str, baud: int = 115_200) -> serial.Serial:
    """Open one of a modem's ports.

    Raises:
        ModemGone: it is not there.
    """
    try:
        return serial.Serial(device, baud, timeout=0.05, write_timeout=2.0)
    except (OSError, ValueError, termios.error) as error:
        raise ModemGone(ModemTrouble.GONE, device) from error


class AtChannel:
    """A command port. Unsolicited codes, echoes, rubbish and late answers are told from answers.

    An information line belongs to a command if it begins with the command's own name (`+CSQ:` to
    `AT+CSQ`) or, for commands that answer without a name, is plain text. Everything else that
    comes is unsolicited. After a time-out the channel is cleared by a bare `AT` before the next.

    Raises (open and command):
        ModemGone: the port is not there.
        ModemTransient: no final result code in time.
    """

    def __init__(self, device: str, baud: int = 115_200, timeout_s: float = 5.0) -> None:
        self._device = device
        self._timeout_s = timeout_s
        self._port = open_port(device, baud)
        self._buffer = b""
        self._clean = False

    def command(self, text: str, timeout_s: float = 0.0, secret: str = "") -> Answer:
        """Send a command and return its answer; a `secret` is appended and never told.

        It waits for `timeout_s`, or as long as the channel's own time-out if that is longer.

        Raises:
            ModemTransient: SILENT, no final result code in time.
            ModemGone: the port went away.
        """
        if not self._clean:
            self._clear()
        return self._ask(text, f"{text}{secret}", max(timeout_s, self._timeout_s))

    def close(self) -> None:
        """Let the port go."""
        self._port.close()

    def _clear(self) -> None:
        """Swallow what is left of earlier commands, until a bare AT is answered."""
        for _ in range(3):
            try:
                self._ask("AT", "AT", 1.0)
            except ModemTransient:
                continue
            self._ask("ATE0", "ATE0", 2.0)
            self._clean = True
            return
        raise ModemTransient(ModemTrouble.SILENT, self._device)

    def _ask(self, name: str, whole: str, timeout_s: float) -> Answer:
        self._guarded(self._port.reset_input_buffer)
        self._buffer = b""
        self._guarded(lambda: self._port.write(f"{whole}\r".encode("ascii", "replace")))
        ends_s, lines = time.monotonic() + timeout_s, list[str]()
        while (line := self._line(ends_s)) is not None:
            if line == "OK":
                return Answer(tuple(lines))
            if line in _FAILED:
                return Answer(tuple(lines), line)
            if refused := _ERROR.fullmatch(line):
                return Answer(tuple(lines), refused[1])
            if line != whole and _belongs(line, name) and len(lines) < MOST_LINES:
                lines.append(line)
        self._clean = False
        raise ModemTransient(ModemTrouble.SILENT, f"{self._device}, {name}")

    def _line(self, ends_s: float) -> str | None:
        """Return the next whole line without rubbish in it, None when the time is up."""
        while time.monotonic() < ends_s:
            while b"\n" in self._buffer or b"\r" in self._buffer:
                raw, self._buffer = re.split(rb"[\r\n]", self._buffer, maxsplit=1)
                line = raw.decode("ascii", "replace").strip()
                if line and line.isprintable() and "\ufffd" not in line:
                    return line
            self._buffer = self._buffer[-LONGEST_LINE:] + self._guarded(
                lambda: self._port.read(256)
            )
        return None

    def _guarded(self, call: Callable[[], bytes | int | None]) -> bytes:
        try:
            done = call()
        except (OSError, TypeError, termios.error) as error:
            raise ModemGone(ModemTrouble.GONE, self._device) from error
        return done if isinstance(done, bytes) else b""


def _belongs(line: str, command: str) -> bool:
    """Tell an information line of a command from an unsolicited one."""
    asked = re.match(r"AT([+$]\w+)", command)
    if line.upper() in _SAID_ANYWAY:
        return False
    if asked is None:
        return not line.startswith(("+", "$", "^", "*"))
    if line.startswith(("+", "$", "^", "*")):
        return line.startswith(f"{asked[1]}:")
    return True
