# ruff: noqa: INP001 - a program, not a package
"""Measures the collector on PostgreSQL, over loopback, with everything on this machine.

    PYTHONPATH=scripts .venv/bin/python scripts/bench_collector.py [--devices N] [--year] [--write]

1. every device's hourly report at once; 2. a backlog, 48 hours to a dispatch; 3. the same number
of reports to a plain FastAPI + SQLAlchemy endpoint that inserts and checks nothing; with `--year`,
4. the fleet page with a year of hours. Server, database and clients share the machine's cores.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import gzip
import json
import os
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI, Request
from fleet_collector.database import open_database
from fleet_collector.people import People, Role
from fleet_collector.store import Store
from private_postgres import private_postgres
from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, insert, text

from fanlight.domain.dispatch import (
    SCHEMA,
    Dispatch,
    HourReport,
    LineFigures,
    SignedDispatch,
    canonical_dispatch,
    device_id_of,
    wire_bytes,
)
from fanlight.domain.hours import UtcHour

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

REPO = Path(__file__).resolve().parent.parent
PAGE = REPO / "docs/measurements-collector.md"
PORT, PLAIN_PORT = 18181, 18182
CLIENTS = 40
BACKLOG_DEVICES = 60
BACKLOG_DISPATCHES = 15
HOURS_A_DISPATCH = 48
PAGE_LOADS = 120
NOW = UtcHour(int(time.time()) // 3600)
PASSWORD = "a password of a bench"  # noqa: S105 - of a database that lives for a minute


@dataclass(frozen=True, slots=True)
class Sender:
    """One device's key."""

    key: Ed25519PrivateKey

    @property
    def name(self) -> str:
        """The device's id."""
        return device_id_of(self.key.public_key().public_bytes_raw())

    def packed(self, hours: Iterable[UtcHour]) -> bytes:
        """Return a dispatch as it is posted."""
        message = Dispatch(
            schema=SCHEMA,
            device=self.name,
            door="Main door",
            firmware="0.1.0",
            config="0123456789ab",
            boot="boot",
            uptime_ms=1,
            utc=None,
            nonce="n" * 22,
            hours=tuple(map(report, hours)),
        )
        signature = base64.b64encode(self.key.sign(canonical_dispatch(message))).decode()
        return gzip.compress(wire_bytes(SignedDispatch(message=message, signature=signature)))


def report(hour: UtcHour) -> HourReport:
    """Return an hour of a shop with two doors."""
    front = LineFigures(
        name="front door",
        entries=hour.number % 90,
        exits=hour.number % 88,
        u_turns=1,
        entries_range=(hour.number % 90, hour.number % 90 + 6),
        exits_range=(hour.number % 88, hour.number % 88 + 6),
        total_entries=hour.number,
        total_exits=hour.number,
        seen_ms=3_600_000,
    )
    return HourReport(
        hour=str(hour),
        local=f"{hour.start:%Y-%m-%d %H:%M}+00:00",
        revision=700,
        closed=True,
        seen_ms=3_600_000,
        peak_occupancy=12,
        lines=(front, replace(front, name="back door")),
    )


async def post_all(url: str, bodies: list[bytes]) -> dict[str, Any]:
    """Post every body once, from several connections; return seconds, errors and latencies."""
    waiting, latencies, errors = list(bodies), [], 0
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    timeout = aiohttp.ClientTimeout(total=120)

    async def client(session: aiohttp.ClientSession) -> None:
        nonlocal errors
        while waiting:
            body, began_s = waiting.pop(), time.perf_counter()
            async with session.post(url, data=body, headers=headers) as answer:
                await answer.read()
                errors += answer.status != 200
            latencies.append(time.perf_counter() - began_s)

    began_s = time.perf_counter()
    connector = aiohttp.TCPConnector(limit=CLIENTS)
    async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
        await asyncio.gather(*(client(session) for _ in range(CLIENTS)))
    seconds = time.perf_counter() - began_s
    return {
        "seconds": seconds,
        "errors": errors,
        "p99_ms": 1000 * statistics.quantiles(latencies, n=100)[98],
    }


async def load_page(url: str, cookie: str) -> dict[str, Any]:
    """Load a page again and again, one at a time."""
    took_s, size = [], 0
    async with aiohttp.ClientSession(cookies={"fanlight_session": cookie}) as session:
        for _ in range(PAGE_LOADS):
            began_s = time.perf_counter()
            async with session.get(url, allow_redirects=False) as answer:
                size = len(await answer.read())
                if answer.status != 200:
                    raise RuntimeError(f"the page answers {answer.status}")
            took_s.append(time.perf_counter() - began_s)
    cuts = statistics.quantiles(took_s, n=100)
    return {"p50_ms": 1000 * cuts[49], "p99_ms": 1000 * cuts[98], "bytes": size}


@contextmanager
def server(*command: str, port: int, **more: str) -> Iterator[str]:
    """Run a server as a process of its own; yields its address."""
    environment = {**os.environ, **more, "PYTHONPATH": str(REPO / "scripts")}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603
    url = f"http://127.0.0.1:{port}"
    try:
        asyncio.run(_until_up(url))
        yield url
    finally:
        process.terminate()
        process.wait(10)


async def _until_up(url: str) -> None:
    async with aiohttp.ClientSession() as session:
        for _ in range(200):
            try:
                async with session.get(f"{url}/healthz"):
                    return
            except aiohttp.ClientError:
                await asyncio.sleep(0.1)
    raise RuntimeError(f"{url} does not come up")


