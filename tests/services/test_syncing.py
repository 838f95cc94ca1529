"""The way home: a real ledger, a real outbox and real HTTPS, with a simulated clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from counting_kit import part
from fanlight.adapters.device_identity import FileIdentity
from fanlight.adapters.ledger_tinydb import TinyLedger
from fanlight.adapters.outbox_store import OutboxStore
from fanlight.adapters.simulated_clock import SimulatedClock
from fanlight.domain.dispatch import Status
from fanlight.domain.hours import BootMinute, UtcHour
from fanlight.domain.rates import UNCHECKED
from fanlight.services.drafting import Drafting, Letterhead
from fanlight.services.syncing import Syncing, SyncSettings, moment_s
from receiver_kit import Receiver, reply
from uplink_kit import HttpsKit

NOON = UtcHour.parse("2025-03-30T12Z")
HEAD = Letterhead("door", "0.1.0", "0123456789ab", ZoneInfo("Europe/Stockholm"), UNCHECKED)
SETTINGS = SyncSettings(call_timeout_s=6.0)


class Site:
    """A device's data folder, its clock, and one uplink to a receiver that may misbehave."""

    def __init__(self, folder: Path, kit: HttpsKit, ledger: TinyLedger) -> None:
        self.folder, self.kit, self.ledger = folder, kit, ledger
        self.clock = SimulatedClock(NOON.start + timedelta(minutes=5), "boot-b")

    @property
    def receiver(self) -> Receiver:
        return self.kit.receiver

    @contextmanager
    def syncing(self, **more: object) -> Iterator[Syncing]:
        """Start anew, as after a power cut: everything is read from the disk."""
        identity = FileIdentity(self.folder / "identity.key")
        reader = TinyLedger(self.folder / "ledger")
        outbox = OutboxStore(self.folder / "outbox")
        drafting = Drafting("hq", reader, outbox, identity, self.clock, HEAD)
        made = Syncing(
            self.kit.uplink(),
            drafting,
            self.clock,
            SETTINGS,
            device_id=identity.device_id,
            **more,  # type: ignore[arg-type]
        )
        try:
            yield made
        finally:
            made.close()

    def arrived(self) -> dict[str, int]:
        return {
            hour: report["lines"][0]["entries"]
            for (_, hour), report in self.receiver.stored.items()
        }


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    identity = FileIdentity(tmp_path / "identity.key")
    ledger = TinyLedger(tmp_path / "ledger")
    ledger.recover()
    with ExitStack() as parts:
        parts.callback(ledger.close)
        kit = parts.enter_context(HttpsKit(tmp_path, identity).running())
        yield Site(tmp_path, kit, ledger)


async def until_idle(syncing: Syncing) -> float:
    """Take turns until nothing is due; returns after how many seconds it wants to come again."""
    for _ in range(50):
        if (wait_s := await syncing.turn()) > 0:
            return wait_s
    raise AssertionError("it never comes to rest")


def answers(status: int, body: object = b"", **headers: str) -> Callable[..., bool]:
    def first(handler: BaseHTTPRequestHandler, _: bytes) -> bool:
        reply(handler, status, body, **headers)
        return True

    return first


async def test_hours_that_are_over_arrive_and_the_present_one_waits(site: Site) -> None:
    site.ledger.commit([part(NOON.plus(-2), 4), part(NOON.plus(-1), 6, part_id="run-1")])
    site.ledger.checkpoint([part(NOON, 9, part_id="run-2")])
    with site.syncing() as syncing:
        wait_s = await until_idle(syncing)
    assert site.arrived() == {str(NOON.plus(-2)): 4, str(NOON.plus(-1)): 6}
    newest = site.receiver.stored[next(iter(site.receiver.keys)), str(NOON.plus(-1))]
    assert newest["lines"][0]["total_entries"] == 10
    assert newest["local"] == "2025-03-30 13:00+02:00"
    assert 55 * 60 < wait_s < 60 * 60, "it comes again when the next hour is over, not before"
    assert syncing.state.waiting == 0


