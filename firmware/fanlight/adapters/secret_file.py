"""Secrets in files that only the device's user may read."""

from __future__ import annotations

import os
import stat
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fanlight.adapters.erasure import clear, supersede
from fanlight.ports.errors import Rejected, Transient

if TYPE_CHECKING:
    from collections.abc import Callable

SHORTEST: Final = 20


def secret_in(file: str, part: str, shortest: int = SHORTEST) -> Callable[[], str]:
    """Return what reads a secret each time it is needed, or gives "" where no file is named."""
    return partial(read_secret, Path(file), part, shortest) if file else str


def read_secret(path: Path, part: str, shortest: int = SHORTEST) -> str:
    """Read the one line of a secret; it is never part of a message.

    A secret that somebody else has chosen, such as a PIN, may be shorter than our own.

    Raises:
        Rejected: the file is missing, readable by others, or holds too little to be secret.
    """
    make = f"make one: (umask 077; head -c 24 /dev/urandom | base64 > {path})"
    try:
        mode = path.stat().st_mode
        secret = path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise Rejected(part, f"{path}: {error.strerror}; {make}") from error
    except UnicodeDecodeError as error:
        raise Rejected(part, f"{path}: not a line of plain text; {make}") from error
    if stat.S_IMODE(mode) & 0o077:
        raise Rejected(part, f"{path}: others may read it; chmod 600 {path}")
    if len(secret) < shortest or not secret.isprintable():
        raise Rejected(part, f"{path}: not one line of at least {shortest} characters; {make}")
    return secret


def write_secret(path: Path, secret: str, part: str) -> None:
    """Keep a secret in a file of mode 0600, in place of the last one, which is overwritten.

    Raises:
        Transient: the storage cannot take it now; the last one is still there.
    """
    temporary = path.with_name(path.name + ".tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        clear(temporary)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write(secret + "\n")
            out.flush()
            os.fsync(out.fileno())
        supersede(temporary, path)
    except OSError as error:
        raise Transient(part, f"{path}: {error.strerror}; check the card and the folder") from error
