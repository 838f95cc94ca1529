"""Parts as the ledger writes them: plain values, nothing that is zero."""

from __future__ import annotations

from typing import Any

from fanlight.adapters.journeys_codec import journeys_from_plain, journeys_to_plain
from fanlight.domain.counts import Counts, PlaceKind, RowKey, Segment
from fanlight.domain.hours import BootMinute, Slot, UtcHour
from fanlight.domain.moment import Cause
from fanlight.domain.parts import Part
from fanlight.domain.twelfths import read_twelfths

_NUMBERS = (
    *("entries", "exits", "u_turns", "passed_in", "passed_out", "visits", "dwell_ms"),
    *("seen_ms", "frames", "skipped", "breaches", "followers", "chance_followers"),
)
_BY_FIVE_MINUTES = ("entries_when", "exits_when")


def part_to_plain(part: Part) -> dict[str, Any]:
    """Say a part in strings, numbers, lists and dicts."""
    plain: dict[str, Any] = {
        "slot": slot_to_plain(part.slot),
        "run": part.run,
        "id": part.part_id,
        "revision": part.revision,
        "looked": _counts_to_plain(part.looked),
        "rows": [
            [key.kind, key.name, key.segment, _counts_to_plain(counts)]
            for key, counts in part.rows.items()
        ],
    }
    if part.closed:
        plain["closed"] = True
    if part.journeys:
        plain["journeys"] = journeys_to_plain(part.journeys)
    return plain


def part_from_plain(plain: dict[str, Any]) -> Part:
    """Read a part back.

    Raises:
        KeyError, TypeError, ValueError: it is not one.
    """
    rows = {
        RowKey(PlaceKind(kind), str(name), Segment(segment)): _counts_from_plain(counts)
        for kind, name, segment, counts in plain["rows"]
    }
    return Part(
        slot_from_plain(plain["slot"]),
        str(plain["run"]),
        str(plain["id"]),
        int(plain["revision"]),
        _counts_from_plain(plain["looked"]),
        rows,
        bool(plain.get("closed", False)),
        journeys_from_plain(plain.get("journeys", {})),
    )


def slot_to_plain(slot: Slot) -> str | list[Any]:
    """Say a slot: 2025-03-30T01Z, or a boot id with a minute."""
    return [slot.boot_id, slot.minute] if isinstance(slot, BootMinute) else str(slot)


def slot_from_plain(plain: str | list[Any]) -> Slot:
    """Read a slot back.

    Raises:
        TypeError, ValueError: it is not one.
    """
    if isinstance(plain, str):
        return UtcHour.parse(plain)
    boot_id, minute = plain
    return BootMinute(str(boot_id), int(minute))


def _counts_to_plain(counts: Counts) -> dict[str, Any]:
    plain: dict[str, Any] = {name: n for name in _NUMBERS if (n := getattr(counts, name))}
    if counts.peak_occupancy is not None:
        plain["peak"] = counts.peak_occupancy
    if counts.degraded_ms:
        plain["degraded_ms"] = {str(cause): ms for cause, ms in counts.degraded_ms.items()}
    plain |= {name: [*when] for name in _BY_FIVE_MINUTES if (when := getattr(counts, name))}
    return plain


def _counts_from_plain(plain: dict[str, Any]) -> Counts:
    numbers: dict[str, Any] = {name: int(plain[name]) for name in _NUMBERS if name in plain}
    return Counts(
        **numbers,
        peak_occupancy=plain.get("peak"),
        degraded_ms={Cause(name): int(ms) for name, ms in plain.get("degraded_ms", {}).items()},
        entries_when=read_twelfths(plain.get("entries_when", ())),
        exits_when=read_twelfths(plain.get("exits_when", ())),
    )
