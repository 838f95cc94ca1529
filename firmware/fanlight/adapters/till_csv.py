"""Hourly totals as a till exports them: two columns of CSV."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from fanlight.domain.hours import UtcHour
from fanlight.domain.till import RefusedTotals, gathered, whole_hour

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

LARGEST_BYTES: Final = 1 << 20
MOST_LINES: Final = 10_000
UTC_COLUMN: Final = "hour_utc"
LOCAL_COLUMN: Final = "hour_local"
TOTAL_COLUMN: Final = "transactions"
_SCHEMA: Final = (
    f"the columns are {TOTAL_COLUMN} and either {UTC_COLUMN} (2025-03-30T01Z) or {LOCAL_COLUMN} "
    "(2025-03-30 03:00 or 2025-03-30 03:00+02:00), and no others"
)


def read_totals(data: bytes, zone: ZoneInfo) -> dict[UtcHour, int]:
    """Read the totals of a CSV file; local hours without an offset are in `zone`.

    Raises:
        RefusedTotals: it is anything but one total an hour; the message names line and rule.
    """
    if len(data) > LARGEST_BYTES:
        raise RefusedTotals(f"the file is larger than {LARGEST_BYTES >> 20} MiB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RefusedTotals("the file is not text in UTF-8") from error
    try:
        return gathered(_lines(text, zone))
    except csv.Error as error:
        raise RefusedTotals(f"the file is not CSV: {error}") from error


def _lines(text: str, zone: ZoneInfo) -> Iterator[tuple[str, UtcHour, int]]:
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text), delimiter=";" if ";" in first else ",")
    header = [name.strip().lower() for name in next(reader, [])]
    hour_column = _check_header(header)
    for number, row in enumerate(reader, start=2):
        if not any(cell.strip() for cell in row):
            continue
        where = f"line {number}"
        if number > MOST_LINES:
            raise RefusedTotals(f"{where}: more than {MOST_LINES} lines are no hourly totals")
        if len(row) != len(header):
            raise RefusedTotals(f"{where}: {len(row)} cells where the header has {len(header)}")
        cells = dict(zip(header, (cell.strip() for cell in row), strict=True))
        yield where, _hour(where, cells[hour_column], hour_column, zone), _total(where, cells)


def _check_header(header: list[str]) -> str:
    """Return the name of the hour's column."""
    hours = [name for name in header if name in (UTC_COLUMN, LOCAL_COLUMN)]
    for name in header:
        if name not in (UTC_COLUMN, LOCAL_COLUMN, TOTAL_COLUMN):
            raise RefusedTotals(
                f"line 1: a column {name[:40]!r} is not taken: {_SCHEMA}. Receipts, customers, "
                "products and amounts have no place here; let the till export hourly totals"
            )
    if len(hours) != 1 or header.count(TOTAL_COLUMN) != 1:
        raise RefusedTotals(f"line 1: {_SCHEMA}")
    return hours[0]


def _total(where: str, cells: dict[str, str]) -> int:
    text = cells[TOTAL_COLUMN]
    if not (text.isascii() and text.isdigit() and len(text) <= 8):
        raise RefusedTotals(
            f"{where}: {TOTAL_COLUMN} is {text[:20]!r}, which is no whole number of transactions"
        )
    return int(text)


def _hour(where: str, text: str, column: str, zone: ZoneInfo) -> UtcHour:
    try:
        if column == UTC_COLUMN:
            return UtcHour.parse(text)
        moment = datetime.fromisoformat(text)
        return whole_hour(moment if moment.tzinfo else _placed(moment, zone))
    except ValueError as error:
        raise RefusedTotals(f"{where}: {column} {text[:40]!r}: {error}") from error


def _placed(moment: datetime, zone: ZoneInfo) -> datetime:
    """Give a wall-clock time its offset from UTC.

    Raises:
        ValueError: the clock was put forward over it, or put back so that it came twice.
    """
    first, second = (moment.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        there = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == moment
        trouble = (
            "came twice as the clocks went back" if there else "never was, clocks went forward"
        )
        raise ValueError(f"this local hour {trouble}; write it with its offset, such as +01:00")
    return first
