"""Metrics as a scraper reads them: by the reader of those who made the format."""

from __future__ import annotations

import asyncio
import socket

import aiohttp
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from counting_kit import DOOR, TILL
from fanlight.adapters.metrics_http import Snapshot, metrics_text, serve_metrics
from fanlight.domain.counts import Counts, RowKey, Segment
from fanlight.domain.dispatch import Spending
from fanlight.domain.tally import Tally
from fanlight.ports.errors import Gone

CHILDREN = RowKey(DOOR.kind, DOOR.name, Segment.CHILD)
TALLY = Tally(
    entries=7,
    exits=3,
    u_turns=1,
    passers_by=0,
    occupancy=4,
    unexplained_exits=0,
    frames=900,
    elapsed_s=60.0,
    seen_s=57.5,
    places={
        DOOR: Counts(entries=7, exits=3, u_turns=1),
        CHILDREN: Counts(entries=2),
        TILL: Counts(visits=2),
    },
    open_hours={},
)
TOLD = Snapshot(
    firmware="0.1.0",
    device='The "main" door\\',
    tally=TALLY,
    checks={"clock": 0, "memory": 1},
    waiting_hours={"headquarters": 5},
    spending=Spending(month="2026-11", spent_bytes=12_345, budget_bytes=1_000_000),
)


def read(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_scraper_reads_what_is_told() -> None:
    found = read(metrics_text(TOLD).decode())
    assert found["fanlight_entries_total", (("line", "door"),)] == 7
    assert found["fanlight_u_turns_total", (("line", "door"),)] == 1
    assert found["fanlight_occupancy", ()] == 4
    assert found["fanlight_seen_seconds_total", ()] == 57.5
    assert found["fanlight_check", (("check", "memory"),)] == 1
    assert found["fanlight_uplink_waiting_hours", (("uplink", "headquarters"),)] == 5
    assert found["fanlight_metered_spent_bytes", (("month", "2026-11"),)] == 12_345
    assert ("fanlight_info", (("device", 'The "main" door\\'), ("version", "0.1.0"))) in found


def test_nothing_but_whole_lines_is_told() -> None:
    text = metrics_text(TOLD).decode()
    assert "child" not in text
    assert "till" not in text
    assert sum(line.startswith("fanlight_entries_total") for line in text.splitlines()) == 1


async def test_it_is_served_where_the_configuration_says() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    serving = asyncio.ensure_future(serve_metrics(lambda: TOLD, "127.0.0.1", port))
    await asyncio.sleep(0.3)
    async with aiohttp.ClientSession() as session:
        async with session.get(f"http://127.0.0.1:{port}/metrics") as answer:
            assert answer.content_type == "application/openmetrics-text"
            assert read(await answer.text())
        async with session.get(f"http://127.0.0.1:{port}/") as answer:
            assert answer.status == 404
    with pytest.raises(Gone, match="cannot be served"):
        await serve_metrics(lambda: TOLD, "127.0.0.1", port)
    serving.cancel()
