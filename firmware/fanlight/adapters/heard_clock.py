"""A clock that may be told the time: by a receiver that signs it, or a modem's network."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from fanlight.adapters.system_clock import BUILT

if TYPE_CHECKING:
    from fanlight.ports.clock import Clock

log = logging.getLogger(__name__)

MOST_DOUBT_NS: Final = 5_000_000_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class HeardClock:
    """Another clock, and what it was told while that one does not know the time.

    The other clock comes first: as soon as it is trusted, what was heard no longer counts. Of what
    was heard, the least doubtful holds, moved on by the monotonic clock. `hear` may be called from
    any thread.
    """

    def __init__(self, clock: Clock, not_before: datetime = BUILT) -> None:
        self._clock = clock
        self._not_before = not_before
        self._lock = threading.Lock()
        self._offset_ns: int | None = None
        self._doubt_ns = MOST_DOUBT_NS + 1

    @property
    def boot_id(self) -> str:
        """Name this boot."""
        return self._clock.boot_id

    def monotonic_ns(self) -> int:
        """Return nanoseconds that never go back within this boot."""
        return self._clock.monotonic_ns()

    def utc(self) -> datetime | None:
        """Return the time, by the other clock or by what was heard."""
        if (known := self._clock.utc()) is not None:
            return known
        with self._lock:
            offset_ns = self._offset_ns
        return None if offset_ns is None else _utc(self._clock.monotonic_ns() + offset_ns)

    def hear(self, utc_ns: int, monotonic_ns: int, doubt_ns: int) -> None:
        """Be told that it was `utc_ns` when the monotonic clock said that, give or take the doubt.

        Times before the firmware was built, and those in doubt by more than 5 s, are not believed.
        """
        try:
            believable = 0 <= doubt_ns <= MOST_DOUBT_NS and _utc(utc_ns) >= self._not_before
        except OverflowError:
            believable = False
        if not believable:
            log.warning("a time that cannot be right was told, and is not used")
            return
        with self._lock:
            if doubt_ns < self._doubt_ns:
                first = self._offset_ns is None
                self._offset_ns, self._doubt_ns = utc_ns - monotonic_ns, doubt_ns
                if first:
                    log.info("the time was told", extra={"doubt_s": doubt_ns / 1e9})


def _utc(since_1970_ns: int) -> datetime:
    return _EPOCH + timedelta(microseconds=since_1970_ns // 1000)
