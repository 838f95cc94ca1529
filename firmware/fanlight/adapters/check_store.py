"""Checks of the counter on disk, beside the ledger."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any, Final

from fanlight.adapters.disk import Disk
from fanlight.adapters.guarded_file import GuardedFile
from fanlight.domain.checks import Check
from fanlight.domain.rates import Checked, Condition, Crowding, Light
from fanlight.ports.errors import Rejected

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)

PART: Final = "checks"
MOST_CHECKS: Final = 200


class CheckStore:
    """Keeps the newest checks, one a clip: the same clip again takes the place of its last check.

    Raises (every method):
        Transient: the storage cannot take or give it now.
        Rejected: the file is of a newer firmware, or holds what this one cannot read.
    """

    def __init__(self, folder: Path, disk: Disk | None = None) -> None:
        self._folder = folder
        self._disk = disk or Disk(PART)

    def read(self) -> list[Check]:
        """Return the checks, oldest first."""
        return self._read(mend=False)

    def keep(self, check: Check) -> None:
        """Store a check for good."""
        self._disk.make_folder(self._folder)
        others = [known for known in self._read(mend=True) if known.clip != check.clip]
        plain = [_to_plain(each) for each in [*others, check][-MOST_CHECKS:]]
        self._file(mend=True).write(json.dumps(plain).encode())

    def _read(self, *, mend: bool) -> list[Check]:
        file = self._file(mend=mend)
        data = file.read()
        if data is None:
            return []
        try:
            return [_from_plain(plain) for plain in json.loads(data)]
        except (KeyError, TypeError, ValueError) as error:
            raise Rejected(
                PART, f"{file.path}: holds what this firmware cannot read; move it away"
            ) from error

    def _file(self, *, mend: bool) -> GuardedFile:
        return GuardedFile(self._folder, "checks", self._disk, log.warning, mend=mend)


def _to_plain(check: Check) -> dict[str, Any]:
    return {
        "clip": check.clip,
        "conditions": [
            [condition.crowding, condition.light, each.true, each.missed, each.false]
            for condition, each in check.by_condition.items()
        ],
    }


def _from_plain(plain: dict[str, Any]) -> Check:
    return Check(
        str(plain["clip"]),
        {
            Condition(Crowding(crowding), Light(light)): Checked(
                float(true), float(missed), float(false)
            )
            for crowding, light, true, missed, false in plain["conditions"]
        },
    )
