"""The folder that a till's export is dropped into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fanlight.adapters.disk import Disk
from fanlight.adapters.till_csv import LARGEST_BYTES, read_totals
from fanlight.domain.till import RefusedTotals

if TYPE_CHECKING:
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from fanlight.adapters.till_store import TillStore
    from fanlight.domain.till import Booked

PART: Final = "till"
ENDING: Final = ".csv"
REFUSED: Final = ".refused.txt"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file: how many totals were booked, or why it was refused."""

    name: str
    booked: Booked | None
    refused: str = ""


class TillDrop:
    """Books every `*.csv` of a folder, then removes it.

    A file that is refused is removed as well, for it may hold what must not be kept; the reason
    stands beside it in `NAME.refused.txt`. Write files under another name and rename them, so
    that none is taken half written. Blocks on storage.

    Raises:
        Transient: the storage refuses; the files stay where they are.
    """

    def __init__(
        self, folder: Path, store: TillStore, zone: ZoneInfo, disk: Disk | None = None
    ) -> None:
        self._folder = folder
        self._store = store
        self._zone = zone
        self._disk = disk or Disk(PART)

    def take(self) -> list[Taken]:
        """Book or refuse what lies there, in the order of names."""
        files = [path for path in self._disk.list(self._folder) if path.suffix == ENDING]
        return [self._take(path) for path in files]

    def _take(self, path: Path) -> Taken:
        data = self._disk.read(path) or b""
        try:
            booked = self._store.book(read_totals(data[: LARGEST_BYTES + 1], self._zone))
        except RefusedTotals as error:
            self._disk.replace(path.with_name(path.name + REFUSED), f"{error}\n".encode())
            self._disk.remove(path)
            return Taken(path.name, None, str(error))
        self._disk.remove(path)
        return Taken(path.name, booked)
