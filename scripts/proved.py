# ruff: noqa: INP001 - a part of programs, not a package
"""How a guest tells what it has proved, line by line on its console."""

from __future__ import annotations

import json
import sys
import time

SAYS = "PROVED "


def tell(step: str, began_s: float, says: str, *, ok: bool) -> None:
    """Print a step that began at a monotonic time."""
    seconds = round(time.monotonic() - began_s, 1)
    told = {"step": step, "ok": ok, "seconds": seconds, "says": says}
    sys.stdout.write(f"{SAYS}{json.dumps(told)}\n")
    sys.stdout.flush()
