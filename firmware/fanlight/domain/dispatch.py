"""What leaves the device: hours of counts in one signed message, and nothing about anybody.

The field names are those of the documented JSON (docs/operating/report-format.md). There are whole
numbers, words and names only, so that the same message always has the same bytes
(`canonical_json`), and a signature over them can be checked by anybody who parses and sorts.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping  # noqa: TC003 - readers decode by these types
from dataclasses import asdict, dataclass, field
from typing import Any, Final

SCHEMA: Final = 1
"""Grows when a field changes its meaning or goes; new fields do not count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFigures:
    """One counting line in one hour.

    The ranges hold the people of the full hour with 95 % (low, high), None where too little was
    seen. The totals are all that the device counted up to the end of this hour, and never fall.
    """

    name: str
    entries: int
    exits: int
    u_turns: int
    entries_range: tuple[int, int] | None
    exits_range: tuple[int, int] | None
    total_entries: int
    total_exits: int
    seen_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PassingFigures:
    """One passers-by line in one hour: people who passed, by direction."""

    name: str
    passed_in: int
    passed_out: int
    total_passed: int
    seen_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneFigures:
    """One zone in one hour: visits, and how long they lasted together."""

    name: str
    visits: int
    dwell_ms: int
    total_visits: int
    seen_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassBlock:
    """The classes of people over one line in hours that are published as one.

    `direction` is "in" or "out"; `shown` has the classes that may be shown, see
    domain/suppression.py.
    """

    line: str
    direction: str
    hours: tuple[str, ...]
    people: int
    shown: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class HourReport:
    """One hour of UTC; of two reports of the same hour the higher revision holds.

    `hour` is such as "2025-03-30T01Z" and with the device the natural key; `local` is the hour's
    label where the device hangs. `closed` is False while the hour can still grow. `seen_ms` is the
    longest time that any place was watched, `degraded_ms` the time under each cause. `classes`
    holds the blocks of classes that were complete with this hour.
    """

    hour: str
    local: str
    revision: int
    closed: bool
    seen_ms: int
    degraded_ms: Mapping[str, int] = field(default_factory=dict)
    peak_occupancy: int | None = None
    lines: tuple[LineFigures, ...] = ()
    passing_lines: tuple[PassingFigures, ...] = ()
    zones: tuple[ZoneFigures, ...] = ()
    classes: tuple[ClassBlock, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnplacedReport:
    """An hour of a boot that ended before its clock could be trusted: counted, not dated.

    Boot and hour of boot are the natural key; it has no revisions, since nothing can change it.
    """

    boot: str
    boot_hour: int
    lines: tuple[LineFigures, ...] = ()
    passing_lines: tuple[PassingFigures, ...] = ()
    zones: tuple[ZoneFigures, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """What metered links carried in a month of UTC ("2025-03"), of how much they may."""

    month: str
    spent_bytes: int
    budget_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How the device is as it sends: what troubles it, in codes, and what still waits."""

    trouble: tuple[str, ...] = ()
    waiting_hours: int = 0
    link: str = ""
    spending: Spending | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """One message of one device: the gate from the device to the network.

    `nonce` is fresh for each message, so that an answer can be told from a recorded one. `utc` is
    None while the clock is not trusted, `uptime_ms` is the boot's monotonic time.
    """

    schema: int
    device: str
    door: str
    firmware: str
    config: str
    boot: str
    uptime_ms: int
    utc: str | None
    nonce: str
    status: Status = Status()
    hours: tuple[HourReport, ...] = ()
    unplaced: tuple[UnplacedReport, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedDispatch:
    """A dispatch with the device's Ed25519 signature over its canonical JSON, in base64."""

    message: Dispatch
    signature: str


@dataclass(frozen=True, slots=True, order=True)
class HourKey:
    """An hour report as it is acknowledged: which hour, and which revision of it."""

    hour: str
    revision: int


@dataclass(frozen=True, slots=True, order=True)
class UnplacedKey:
    """An unplaced hour as it is acknowledged."""

    boot: str
    boot_hour: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """What a receiver has stored for good, and may be forgotten here.

    `refused` names what it will never take, and why. `utc_ns` is the receiver's time, given only
    if its signature over the dispatch's nonce was checked.
    """

    hours: frozenset[HourKey] = frozenset()
    unplaced: frozenset[UnplacedKey] = frozenset()
    refused: Mapping[HourKey, str] = field(default_factory=dict)
    utc_ns: int | None = None


def device_id_of(public_key: bytes) -> str:
    """Return the id of a device by the 32 bytes of its public key."""
    digest = hashlib.sha256(public_key).digest()[:16]
    return "fl-" + base64.b32encode(digest).decode().lower().rstrip("=")


def canonical_dispatch(dispatch: Dispatch) -> bytes:
    """Return the bytes that a device signs."""
    return canonical_json(asdict(dispatch))


def wire_bytes(signed: SignedDispatch) -> bytes:
    """Return a signed dispatch as it travels, in JSON."""
    return canonical_json(asdict(signed))


def canonical_json(plain: Any) -> bytes:  # noqa: ANN401 - any JSON value
    """Return the one form of a JSON value without fractions: sorted keys, no spaces, UTF-8.

    Source: RFC 8785, of which this is the part without fractions and with keys in ASCII.

    Raises:
        ValueError: a number is not whole, or a value is not JSON.
    """
    _refuse_fractions(plain)
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def _refuse_fractions(plain: Any) -> None:  # noqa: ANN401 - any JSON value
    if isinstance(plain, dict):
        for key, value in plain.items():
            if not isinstance(key, str):
                raise ValueError(f"{key!r} is no JSON key")  # noqa: TRY004 - one error for all
            _refuse_fractions(value)
    elif isinstance(plain, list | tuple):
        for value in plain:
            _refuse_fractions(value)
    elif not isinstance(plain, str | int | None):
        raise ValueError(f"{plain!r} is neither a word nor a whole number")  # noqa: TRY004
