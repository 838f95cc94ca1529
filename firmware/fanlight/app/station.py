"""What outlives a run of the device: its settings, set-up mode, and the wish for another run.

A change of the configuration is not applied to running parts: the run ends in order, and another
one begins with the new configuration. So there is one way to start a part, and none is forgotten.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from fanlight.domain.setup_mode import SetupMode

if TYPE_CHECKING:
    from fanlight.app.settings_file import SettingsFile
    from fanlight.services.setup import SetupNews
    from fanlight.services.walking import Walking


class Reason(StrEnum):
    """Why a run ends so that another begins."""

    NEW_SETTINGS = "new settings"
    SETUP_ARMED = "set-up mode was armed"
    SETUP_ENDED = "set-up mode ended"
    FACTORY_RESET = "factory reset"


@dataclass(slots=True)
class Rerun:
    """The wish for another run; once the system has told the device to stop, there is none."""

    reason: Reason | None = None
    stopped: bool = False
    _asked: asyncio.Event = field(default_factory=asyncio.Event)

    def ask(self, reason: Reason) -> None:
        """Ask for another run; a factory reset goes before anything else."""
        if self.reason is not Reason.FACTORY_RESET:
            self.reason = reason
        self._asked.set()

    def stop(self) -> None:
        """Let there be no other run, whoever asked or asks for it."""
        self.stopped = True

    async def asked(self) -> None:
        """Return once somebody has asked."""
        await self._asked.wait()

    def begin(self) -> None:
        """Begin a run in which nobody has asked yet."""
        self.reason = None
        self._asked.clear()


@dataclass(slots=True)
class Station:
    """What runs of the device have in common.

    `news` is what became of the last set-up card; `has_begun` is set by the first run; a walk test
    outlives a run that ends because its lines were saved just before.
    """

    settings: SettingsFile
    setup_mode: SetupMode = field(default_factory=SetupMode)
    rerun: Rerun = field(default_factory=Rerun)
    news: SetupNews | None = None
    has_begun: bool = False
    walking: Walking | None = None
