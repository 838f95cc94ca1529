"""Hours for other programs: CSV, JSON lines and Parquet, as they are read from the database."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import select

from fanlight.domain.hours import UtcHour
from fleet_collector.tables import devices, hours

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

PIECE: Final = 1000
COLUMNS: Final = (
    ("shop", pa.string()),
    ("door", pa.string()),
    ("device", pa.string()),
    ("hour_utc", pa.string()),
    ("hour_local", pa.string()),
    ("line", pa.string()),
    ("entries", pa.int32()),
    ("exits", pa.int32()),
    ("u_turns", pa.int32()),
    ("entries_low", pa.int32()),
    ("entries_high", pa.int32()),
    ("exits_low", pa.int32()),
    ("exits_high", pa.int32()),
    ("total_entries", pa.int64()),
    ("total_exits", pa.int64()),
    ("coverage", pa.float32()),
    ("revision", pa.int32()),
)
NAMES: Final = tuple(name for name, _ in COLUMNS)
RISKY: Final = ("=", "+", "-", "@", "\t", "\r")


def rows(engine: Engine, first: int, last: int, shop: str = "") -> Iterator[dict[str, Any]]:
    """Return one row a line and hour, from the first hour to the last, by device and hour."""
    query = (
        select(devices.c.shop, devices.c.door, hours)
        .join(devices, devices.c.id == hours.c.device)
        .where(hours.c.hour >= first, hours.c.hour <= last)
        .order_by(hours.c.device, hours.c.hour)
        .execution_options(yield_per=PIECE)
    )
    if shop:
        query = query.where(devices.c.shop == shop)
    with engine.connect() as connection:
        for row in connection.execute(query).mappings():
            report = json.loads(row["body"])
            for line in report["lines"]:
                yield _row(row, report, line)


def as_csv(found: Iterator[dict[str, Any]]) -> Iterator[str]:
    """Write rows as CSV; words that a spreadsheet would take for a formula are quoted."""
    out = io.StringIO()
    writer = csv.DictWriter(out, NAMES, lineterminator="\r\n")
    writer.writeheader()
    for number, row in enumerate(found, start=1):
        writer.writerow({name: _harmless(value) for name, value in row.items()})
        if number % PIECE == 0:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def as_json_lines(found: Iterator[dict[str, Any]]) -> Iterator[str]:
    """Write rows as one JSON object a line."""
    for row in found:
        yield json.dumps(row, ensure_ascii=False) + "\n"


def as_parquet(found: Iterator[dict[str, Any]]) -> bytes:
    """Write rows as a Parquet file."""
    schema = pa.schema(COLUMNS)
    out = io.BytesIO()
    with pq.ParquetWriter(out, schema) as writer:
        piece: list[dict[str, Any]] = []
        for row in found:
            piece.append(row)
            if len(piece) == 10 * PIECE:
                writer.write_table(pa.Table.from_pylist(piece, schema))
                piece.clear()
        writer.write_table(pa.Table.from_pylist(piece, schema))
    return out.getvalue()


def _row(row: Any, report: dict[str, Any], line: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401
    entries_low, entries_high = line["entries_range"] or (None, None)
    exits_low, exits_high = line["exits_range"] or (None, None)
    return {
        "shop": row["shop"],
        "door": row["door"],
        "device": row["device"],
        "hour_utc": str(UtcHour(row["hour"])),
        "hour_local": report["local"],
        "line": line["name"],
        "entries": line["entries"],
        "exits": line["exits"],
        "u_turns": line["u_turns"],
        "entries_low": entries_low,
        "entries_high": entries_high,
        "exits_low": exits_low,
        "exits_high": exits_high,
        "total_entries": line["total_entries"],
        "total_exits": line["total_exits"],
        "coverage": round(min(1.0, line["seen_ms"] / 3_600_000), 4),
        "revision": report["revision"],
    }


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(RISKY) else value