def plain_app(database: str) -> FastAPI:
    """Return what one would write in ten lines: insert what comes, check nothing."""
    engine = create_engine(database)
    rows = Table(
        "plain",
        MetaData(),
        Column("id", Integer, primary_key=True),
        Column("device", String),
        Column("hour", String),
        Column("body", String),
    )
    rows.metadata.create_all(engine)
    app = FastAPI()

    @app.get("/healthz")
    def healthz() -> dict[str, bool]:
        """Say that it is up."""
        return {"ok": True}

    @app.post("/plain")
    async def take(request: Request) -> dict[str, int]:
        """Insert each hour as a row."""
        message = json.loads(gzip.decompress(await request.body()))["message"]
        values = [
            {"device": message["device"], "hour": hour["hour"], "body": json.dumps(hour)}
            for hour in message["hours"]
        ]
        return await asyncio.to_thread(_insert, values)

    def _insert(values: list[dict[str, str]]) -> dict[str, int]:
        with engine.begin() as connection:
            connection.execute(insert(rows), values)
        return {"stored": len(values)}

    return app


def fill_a_year(database: str) -> None:
    """Give every device a year of hours, as large as real ones."""
    body = json.dumps({"local": "", "degraded_ms": {}, "lines": [], "filler": "x" * 520})
    engine = create_engine(database)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO hours (device, hour, revision, closed, entries, exits, passed, "
                "seen_ms, total_entries, total_exits, received_s, body) "
                "SELECT d.id, h, 700, true, h % 90, h % 88, 0, 3600000, h, h, 0, :body "
                "FROM generate_series(:first, :last) AS h, devices AS d "
                "ON CONFLICT DO NOTHING"
            ),
            {"first": NOW.number - 365 * 24, "last": NOW.number - 1, "body": body},
        )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE hours"))


def measure(devices: int, *, with_year: bool) -> list[dict[str, Any]]:
    """Return the table's rows."""
    rows: list[dict[str, Any]] = []
    with private_postgres() as url:
        database = f"{url}/postgres"
        store = Store(open_database(database))
        senders = [_enrolled(store, number) for number in range(devices)]
        serve = [sys.executable, "-m", "fleet_collector", "serve", "--port", str(PORT)]
        plain = [sys.executable, __file__, "--serve-plain", database]
        with (
            server(*serve, port=PORT, FANLIGHT_DATABASE=database) as address,
            server(*plain, port=PLAIN_PORT) as other,
        ):
            hourly = [sender.packed([NOW.plus(-1)]) for sender in senders]
            backlog = [body for sender in senders[:BACKLOG_DEVICES] for body in _backlog(sender)]
            goals = (
                ("hourly reports at once", "collector", f"{address}/api/v1/dispatches", hourly, 1),
                ("hourly reports at once", "plain insert", f"{other}/plain", hourly, 1),
                ("backlog", "collector", f"{address}/api/v1/dispatches", backlog, HOURS_A_DISPATCH),
                ("backlog", "plain insert", f"{other}/plain", backlog, HOURS_A_DISPATCH),
            )
            for what, who, where, bodies, hours in goals:
                found = asyncio.run(post_all(where, bodies))
                reports = len(bodies) * hours
                rate = {"reports": reports, "reports_per_s": round(reports / found["seconds"])}
                rows.append({"what": what, "who": who} | rate | found)
            if with_year:
                rows.append(_fleet_page(database, address))
    return rows


def _fleet_page(database: str, address: str) -> dict[str, Any]:
    fill_a_year(database)
    people = People(open_database(database))
    people.add("bench", PASSWORD, Role.VIEWER, "bench", 0)
    secret, _ = people.log_in("bench", PASSWORD, int(time.time()))
    found = asyncio.run(load_page(address, secret))
    return {"what": "fleet page, a year of hours", "who": "collector"} | found


def _enrolled(store: Store, number: int) -> Sender:
    sender, token = Sender(Ed25519PrivateKey.generate()), f"token-of-the-bench-{number:06}"
    store.make_token(token, f"shop {number:04}", "bench", 2**40, 0)
    store.enrol(sender.key.public_key().public_bytes_raw(), token, "Main door", 0)
    return sender


def _backlog(sender: Sender) -> Iterator[bytes]:
    for piece in range(BACKLOG_DISPATCHES):
        first = NOW.plus(-1 - (piece + 1) * HOURS_A_DISPATCH)
        yield sender.packed(first.plus(hour) for hour in range(HOURS_A_DISPATCH))


def main() -> int:
    """Print the table, or write it into the docs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--devices", type=int, default=1000)
    parser.add_argument("--year", action="store_true", help="the fleet page with a year of hours")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    parser.add_argument("--serve-plain", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve_plain:
        uvicorn.run(plain_app(given.serve_plain), port=PLAIN_PORT, access_log=False)
        return 0
    rows = measure(given.devices, with_year=given.year)
    table = "".join(f"{json.dumps(_rounded(row))}\n" for row in rows)
    sys.stdout.write(table)
    if given.write:
        command = "PYTHONPATH=scripts .venv/bin/python scripts/bench_collector.py --year --write"
        PAGE.write_text(
            "# Measurements of the collector\n\n"
            f"Made by `{command}` on {NOW.start:%Y-%m-%d}, "
            f"{os.cpu_count()} cores, which server, database and clients shared; "
            f"{given.devices} devices.\n\n```\n{table}```\n"
        )
    return 0


def _rounded(row: dict[str, Any]) -> dict[str, Any]:
    return {key: round(each, 2) if isinstance(each, float) else each for key, each in row.items()}


if __name__ == "__main__":
    sys.exit(main())
