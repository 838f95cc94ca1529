"""One file of the ledger: slots of time, each with its parts, in a TinyDB."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tinydb import Query, TinyDB
from tinydb.table import Document

from fanlight.adapters.disk import PART
from fanlight.adapters.guarded_storage import GuardedStorage
from fanlight.adapters.part_codec import (
    part_from_plain,
    part_to_plain,
    slot_to_plain,
)
from fanlight.domain.hours import BootMinute, Slot, UtcHour
from fanlight.domain.parts import newest_parts, together
from fanlight.ports.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fanlight.adapters.guarded_file import GuardedFile
    from fanlight.domain.parts import Part

MOST_PARTS = 8
EARLIER = "earlier"


class Shelf:
    """Parts of one month, or of one run's quarantine.

    Raises (every method):
        Transient: the storage refuses now.
        Rejected: the file is not one that this firmware can read.
    """

    def __init__(self, file: GuardedFile) -> None:
        self._file = file

    def parts(self, first: UtcHour | None = None, last: UtcHour | None = None) -> list[Part]:
        """Return all parts, or those of the hours of UTC from first to last."""
        slots = self._open()[0].table("slots", cache_size=0)
        if first is None or last is None:
            documents = slots.all()
        else:
            number = Query().number
            documents = slots.search((number >= first.number) & (number <= last.number))
        return [part for document in documents for part in self._parts_of(document)]

    def put(self, parts: Iterable[Part], may_return: Callable[[Part], bool]) -> None:
        """Add parts, or their newer revisions, in one write.

        `may_return` tells the parts that could be put once more; only others may be merged with
        each other where an hour has collected many.
        """
        db, storage = self._open()
        slots = db.table("slots", cache_size=0)
        by_slot: dict[Slot, list[Part]] = {}
        for part in parts:
            by_slot.setdefault(part.slot, []).append(part)
        for slot, new in by_slot.items():
            known = slots.get(doc_id=_number(slot))
            stored = self._parts_of(known) if isinstance(known, Document) else []
            merged = newest_parts([*_thinned(stored, may_return), *new])
            slots.upsert(_document(slot, merged.values()))
        storage.flush()

    def placement(self) -> tuple[int, UtcHour] | None:
        """Return offset and present hour with which this quarantine is being placed, if it is."""
        rows = self._open()[0].table("placement").all()
        return (int(rows[0]["offset_ns"]), UtcHour.parse(rows[0]["now"])) if rows else None

    def mark_placement(self, offset_ns: int, now: UtcHour) -> None:
        """Write down once and for all how this quarantine is placed."""
        db, storage = self._open()
        db.table("placement").upsert(Document({"offset_ns": offset_ns, "now": str(now)}, doc_id=1))
        storage.flush()

    def remove(self) -> None:
        """Remove the file."""
        self._file.remove()

    def _open(self) -> tuple[TinyDB, GuardedStorage]:
        storage = GuardedStorage(self._file)
        return TinyDB(storage=lambda: storage), storage

    def _parts_of(self, document: Document) -> list[Part]:
        try:
            return [part_from_plain(plain) for plain in document["parts"]]
        except (KeyError, TypeError, ValueError) as error:
            raise Rejected(
                PART,
                f"{self._file.path}: holds an entry that this firmware cannot read ({error!r}); "
                "update the firmware, or move the file away",
            ) from error


def _number(slot: Slot) -> int:
    return slot.minute if isinstance(slot, BootMinute) else slot.number


def _document(slot: Slot, parts: Iterable[Part]) -> Document:
    plain: dict[str, Any] = {
        "number": _number(slot),
        "slot": slot_to_plain(slot),
        "parts": [part_to_plain(part) for part in parts],
    }
    return Document(plain, doc_id=_number(slot))


def _thinned(parts: list[Part], may_return: Callable[[Part], bool]) -> list[Part]:
    """Merge the parts that nobody will write again, once there are many."""
    if len(parts) <= MOST_PARTS:
        return parts
    final = [part for part in parts if not may_return(part)]
    rest = [part for part in parts if may_return(part)]
    return [together(final, final[0].slot, EARLIER, EARLIER), *rest] if final else rest
