"""Which revisions each receiver has acknowledged: one guarded file an uplink and month."""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from fanlight.adapters.disk import Disk
from fanlight.adapters.guarded_file import ENDING, GuardedFile
from fanlight.domain.dispatch import UnplacedKey
from fanlight.domain.hours import UtcHour

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

log = logging.getLogger(__name__)

PART: Final = "outbox"
UNPLACED: Final = "unplaced"
UNPLACED_KEPT: Final = 5000


class OutboxStore:
    """The outbox in a folder; see ports/outbox.py for the contract of each method.

    One process writes; its calls may come from several threads, as long as those of one uplink
    come from one. A file that cannot be read counts as empty: what it held is sent again.
    """

    def __init__(self, folder: Path, disk: Disk | None = None) -> None:
        self._folder = folder
        self._disk = disk or Disk(PART)

    def acknowledged(self, uplink: str, month: str) -> Mapping[UtcHour, int]:
        """Return the acknowledged revisions of a month."""
        plain = self._plain(uplink, month)
        try:
            return {UtcHour(int(number)): int(revision) for number, revision in plain.items()}
        except (TypeError, ValueError):
            return {}

    def acknowledge(self, uplink: str, revisions: Mapping[UtcHour, int]) -> None:
        """Note revisions as stored by the receiver."""
        by_month: dict[str, dict[UtcHour, int]] = defaultdict(dict)
        for hour, revision in revisions.items():
            by_month[hour.month][hour] = revision
        for month, found in sorted(by_month.items()):
            known = self.acknowledged(uplink, month)
            newer = {
                hour: revision for hour, revision in found.items() if revision > known.get(hour, 0)
            }
            if newer:
                merged = sorted({**known, **newer}.items())
                self._write(uplink, month, {str(hour.number): rev for hour, rev in merged})

    def unplaced_acknowledged(self, uplink: str) -> frozenset[UnplacedKey]:
        """Return the unplaced hours that the receiver has stored."""
        plain = self._plain(uplink, UNPLACED)
        try:
            return frozenset(
                UnplacedKey(boot, int(hour)) for boot, hours in plain.items() for hour in hours
            )
        except (TypeError, ValueError):
            return frozenset()

    def acknowledge_unplaced(self, uplink: str, keys: Iterable[UnplacedKey]) -> None:
        """Note unplaced hours as stored by the receiver."""
        known = self.unplaced_acknowledged(uplink)
        if not (new := set(keys) - known):
            return
        by_boot: dict[str, list[int]] = defaultdict(list)
        for key in sorted(known | new)[-UNPLACED_KEPT:]:
            by_boot[key.boot].append(key.boot_hour)
        self._write(uplink, UNPLACED, by_boot)

    def forget(self, months: Iterable[str]) -> None:
        """Forget months that have left the ledger."""
        endings = tuple(f".{month}{ENDING}" for month in months)
        copies = tuple(f".{month}.copy{ENDING}" for month in months)
        old = [
            path
            for path in self._disk.list(self._folder)
            if path.name.endswith(endings) or path.name.endswith(copies)
        ]
        self._disk.remove(*old)

    def _plain(self, uplink: str, what: str) -> dict[str, Any]:
        data = self._file(uplink, what).read()
        try:
            plain = json.loads(data) if data else {}
        except ValueError:
            return {}
        return plain if isinstance(plain, dict) else {}

    def _write(self, uplink: str, what: str, plain: Mapping[str, Any]) -> None:
        self._disk.make_folder(self._folder)
        self._file(uplink, what).write(json.dumps(plain).encode())

    def _file(self, uplink: str, what: str) -> GuardedFile:
        name = f"{_file_name(uplink)}.{what}"
        return GuardedFile(self._folder, name, self._disk, log.warning, mend=False)


def _file_name(uplink: str) -> str:
    """Return a name that is safe in a file system, and another one for every uplink."""
    safe = re.sub(r"[^a-z0-9]+", "-", uplink.lower()).strip("-")
    return f"{safe}-{hashlib.sha256(uplink.encode()).hexdigest()[:8]}"
