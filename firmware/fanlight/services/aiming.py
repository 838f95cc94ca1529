"""The aiming view on its way from the room to a page: the newest only, and only while watched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fanlight.ports.audit import AuditKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fanlight.domain.aim import AimView
    from fanlight.domain.moment import Moment, TrackPoint
    from fanlight.ports.audit import Fact
    from fanlight.ports.clock import Clock

WATCHED_FOR_S: Final = 5.0
"""A view that nobody has asked for within this time is not made any more."""


class Aiming:
    """Holds the newest view and where the anonymous tracks are; a session is in the audit log.

    `enter` is given what belongs there and must not block.
    """

    def __init__(
        self, clock: Clock, enter: Callable[[AuditKind, Mapping[str, Fact]], None]
    ) -> None:
        self._clock = clock
        self._enter = enter
        self._asked_ns: int | None = None
        self._begun_ns = 0
        self._newest: AimView | None = None
        self.tracks: tuple[TrackPoint, ...] = ()

    def watched(self) -> bool:
        """Whether anybody has asked for the view just now; any thread may ask."""
        asked_ns = self._asked_ns
        if asked_ns is None:
            return False
        return self._clock.monotonic_ns() - asked_ns < WATCHED_FOR_S * 1e9

    def view(self, account: str) -> AimView | None:
        """Return the newest view to somebody, None until there is one; keeps it coming."""
        now_ns = self._clock.monotonic_ns()
        if not self.watched():
            self._begun_ns = now_ns
            self._enter(AuditKind.AIMING_VIEW_OPENED, {"account": account})
        self._asked_ns = now_ns
        return self._newest

    def hear(self, moment: Moment) -> None:
        """Take a Moment's view."""
        self.tracks = moment.tracks
        if moment.aim is not None:
            self._newest = moment.aim
        if self._asked_ns is not None and not self.watched():
            self.end()

    def end(self) -> None:
        """Forget the view, and enter how long somebody watched."""
        if self._asked_ns is None:
            return
        seconds = round((self._asked_ns - self._begun_ns) / 1e9)
        self._asked_ns = self._newest = None
        self._enter(AuditKind.AIMING_VIEW_CLOSED, {"seconds": seconds})
