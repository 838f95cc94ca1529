"""The device's journal: one JSON object a line (or plain text on a terminal), and never much of it.

A log record carries numbers and short words only: anything else that a caller hands over (arrays,
bytes, objects) is replaced by the name of its type, so that no picture can reach a log by accident.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from fanlight.ports.errors import FanlightError

if TYPE_CHECKING:
    from typing import TextIO

MESSAGE_LIMIT = 400
TRACE_LIMIT = 4000
REPEAT_PAUSE_S = 60.0
REMEMBERED_MESSAGES = 256
_OWN_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def start_logs(level: str, stream: TextIO | None = None) -> None:
    """Send every record of the process to a stream, stderr unless told otherwise."""
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    handler.setFormatter(PlainLine() if stream.isatty() else JsonLine())
    handler.addFilter(Calm())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())


class Calm(logging.Filter):
    """Lets the same complaint through once a minute, saying how often it was held back."""

    def __init__(self, pause_s: float = REPEAT_PAUSE_S) -> None:
        super().__init__()
        self._pause_s = pause_s
        self._held: dict[tuple[str, int, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Decide on one record; the time is the record's own."""
        if record.levelno < logging.WARNING:
            return True
        key = (record.name, record.lineno, str(record.msg))
        since_s, held = self._held.get(key, (-self._pause_s, 0))
        if record.created - since_s < self._pause_s:
            self._held[key] = (since_s, held + 1)
            return False
        if len(self._held) >= REMEMBERED_MESSAGES:
            self._held.clear()
        self._held[key] = (record.created, 0)
        if held:
            record.held_back = held
        return True


class JsonLine(logging.Formatter):
    """One JSON object a line, for the journal."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as JSON with its extra fields."""
        line: dict[str, object] = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname.lower(),
            "from": record.name,
            "say": _message(record),
        }
        line |= _extra(record)
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)[-TRACE_LIMIT:]
        return json.dumps(line, ensure_ascii=False)


class PlainLine(logging.Formatter):
    """A line for a person at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """Return time, level, message and extra fields."""
        extra = " ".join(f"{key}={value}" for key, value in _extra(record).items())
        at = time.strftime("%H:%M:%S", time.localtime(record.created))
        text = f"{at} {record.levelname.lower():7} {_message(record)} {extra}"
        if record.exc_info:
            text += "\n" + self.formatException(record.exc_info)[-TRACE_LIMIT:]
        return text.rstrip()


def _message(record: logging.LogRecord) -> str:
    args = record.args
    if isinstance(args, tuple):
        record.args = tuple(_harmless(argument) for argument in args)
    return record.getMessage()[:MESSAGE_LIMIT]


def _extra(record: logging.LogRecord) -> dict[str, object]:
    return {key: _harmless(value) for key, value in vars(record).items() if key not in _OWN_FIELDS}


def _harmless(value: object) -> object:
    match value:
        case bool() | int() | float() | None:
            return value
        case str() | Path() | FanlightError() | OSError():
            return str(value)[:MESSAGE_LIMIT]
        case dict():
            return {str(key): _harmless(inner) for key, inner in list(value.items())[:32]}
        case list() | tuple() | set() | frozenset():
            return [_harmless(inner) for inner in list(value)[:32]]
        case _:
            return f"<{type(value).__name__}>"
