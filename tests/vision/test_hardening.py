from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

HARDEN = """
import json, os, sys
from dataclasses import asdict
from fanlight.adapters.hardening import harden
report = asdict(harden())
"""


def run(program: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", HARDEN + program],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_hardened_process_says_what_it_achieved(tmp_path: Path) -> None:
    child = run(
        "import ctypes, resource\n"
        "limit = resource.getrlimit(resource.RLIMIT_CORE)\n"
        "dumpable = ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)\n"
        "print(json.dumps([report, limit, dumpable]))",
        tmp_path,
    )
    assert child.stderr == ""
    assert '"no_core_dumps": true' in child.stdout
    assert '"not_dumpable": true' in child.stdout
    assert child.stdout.strip().endswith("[0, 0], 0]")


def crash(program: str, folder: Path) -> list[Path]:
    """Abort a process that may write core files as large as it likes, and return what it left."""

    def allow_cores() -> None:
        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))

    child = subprocess.run(
        [sys.executable, "-c", program + "\nimport os; os.abort()"],
        cwd=folder,
        preexec_fn=allow_cores,
        check=False,
    )
    assert child.returncode == -6
    return list(folder.glob("core*"))


def test_a_hardened_process_that_crashes_leaves_no_core_file(tmp_path: Path) -> None:
    assert crash(HARDEN, tmp_path) == []


def test_a_process_that_is_not_hardened_would_leave_one(tmp_path: Path) -> None:
    pattern = Path("/proc/sys/kernel/core_pattern").read_text().strip()
    if pattern[0] in "|/" or resource.getrlimit(resource.RLIMIT_CORE)[1] == 0:
        pytest.skip("this system never writes core files into the working folder")
    assert len(crash("", tmp_path)) == 1


def test_what_is_not_allowed_is_reported_and_never_fails_the_start(tmp_path: Path) -> None:
    """Without the right to lock memory the start goes on, and says so."""
    child = subprocess.run(
        [
            sys.executable,
            "-c",
            "import resource, ctypes\n"
            "resource.setrlimit(resource.RLIMIT_MEMLOCK, (65536, 65536))\n"
            "libc = ctypes.CDLL(None)\n"
            "class Head(ctypes.Structure):\n"
            "    _fields_ = [('version', ctypes.c_uint32), ('pid', ctypes.c_int)]\n"
            "class Data(ctypes.Structure):\n"
            "    _fields_ = [(n, ctypes.c_uint32) for n in ('e', 'p', 'i')]\n"
            "assert libc.capset(ctypes.byref(Head(0x20080522, 0)), (Data * 2)()) == 0\n"
            + HARDEN
            + "import cv2, numpy\n"
            "numpy.zeros((3000, 3000))\n"
            "print(report['memory_locked'], report['failures'])",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    assert child.returncode == 0, child.stderr
    assert child.stdout.startswith("False")
    assert "LimitMEMLOCK=infinity" in child.stdout
