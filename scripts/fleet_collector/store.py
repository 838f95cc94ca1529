"""Devices and their hours: enrolment, and upserts that keep the highest revision."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select, update

from fanlight.domain.dispatch import device_id_of
from fanlight.domain.hours import UtcHour
from fleet_collector.audit import enter
from fleet_collector.database import upsert
from fleet_collector.tables import devices, hours, tokens, unplaced

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from fanlight.domain.dispatch import Dispatch, HourReport
    from fleet_collector.wire import Arrived


class Unknown(Exception):
    """The device, or its token, is not known here."""


class Blocked(Exception):
    """The device is known, and nothing is taken from it."""


class Spent(Exception):
    """The token was used for another device."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A device after enrolment; `new` is False when it was enrolled before."""

    device: str
    new: bool


class Store:
    """The part of the database that devices write; calls block."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def make_token(self, token: str, shop: str, made_by: str, expires_s: int, now_s: int) -> None:
        """Let one device enrol for a shop; only the token's digest is kept."""
        with self._engine.begin() as connection:
            row = {"digest": digest(token), "shop": shop, "made_by": made_by}
            connection.execute(insert(tokens).values(row | {"expires_s": expires_s}))
            enter(connection, now_s, made_by, "token_made", {"shop": shop})

    def enrol(self, public_key: bytes, token: str, door: str, now_s: int) -> Enrolled:
        """Make a device known by a token.

        Raises:
            Unknown: no such token, or too late.
            Spent: another device used it.
        """
        device = device_id_of(public_key)
        with self._engine.begin() as connection:
            query = select(tokens).where(tokens.c.digest == digest(token)).with_for_update()
            row = connection.execute(query).mappings().first()
            if row is None or row["expires_s"] < now_s:
                raise Unknown
            if row["device"] == device:
                return Enrolled(device, new=False)
            if row["device"] is not None:
                raise Spent
            connection.execute(
                update(tokens).where(tokens.c.digest == row["digest"]).values(device=device)
            )
            facts = {"shop": row["shop"], "door": door[:80]}
            known = {"id": device, "public_key": public_key, "enrolled_s": now_s, **facts}
            connection.execute(
                upsert(connection, devices)
                .values(known)
                .on_conflict_do_update(index_elements=["id"], set_=facts)
            )
            enter(connection, now_s, row["made_by"], "device_enrolled", {"device": device, **facts})
        return Enrolled(device, new=True)

    def public_key(self, device: str) -> bytes:
        """Return the key of a device that may send.

        Raises:
            Unknown: it was never enrolled.
            Blocked: it may not send.
        """
        query = select(devices.c.public_key, devices.c.blocked).where(devices.c.id == device)
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise Unknown
        if row.blocked:
            raise Blocked
        return bytes(row.public_key)

    def keep(self, arrived: Arrived, now_s: int) -> None:
        """Store a dispatch whose signature holds; durable when this returns.

        A revision that is not higher than the stored one changes nothing.
        """
        dispatch = arrived.dispatch
        with self._engine.begin() as connection:
            rows = _hour_rows(arrived, now_s)
            if rows:
                _upsert_hours(connection, rows)
            for report, plain in zip(dispatch.unplaced, arrived.plain["unplaced"], strict=True):
                connection.execute(
                    upsert(connection, unplaced)
                    .values(
                        device=dispatch.device,
                        boot=report.boot,
                        boot_hour=report.boot_hour,
                        received_s=now_s,
                        body=json.dumps(plain),
                    )
                    .on_conflict_do_nothing()
                )
            _note_device(connection, dispatch, now_s, [row["hour"] for row in rows])

    def block(self, device: str, who: str, now_s: int, *, blocked: bool) -> None:
        """Take nothing more from a device, or take it again.

        Raises:
            Unknown: it was never enrolled.
        """
        with self._engine.begin() as connection:
            found = connection.execute(
                update(devices).where(devices.c.id == device).values(blocked=blocked)
            )
            if found.rowcount == 0:
                raise Unknown
            what = "device_blocked" if blocked else "device_unblocked"
            enter(connection, now_s, who, what, {"device": device})

    def forget_before(self, hour: int, now_s: int) -> int:
        """Remove hours older than one, and tell how many; an entry in the audit log says so."""
        with self._engine.begin() as connection:
            gone = connection.execute(delete(hours).where(hours.c.hour < hour)).rowcount
            if gone:
                facts = {"hours": gone, "before": str(UtcHour(hour))}
                enter(connection, now_s, "policy", "hours_removed", facts)
        return gone


def digest(secret: str) -> str:
    """Return what is kept of a random secret; it has too many bits to be guessed from this."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _hour_rows(arrived: Arrived, now_s: int) -> list[dict[str, Any]]:
    """Return one row an hour, of several reports of it the one with the highest revision."""
    dispatch = arrived.dispatch
    newest: dict[int, dict[str, Any]] = {}
    for report, plain in zip(dispatch.hours, arrived.plain["hours"], strict=True):
        row = _hour_row(dispatch.device, report, plain, now_s)
        known = newest.get(row["hour"])
        if known is None or known["revision"] < row["revision"]:
            newest[row["hour"]] = row
    return [newest[hour] for hour in sorted(newest)]


def _hour_row(device: str, report: HourReport, plain: dict[str, Any], now_s: int) -> dict[str, Any]:
    return {
        "device": device,
        "hour": UtcHour.parse(report.hour).number,
        "revision": report.revision,
        "closed": report.closed,
        "entries": sum(line.entries for line in report.lines),
        "exits": sum(line.exits for line in report.lines),
        "passed": sum(line.passed_in + line.passed_out for line in report.passing_lines),
        "seen_ms": report.seen_ms,
        "total_entries": sum(line.total_entries for line in report.lines),
        "total_exits": sum(line.total_exits for line in report.lines),
        "received_s": now_s,
        "body": json.dumps(plain, ensure_ascii=False, separators=(",", ":")),
    }


def _upsert_hours(connection: Connection, rows: list[dict[str, Any]]) -> None:
    statement = upsert(connection, hours).values(rows)
    changing = [column.name for column in hours.columns if not column.primary_key]
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["device", "hour"],
            set_={name: getattr(statement.excluded, name) for name in changing},
            where=hours.c.revision < statement.excluded.revision,
        )
    )


def _note_device(
    connection: Connection, dispatch: Dispatch, now_s: int, numbers: list[int]
) -> None:
    """Keep how the device said it is; the newest hour never goes back."""
    status, spending = dispatch.status, dispatch.status.spending
    facts: dict[str, Any] = {
        "heard_s": now_s,
        "door": dispatch.door[:80],
        "firmware": dispatch.firmware[:40],
        "config": dispatch.config[:40],
        "boot": dispatch.boot[:64],
        "link": status.link[:20],
        "trouble": ", ".join(status.trouble)[:400],
        "waiting_hours": status.waiting_hours,
        "spent_bytes": spending.spent_bytes if spending else None,
        "budget_bytes": spending.budget_bytes if spending else None,
    }
    if numbers:
        known = func.coalesce(devices.c.newest_hour, 0)
        greatest = func.max if connection.dialect.name == "sqlite" else func.greatest
        facts["newest_hour"] = greatest(known, max(numbers))
    connection.execute(update(devices).where(devices.c.id == dispatch.device).values(facts))