async def test_what_was_acknowledged_is_not_sent_again_even_after_a_restart(site: Site) -> None:
    site.ledger.commit([part(NOON.plus(-1), 6)])
    for _ in range(3):
        with site.syncing() as syncing:
            await until_idle(syncing)
    assert site.receiver.requests == 1


async def test_a_correction_is_sent_as_a_higher_revision(site: Site) -> None:
    site.ledger.commit([part(NOON.plus(-1), 6)])
    with site.syncing() as syncing:
        await until_idle(syncing)
        site.ledger.commit([part(NOON.plus(-1), 8)])
        await until_idle(syncing)
    assert site.arrived() == {str(NOON.plus(-1)): 8}
    assert [len(message["hours"]) for message in site.receiver.messages] == [1, 1]


async def test_the_newest_hours_go_first_and_all_arrive(site: Site) -> None:
    hours = [NOON.plus(-number) for number in range(1, 121)]
    site.ledger.commit([part(hour, 1, part_id=f"run-{hour.number}") for hour in hours])
    with site.syncing() as syncing:
        await until_idle(syncing)
    sent = [[hour["hour"] for hour in message["hours"]] for message in site.receiver.messages]
    assert [len(hours) for hours in sent] == [48, 48, 24]
    assert sent[0][-1] == str(NOON.plus(-1))
    assert len(site.arrived()) == 120


@pytest.mark.parametrize("status", [500, 502, 503, 404, 401])
async def test_what_fails_is_kept_told_and_sent_later(site: Site, status: int) -> None:
    site.ledger.commit([part(NOON.plus(-1), 6)])
    site.receiver.first = answers(status)
    with site.syncing() as syncing:
        waits_s = [await syncing.turn() for _ in range(3)]
        assert syncing.state.trouble is not None
        assert str(status) in syncing.state.trouble
        assert syncing.state.waiting == 1
        assert all(wait_s >= 15 for wait_s in waits_s)
        site.receiver.first = None
        await until_idle(syncing)
        assert syncing.state.trouble is None
    assert site.arrived() == {str(NOON.plus(-1)): 6}


async def test_a_dispatch_that_is_too_large_is_cut_in_two(site: Site) -> None:
    hours = [NOON.plus(-number) for number in range(1, 21)]
    site.ledger.commit([part(hour, 1, part_id=f"run-{hour.number}") for hour in hours])

    def at_most_two_kilobytes(handler: BaseHTTPRequestHandler, packed: bytes) -> bool:
        if len(packed) < 800:
            return False
        reply(handler, 413, b"")
        return True

    site.receiver.first = at_most_two_kilobytes
    with site.syncing() as syncing:
        await until_idle(syncing)
    assert len(site.arrived()) == 20


async def test_a_receiver_that_acknowledges_the_wrong_thing_gets_it_again(site: Site) -> None:
    site.ledger.commit([part(NOON.plus(-1), 6)])
    nonsense = {"stored": {"hours": [{"hour": "yesterday", "revision": 99}]}}
    site.receiver.first = answers(200, nonsense)
    with site.syncing() as syncing:
        assert await syncing.turn() > 0
        assert "stored nothing" in str(syncing.state.trouble)
        site.receiver.first = None
        await until_idle(syncing)
    assert site.arrived() == {str(NOON.plus(-1)): 6}


async def test_an_hour_that_is_refused_for_good_stops_no_other(site: Site) -> None:
    bad, good = NOON.plus(-1), NOON.plus(-2)
    site.ledger.commit([part(bad, 6), part(good, 4, part_id="run-1")])

    def refuse_one(handler: BaseHTTPRequestHandler, _: bytes) -> bool:
        stored = [{"hour": str(good), "revision": 5}]
        refused = [{"hour": str(bad), "revision": 7, "why": "of another planet"}]
        reply(handler, 200, {"stored": {"hours": stored}, "refused": refused})
        return True

    site.receiver.first = refuse_one
    with site.syncing() as syncing:
        await until_idle(syncing)
        assert site.receiver.requests == 1
        site.receiver.first = None
        site.clock.advance(25 * 3600)
        await until_idle(syncing)
    assert str(bad) in site.arrived(), "it is tried again the next day"


