"""The clocks of a Linux device, and whether the wall clock may be believed."""

from __future__ import annotations

import ctypes
import time
import uuid
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

BUILT = datetime(2026, 11, 1, tzinfo=UTC)
"""No wall clock that is earlier than this firmware can be right."""

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_TIMESYNCD_MARK = Path("/run/systemd/timesync/synchronized")
_STA_UNSYNC = 0x0040
_TIME_ERROR = 5


class Trust(StrEnum):
    """What makes the wall clock trustworthy."""

    SYNCHRONISED = "synchronised"
    RTC = "rtc"
    ALWAYS = "always"


class _Timex(ctypes.Structure):
    """The head of `struct timex` of adjtimex(2); the rest is room for the kernel to fill."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 256),
    )


class SystemClock:
    """The monotonic clock that cameras stamp their frames with, and UTC while it is trusted.

    UTC is trusted once systemd-timesyncd or the kernel calls it synchronised.
    With `Trust.RTC` a battery-backed clock set the time at boot, with `Trust.ALWAYS` somebody
    vouches for it: both are believed without a network. Before the build date none is. Once
    trusted, the clock stays so for this process: losing the network does not make it wrong.
    """

    def __init__(self, trust: Trust = Trust.SYNCHRONISED, not_before: datetime = BUILT) -> None:
        self._vouched = trust is not Trust.SYNCHRONISED
        self._not_before = not_before
        self._boot_id = _read_boot_id()
        self._was_synchronised = False

    @property
    def boot_id(self) -> str:
        """The kernel's name of this boot; where it has none, a new name for each process."""
        return self._boot_id

    def monotonic_ns(self) -> int:
        """Return nanoseconds since the boot; sleep shows as a jump of the wall clock."""
        return time.monotonic_ns()

    def utc(self) -> datetime | None:
        """Return the wall clock's time if it may be believed."""
        now = datetime.now(UTC)
        if now < self._not_before:
            return None
        if self._vouched or self._was_synchronised:
            return now
        self._was_synchronised = _TIMESYNCD_MARK.exists() or _kernel_is_synchronised()
        return now if self._was_synchronised else None


def _read_boot_id() -> str:
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return str(uuid.uuid4())


def _kernel_is_synchronised() -> bool:
    """Ask adjtimex(2), changing nothing."""
    libc = ctypes.CDLL(None, use_errno=True)
    state = _Timex(modes=0)
    returned = libc.adjtimex(ctypes.byref(state))
    return 0 <= returned != _TIME_ERROR and not state.status & _STA_UNSYNC
