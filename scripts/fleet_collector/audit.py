"""The collector's audit log: append-only, each entry's hash covers the one before it."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, text

from fleet_collector.tables import audit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Connection

BEGINNING = "0" * 64


def enter(connection: Connection, at_s: int, who: str, what: str, facts: Mapping[str, Any]) -> None:
    """Add an entry, in the transaction of what it tells of."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE audit IN EXCLUSIVE MODE"))
    last = connection.execute(
        select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc()).limit(1)
    ).first()
    number, before = (0, BEGINNING) if last is None else (last.number + 1, last.hash)
    words = json.dumps(facts, sort_keys=True)
    chained = _chained(before, number, at_s, who, what, words)
    connection.execute(
        insert(audit).values(
            number=number, at_s=at_s, who=who[:80], what=what, facts=words, hash=chained
        )
    )


def faults(connection: Connection) -> Iterator[str]:
    """Name every entry whose hash or place in the chain is wrong."""
    before, expected = BEGINNING, 0
    for row in connection.execute(select(audit).order_by(audit.c.number)):
        if row.number != expected:
            yield f"entry {expected} is missing"
        if row.hash != _chained(before, row.number, row.at_s, row.who, row.what, row.facts):
            yield f"entry {row.number} was changed"
        before, expected = row.hash, row.number + 1


def _chained(*parts: str | int) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
