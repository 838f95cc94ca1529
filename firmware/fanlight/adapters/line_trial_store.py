"""The sums of the lines' trials, in one guarded file."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Final

from fanlight.adapters.disk import Disk
from fanlight.adapters.guarded_file import GuardedFile
from fanlight.domain.line_suggestion import TrialSums

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

log = logging.getLogger(__name__)

PART: Final = "line_trial"


class LineTrialStore:
    """Keeps the sums by line in a folder; a damaged file begins anew, and the log says so.

    Raises (every method):
        Transient: the storage cannot take or give it now.
        Rejected: the file is of a newer firmware.
    """

    def __init__(self, folder: Path, disk: Disk | None = None) -> None:
        self._folder = folder
        self._disk = disk or Disk(PART)
        self._file = GuardedFile(folder, PART, self._disk, log.warning, mend=True)

    def read(self, fresh: TrialSums) -> TrialSums:
        """Return the sums of the trial that begins with `fresh`; those of a redrawn line go."""
        name = fresh.lines[0].name
        for kept in self._kept():
            if kept.lines[0].name == name:
                if kept.is_of_same_trial(fresh):
                    return kept
                log.info("line '%s' was redrawn; its trial begins anew", name)
        return fresh

    def write(self, trials: Iterable[TrialSums]) -> None:
        """Keep the sums of all lines, in the place of those kept before."""
        self._disk.make_folder(self._folder)
        self._file.write(json.dumps([each.to_plain() for each in trials]).encode())

    def _kept(self) -> list[TrialSums]:
        data = self._file.read()
        try:
            return [TrialSums.from_plain(plain) for plain in json.loads(data)] if data else []
        except (KeyError, OverflowError, TypeError, ValueError) as error:
            log.warning("%s holds no sums (%s); the trial begins anew", self._file.path, error)
            return []
