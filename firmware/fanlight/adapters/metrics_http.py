"""The device's state for those who scrape: OpenMetrics over HTTP, served from the loop.

Whole lines only: no classes, no journeys, nothing about anybody. Totals are those of this run;
scrapers know what a restart is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
)
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from fanlight.adapters.http_server import serve_app
from fanlight.domain.counts import PlaceKind, Segment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from prometheus_client.core import Metric

    from fanlight.domain.dispatch import Spending
    from fanlight.domain.tally import Tally

LINE_COUNTERS = {
    "entries": "People who came in",
    "exits": "People who went out",
    "u_turns": "People who turned round on the line",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What is told at a scrape.

    `checks` holds verdicts by name (0 good, 1 warns, 2 fails), `waiting_hours` is by uplink.
    """

    firmware: str
    device: str
    tally: Tally | None = None
    checks: Mapping[str, int] = field(default_factory=dict)
    waiting_hours: Mapping[str, int] = field(default_factory=dict)
    spending: Spending | None = None


class _Snapshots(Collector):
    """Turns a snapshot into metrics, as the exposition asks for them."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def collect(self) -> Iterable[Metric]:
        told = self._snapshot
        about = {"version": told.firmware, "device": told.device}
        yield InfoMetricFamily("fanlight", "The device and its firmware", about)
        if told.tally is not None:
            yield from _counted(told.tally)
        yield _by_label("fanlight_check", "0 good, 1 warns, 2 fails", "check", told.checks)
        waiting = "Hours that a receiver has not acknowledged"
        yield _by_label("fanlight_uplink_waiting_hours", waiting, "uplink", told.waiting_hours)
        if (spending := told.spending) is not None:
            spent = {spending.month: spending.spent_bytes}
            budget = {spending.month: spending.budget_bytes}
            yield _by_label("fanlight_metered_spent_bytes", "Carried this month", "month", spent)
            yield _by_label("fanlight_metered_budget_bytes", "May be carried", "month", budget)


def metrics_text(snapshot: Snapshot) -> bytes:
    """Write a snapshot as OpenMetrics 1.0."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Snapshots(snapshot))
    text: bytes = generate_latest(registry)
    return text


async def serve_metrics(snapshot: Callable[[], Snapshot], bind: str, port: int) -> None:
    """Serve `/metrics` until cancelled.

    Raises:
        Gone: the address cannot be bound.
    """

    async def tell(_: web.Request) -> web.Response:
        return web.Response(
            body=metrics_text(snapshot()), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )

    app = web.Application()
    app.router.add_get("/metrics", tell)
    await serve_app(app, "metrics", bind, port)


def _counted(tally: Tally) -> Iterator[Metric]:
    lines = [
        (key.name, counts)
        for key, counts in sorted(tally.places.items())
        if key.kind is PlaceKind.LINE and key.segment is Segment.ALL
    ]
    for name, text in LINE_COUNTERS.items():
        family = CounterMetricFamily(f"fanlight_{name}", text, labels=["line"])
        for line, counts in lines:
            family.add_metric([line], getattr(counts, name))
        yield family
    yield GaugeMetricFamily("fanlight_occupancy", "People inside", value=tally.occupancy)
    yield CounterMetricFamily("fanlight_frames", "Frames looked at", value=tally.frames)
    elapsed, seen = "Time since the first frame", "Time in which the device could see"
    yield CounterMetricFamily("fanlight_elapsed_seconds", elapsed, value=tally.elapsed_s)
    yield CounterMetricFamily("fanlight_seen_seconds", seen, value=tally.seen_s)


def _by_label(name: str, text: str, label: str, values: Mapping[str, int]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=[label])
    for key, value in sorted(values.items()):
        family.add_metric([key], value)
    return family
