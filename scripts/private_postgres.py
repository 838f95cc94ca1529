# ruff: noqa: INP001 - a part of programs and tests, not a package
"""A PostgreSQL of one's own on loopback, in a folder that goes with it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def is_installed() -> bool:
    """Tell whether this machine has PostgreSQL's programs."""
    return bool(_programs())


@contextmanager
def private_postgres(*options: str) -> Iterator[str]:
    """Start a cluster on a free port; yields its URL, without a database.

    `options` are settings such as "fsync=off".
    """
    programs, folder = _programs()[-1], Path(tempfile.mkdtemp(prefix="fanlight-pg-"))
    as_other: list[str] = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "postgres")
        as_other = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def run(*command: str) -> None:
        done = [*as_other, *command]
        subprocess.run(done, check=True, capture_output=True, cwd="/")  # noqa: S603 - its programs

    data, ctl = str(folder / "data"), str(programs / "pg_ctl")
    run(str(programs / "initdb"), "-D", data, "-A", "trust", "-U", "fanlight", "--no-sync")
    given = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
    given += "".join(f" -c {option}" for option in options)
    run(ctl, "-D", data, "-w", "-l", str(folder / "log"), "-o", given, "start")
    try:
        yield f"postgresql+psycopg://fanlight@127.0.0.1:{port}"
    finally:
        run(ctl, "-D", data, "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> list[Path]:
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return sorted(program.parent for program in found)
