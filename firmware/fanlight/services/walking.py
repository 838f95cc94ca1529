"""The walk test while it goes on: what was counted since somebody began to walk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fanlight.domain.walk_test import WalkTest
from fanlight.ports.audit import AuditKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fanlight.domain.moment import Moment
    from fanlight.domain.walk_test import WalkProgress, WalkVerdict
    from fanlight.ports.audit import Fact


class Walking:
    """One walk test at a time; it goes on while the device begins another run.

    `enter` puts its verdict into the audit log and must not block; each run has its own.
    """

    def __init__(self, enter: Callable[[AuditKind, Mapping[str, Fact]], None]) -> None:
        self._enter = enter
        self._test: WalkTest | None = None

    def enter_by(self, enter: Callable[[AuditKind, Mapping[str, Fact]], None]) -> None:
        """Enter verdicts by another run's log."""
        self._enter = enter

    @property
    def progress(self) -> WalkProgress | None:
        """What has been counted, None while nobody walks."""
        return None if self._test is None else self._test.progress

    def begin(self, line: str | None = None) -> None:
        """Begin a test, in place of one that goes on."""
        self._test = WalkTest(line=line)

    def hear(self, moment: Moment) -> None:
        """Take a Moment's events."""
        if self._test is not None:
            self._test.note(moment.events)

    def end(self, walked_in: int, walked_out: int) -> WalkVerdict | None:
        """End the test, None where there is none.

        Raises:
            ValueError: nobody walks so often.
        """
        if self._test is None:
            return None
        verdict = self._test.end(walked_in, walked_out)
        self._test = None
        facts: dict[str, Fact] = {"outcome": str(verdict.outcome)}
        for way in verdict.ways:
            facts |= {
                f"walked_{way.direction}": way.walked,
                f"counted_{way.direction}": way.counted,
            }
        self._enter(AuditKind.WALK_TEST_ENDED, facts)
        return verdict