async def test_nothing_is_sent_while_it_may_not_be(site: Site) -> None:
    site.ledger.commit([part(NOON.plus(-1), 6)])
    link = NotedLink("the month's budget is spent")
    with site.syncing(link=link) as syncing:
        await syncing.turn()
        assert syncing.state.trouble == "the month's budget is spent"
        assert site.receiver.connections == 0
        link.reason = None
        await until_idle(syncing)
    assert site.arrived() == {str(NOON.plus(-1)): 6}
    assert link.told == [True]


async def test_the_link_is_told_what_got_through_and_sending_wakes_with_another(
    site: Site,
) -> None:
    site.ledger.commit([part(NOON.plus(-1), 6)])
    site.receiver.first = lambda handler, _: reply(handler, 502, b"") or True
    link = NotedLink(None)
    with site.syncing(link=link) as syncing:
        running = asyncio.ensure_future(syncing.run())
        await until(lambda: link.told == [False])
        site.receiver.first = None
        syncing.wake()
        await until(lambda: link.told[-1])
        running.cancel()
    assert site.arrived() == {str(NOON.plus(-1)): 6}
    assert site.receiver.messages[-1]["status"]["link"] == "lte"


class NotedLink:
    """A link that allows what a test says, and notes what it is told."""

    def __init__(self, reason: str | None) -> None:
        self.reason = reason
        self.told: list[bool] = []

    def may_send(self) -> str | None:
        return self.reason

    def sent(self, *, arrived: bool) -> None:
        self.told.append(arrived)

    def status(self) -> Status:
        return Status(link="lte")


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - a real network has no event to wait for
            await asyncio.sleep(0.02)


async def test_counts_of_a_boot_without_a_clock_arrive_as_unplaced(site: Site) -> None:
    ended, present = BootMinute("boot-a", 61), BootMinute("boot-b", 3)
    site.ledger.commit([part(ended, 5), part(present, 2, part_id="run-1")])
    with site.syncing() as syncing:
        await until_idle(syncing)
        await until_idle(syncing)
    assert {key[1:] for key in site.receiver.unplaced} == {("boot-a", 1)}
    assert site.receiver.requests == 1, "what can never change is sent once"


async def test_the_receivers_time_is_handed_on_with_its_doubt(site: Site) -> None:
    site.ledger.commit([part(NOON.plus(-1), 6)])
    site.receiver.utc_ms = 1_800_000_000_000
    heard: list[tuple[int, int, int]] = []
    with site.syncing(heard=lambda *told: heard.append(told)) as syncing:
        await until_idle(syncing)
    assert heard == [], "a time that nobody can check is not believed"


async def test_totals_go_on_when_old_months_leave_the_ledger(site: Site) -> None:
    old = UtcHour.parse("2025-01-15T10Z")
    site.ledger.commit([part(old, 30), part(NOON.plus(-1), 6, part_id="run-1")])
    site.ledger.forget(UtcHour.parse("2025-03-01T00Z"))
    with site.syncing() as syncing:
        await until_idle(syncing)
    (report,) = site.receiver.stored.values()
    assert report["lines"][0]["total_entries"] == 36


async def test_one_receiver_in_trouble_does_not_delay_another(site: Site) -> None:
    site.ledger.commit([part(NOON.plus(-1), 6)])
    with site.syncing() as good, site.syncing() as slow:
        site.receiver.first = answers(500)
        await slow.turn()
        site.receiver.first = None
        await asyncio.wait_for(until_idle(good), 5)
    assert site.arrived() == {str(NOON.plus(-1)): 6}


def test_devices_send_at_different_moments_of_the_hour() -> None:
    moments_s = [moment_s(f"fl-{number}", SETTINGS) for number in range(200)]
    assert all(0 <= each < SETTINGS.spread_s for each in moments_s)
    assert len({int(each) for each in moments_s}) > 100
