"""What the console shows and changes of the device itself: health, audit log, settings."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import msgspec

from fanlight.app.station import Reason
from fanlight.ports.audit import AuditKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from fanlight.adapters.audit_log import AuditFile
    from fanlight.app.compose_metrics import Findings
    from fanlight.app.config import Config
    from fanlight.app.station import Station
    from fanlight.ports.audit import Fact
    from fanlight.services.one_thread import OneThread

Plain = dict[str, Any]
CALL_S: Final = 15.0
BEFORE_RERUN_S: Final = 1.0
"""How long the answer to a change has to reach its browser before the run ends."""


class ConsoleUpkeep:
    """See console/desk.py; `enter` puts what was changed, and by whom, into the audit log."""

    def __init__(  # noqa: PLR0913, PLR0917 - what there is to look after
        self,
        config: Config,
        station: Station,
        findings: Findings,
        audit: AuditFile,
        enter: Callable[[AuditKind, Mapping[str, Fact]], None],
        thread: OneThread,
    ) -> None:
        self._config = config
        self._station = station
        self._findings = findings
        self._audit = audit
        self._enter = enter
        self._thread = thread

    def health(self) -> Sequence[Plain]:
        """Return the last round's findings."""
        return [asdict(each) | {"verdict": str(each.verdict)} for each in self._findings.latest]

    async def audit(self, last: int) -> Plain:
        """Return the newest entries and whether the chain holds."""

        def read() -> Plain:
            verdict, entries = self._audit.verify(), list(self._audit.entries())
            newest = [asdict(each) for each in islice(reversed(entries), last)]
            return asdict(verdict) | {"newest": newest}

        return await self._thread.run(read, CALL_S)

    def settings(self) -> Plain:
        """Return the settings in force; secrets are in files of their own, so none is here."""
        plain: Plain = msgspec.to_builtins(self._config)
        return plain

    async def change(self, changes: Mapping[str, Any], account: str) -> None:
        """Change settings; the device then begins another run."""
        settings = self._station.settings
        self._config = await self._thread.run(lambda: settings.change(changes), CALL_S)
        self._enter(
            AuditKind.SETTINGS_CHANGED, {"account": account, "tables": ", ".join(sorted(changes))}
        )
        rerun_soon(self._station, Reason.NEW_SETTINGS)


def rerun_soon(station: Station, reason: Reason) -> None:
    """Ask for another run, once the answer to whoever wanted it is on its way."""
    asyncio.get_running_loop().call_later(BEFORE_RERUN_S, station.rerun.ask, reason)
