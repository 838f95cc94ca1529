"""The totals of months that have left the ledger, so that totals never fall."""

from __future__ import annotations

import json
from dataclasses import astuple
from typing import TYPE_CHECKING

from fanlight.adapters.ballast import Ballast
from fanlight.adapters.disk import PART
from fanlight.adapters.guarded_file import GuardedFile
from fanlight.domain.counts import PlaceKind, RowKey
from fanlight.domain.totals import Total, Totals
from fanlight.ports.errors import Full, Rejected

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fanlight.adapters.disk import Disk

NAME = "carried"


class CarriedTotals:
    """One guarded file; carrying a month that was carried before changes nothing.

    So a month may be carried, and then removed, by a run that the power cuts at any instant.

    Raises (every method):
        Transient: the storage cannot take or give it now.
        Rejected: the file is of a newer firmware, or holds what this one cannot read.
    """

    def __init__(self, folder: Path, disk: Disk, say: Callable[[str], None]) -> None:
        self._file = GuardedFile(folder, NAME, disk, say, mend=False)
        self._ballast = Ballast(folder / "ballast", disk)

    def read(self) -> Totals:
        """Return the totals of all months carried."""
        return self._read()[1]

    def prepare(self) -> None:
        """Set room aside for carrying a month when the disk is full."""
        self._ballast.take()

    def carry(self, month: str, totals: Totals) -> None:
        """Add a month such as "2025-03", on a full disk with the room set aside."""
        months, before = self._read()
        if month in months:
            return
        places = [
            [str(key.kind), key.name, *astuple(total)]
            for key, total in before.plus(totals).by_place.items()
        ]
        plain = {"months": sorted({*months, month}), "places": places}
        data = json.dumps(plain).encode()
        try:
            self._file.write(data)
        except Full:
            self._ballast.drop()
            self._file.write(data)

    def _read(self) -> tuple[set[str], Totals]:
        data = self._file.read()
        if data is None:
            return set(), Totals()
        try:
            plain = json.loads(data)
            places = {
                RowKey(PlaceKind(kind), name): Total(*map(int, figures))
                for kind, name, *figures in plain["places"]
            }
            return set(plain["months"]), Totals(places)
        except (KeyError, TypeError, ValueError) as error:
            raise Rejected(
                PART, f"{self._file.path}: holds what this firmware cannot read; move it away"
            ) from error
