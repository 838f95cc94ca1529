"""Making the process hard to look into: no core dumps, no tracing, no swap."""

from __future__ import annotations

import ctypes
import os
import resource
from dataclasses import dataclass
from pathlib import Path

PR_GET_DUMPABLE = 3
PR_SET_DUMPABLE = 4
MCL_CURRENT = 1
MCL_FUTURE = 2
MCL_ONFAULT = 4
CAP_IPC_LOCK = 1 << 14


@dataclass(frozen=True, slots=True)
class Hardening:
    """What was achieved; `failures` says in words what was not."""

    no_core_dumps: bool
    not_dumpable: bool
    memory_locked: bool
    failures: tuple[str, ...] = ()


def harden() -> Hardening:
    """Refuse core dumps and tracing by other processes, and keep memory out of swap.

    Never fails: what the system does not allow is reported. Memory is locked page by page as it
    is used, so that locking costs no memory of its own.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    failures: list[str] = []
    return Hardening(
        no_core_dumps=_refuse_core_dumps(failures),
        not_dumpable=_refuse_tracing(libc, failures),
        memory_locked=_lock_memory(libc, failures),
        failures=tuple(failures),
    )


def _refuse_core_dumps(failures: list[str]) -> bool:
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (OSError, ValueError) as err:
        failures.append(f"core dumps stay possible: {err}")
        return False
    return True


def _refuse_tracing(libc: ctypes.CDLL, failures: list[str]) -> bool:
    if libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        failures.append(f"other processes may look inside: {os.strerror(ctypes.get_errno())}")
        return False
    return bool(libc.prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0)


def _lock_memory(libc: ctypes.CDLL, failures: list[str]) -> bool:
    """Lock only where the limit can never be met later: else an allocation would fail by it."""
    soft, _hard = resource.getrlimit(resource.RLIMIT_MEMLOCK)
    if soft != resource.RLIM_INFINITY and not _may_lock_without_limit():
        failures.append("memory may be swapped: set LimitMEMLOCK=infinity in the service")
        return False
    if libc.mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) != 0:
        failures.append(f"memory may be swapped: {os.strerror(ctypes.get_errno())}")
        return False
    return True


def _may_lock_without_limit() -> bool:
    status = Path("/proc/self/status").read_text()
    effective = next(line for line in status.splitlines() if line.startswith("CapEff:"))
    return bool(int(effective.split()[1], 16) & CAP_IPC_LOCK)
