"""The running device takes the till's totals, from a folder and over HTTP."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import aiohttp
import pytest

from fanlight.adapters.till_drop import TillDrop
from fanlight.adapters.till_http import LARGEST_BODY_BYTES, serve, till_app
from fanlight.adapters.till_store import TillStore
from fanlight.domain.hours import UtcHour
from fanlight.ports.errors import Gone
from fanlight.services.till import TillService

NINE = UtcHour.parse("2025-06-02T09Z")
TOKEN = "0123456789" * 3


@pytest.fixture
def store(tmp_path: Path) -> TillStore:
    return TillStore(tmp_path / "till")


def service_of(store: TillStore, drop: Path) -> TillService:
    return TillService(TillDrop(drop, store, ZoneInfo("UTC")).take, store.book, every_s=0.02)


async def until(holds: object, seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < end
        await asyncio.sleep(0.02)


async def test_a_dropped_file_is_taken_while_the_device_runs(
    store: TillStore, tmp_path: Path
) -> None:
    drop = tmp_path / "drop"
    drop.mkdir()
    service = service_of(store, drop)
    running = asyncio.create_task(service.run())
    (drop / "x.part").write_text("hour_utc,transactions\n2025-06-02T09Z,12\n", encoding="utf-8")
    (drop / "x.part").rename(drop / "x.csv")
    await until(lambda: NINE in store.read(NINE, NINE))
    (drop / "y.csv").write_text("receipt\n1\n", encoding="utf-8")
    await until((drop / "y.csv.refused.txt").exists)
    assert not running.done()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    service.close()


async def test_totals_are_taken_under_till_and_large_bodies_are_not(
    store: TillStore, tmp_path: Path, unused_tcp_port: int
) -> None:
    service = service_of(store, tmp_path / "drop")
    app = till_app(service.book, TOKEN, time.monotonic)
    running = asyncio.create_task(serve(app, "127.0.0.1", unused_tcp_port))
    url = f"http://127.0.0.1:{unused_tcp_port}/till/totals"
    post = partial(_posted, url, running)
    body = b'{"totals":[{"hour_utc":"2025-06-02T09Z","transactions":12}]}'
    assert await post(body) == 200
    assert store.read(NINE, NINE)[NINE].transactions == 12
    assert await post(b" " * (LARGEST_BODY_BYTES + 1)) == 413
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    service.close()


async def test_an_address_in_use_is_said(store: TillStore, tmp_path: Path) -> None:
    taken = await asyncio.start_server(lambda _r, _w: None, "127.0.0.1", 0)
    port = taken.sockets[0].getsockname()[1]
    service = service_of(store, tmp_path)
    with pytest.raises(Gone, match=f"127.0.0.1:{port}"):
        await serve(till_app(service.book, TOKEN, time.monotonic), "127.0.0.1", port)
    service.close()
    taken.close()
    await taken.wait_closed()


async def _posted(url: str, running: asyncio.Task[None], body: bytes) -> int:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    for _ in range(100):
        assert not running.done()
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.post(url, data=body, headers=headers) as answer,
            ):
                return answer.status
        except aiohttp.ClientConnectorError:
            await asyncio.sleep(0.05)
    raise AssertionError("nobody serves")
