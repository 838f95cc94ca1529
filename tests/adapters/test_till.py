"""Hourly totals of the till: by CSV, by HTTP, on disk, and what is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Never
from zoneinfo import ZoneInfo

import pytest
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import example, given
from hypothesis import strategies as st

from fanlight.adapters.secret_file import read_secret
from fanlight.adapters.till_csv import read_totals
from fanlight.adapters.till_drop import TillDrop
from fanlight.adapters.till_http import LARGEST_BODY_BYTES, REQUESTS_A_MINUTE, till_app
from fanlight.adapters.till_store import TillStore
from fanlight.domain.hours import UtcHour
from fanlight.domain.till import Booked, HourTotal, RefusedTotals, book
from fanlight.ports.errors import Rejected, Transient

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NINE = UtcHour.parse("2025-06-02T09Z")
TOKEN = "0123456789" * 3


def csv_of(*lines: str) -> bytes:
    return "\n".join(lines).encode()


def test_local_and_utc_hours_mean_the_same() -> None:
    local = csv_of("hour_local,transactions", "2025-06-02 11:00,12", "2025-06-02 12:00+02:00,3")
    utc = csv_of("Hour_UTC;Transactions", "2025-06-02T09Z;12", "2025-06-02T10Z;3", "")
    assert read_totals(local, STOCKHOLM) == {NINE: 12, NINE.plus(1): 3}
    assert read_totals(b"\xef\xbb\xbf" + utc, STOCKHOLM) == {NINE: 12, NINE.plus(1): 3}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (csv_of("hour_utc,transactions,receipt_no", "2025-06-02T09Z,1,77"), "receipt_no"),
        (csv_of("hour_utc,customer", "2025-06-02T09Z,Anna"), "customer"),
        (csv_of("time,amount", "2025-06-02T09Z,12.50"), "time"),
        (csv_of("hour_utc,transactions", "2025-06-02T09Z,1", "2025-06-02T09Z,1"), "comes twice"),
        (csv_of("hour_local,transactions", "2025-06-02 11:07,1"), "not the start of an hour"),
        (csv_of("hour_utc,transactions", "2025-06-02T09Z,7350053850019"), "no whole number"),
        (csv_of("hour_utc,transactions", "2025-06-02T09Z,73500538"), "customer number"),
        (csv_of("hour_utc,transactions", "2025-06-02T09Z,-1"), "no whole number"),
        (csv_of("hour_utc,transactions", "2025-06-02T09Z,12.5"), "no whole number"),
        (csv_of("hour_utc,transactions", "2025-06-02T09Z"), "1 cells"),
        (csv_of("hour_utc,transactions", "yesterday,1"), "line 2"),
        (csv_of("hour_local,transactions", "2025-10-26 02:00,1"), "came twice"),
        (csv_of("hour_local,transactions", "2025-03-30 02:00,1"), "never was"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"", "line 1"),
        (b"a" * (1 << 21), "larger than"),
    ],
)
def test_what_is_no_hourly_total_is_refused(text: bytes, says: str) -> None:
    with pytest.raises(RefusedTotals, match=says):
        read_totals(text, STOCKHOLM)


def test_both_hours_of_the_night_in_autumn_can_be_told_by_their_offset() -> None:
    text = csv_of("hour_local,transactions", "2025-10-26 02:00+02:00,1", "2025-10-26 02:00+01:00,2")
    first = UtcHour.parse("2025-10-26T00Z")
    assert read_totals(text, STOCKHOLM) == {first: 1, first.plus(1): 2}


@given(
    st.integers(480_000, 500_000), st.sampled_from(["Europe/Stockholm", "America/New_York", "UTC"])
)
def test_every_local_hour_that_is_read_is_the_right_one(number: int, zone: str) -> None:
    hour = UtcHour(number)
    local = hour.start.astimezone(ZoneInfo(zone))
    text = csv_of("hour_local,transactions", f"{local:%Y-%m-%d %H:%M},5")
    again = local.replace(tzinfo=None, fold=0)
    ambiguous = (
        again.replace(tzinfo=ZoneInfo(zone)).utcoffset()
        != again.replace(tzinfo=ZoneInfo(zone), fold=1).utcoffset()
    )
    if ambiguous:
        with pytest.raises(RefusedTotals, match="came twice"):
            read_totals(text, ZoneInfo(zone))
    else:
        assert read_totals(text, ZoneInfo(zone)) == {hour: 5}


@given(st.binary(max_size=200))
@example(b"hour_utc,transactions\r2025-03-30T01Z,1\n")
def test_any_bytes_are_totals_or_refused(data: bytes) -> None:
    try:
        totals = read_totals(data, STOCKHOLM)
    except RefusedTotals as error:
        assert str(error)
    else:
        assert all(0 <= total <= 20_000 for total in totals.values())


def test_a_correction_is_a_new_revision_and_a_repetition_is_nothing() -> None:
    totals, booked = book({}, {NINE: 12})
    assert (booked.new, booked.corrected, booked.known) == (1, 0, 0)
    totals, booked = book(totals, {NINE: 12})
    assert (totals[NINE], booked.known) == (HourTotal(NINE, 12, 1), 1)
    totals, booked = book(totals, {NINE: 13})
    assert (totals[NINE], booked.corrected) == (HourTotal(NINE, 13, 2), 1)


def test_totals_stay_on_disk_across_months(tmp_path: Path) -> None:
    last = UtcHour.parse("2025-06-30T23Z")
    assert TillStore(tmp_path / "till").read(NINE, last) == {}
    booked = TillStore(tmp_path / "till").book({NINE: 12, last: 2, last.plus(1): 3})
    assert booked.new == 3
    store = TillStore(tmp_path / "till")
    assert {hour: t.transactions for hour, t in store.read(NINE, last).items()} == {
        NINE: 12,
        last: 2,
    }
    assert store.read(last.plus(1), last.plus(9))[last.plus(1)].transactions == 3


def test_a_damaged_month_is_read_from_its_copy(tmp_path: Path) -> None:
    TillStore(tmp_path).book({NINE: 12})
    (tmp_path / "2025-06.json.gz").write_bytes(b"rubbish")
    assert TillStore(tmp_path).read(NINE, NINE)[NINE].transactions == 12
    TillStore(tmp_path).book({NINE: 13})
    assert TillStore(tmp_path).read(NINE, NINE)[NINE] == HourTotal(NINE, 13, 2)


def test_dropped_files_are_booked_or_refused_and_never_kept(tmp_path: Path) -> None:
    store = TillStore(tmp_path / "till")
    drop = tmp_path / "drop"
    drop.mkdir()
    (drop / "a.csv").write_bytes(csv_of("hour_utc,transactions", "2025-06-02T09Z,12"))
    (drop / "b.csv").write_bytes(csv_of("receipt,customer", "1,Anna Svensson"))
    (drop / "c.part").write_bytes(b"half writ")
    taken = TillDrop(drop, store, STOCKHOLM).take()
    assert [(each.name, each.booked is not None) for each in taken] == [
        ("a.csv", True),
        ("b.csv", False),
    ]
    assert sorted(path.name for path in drop.iterdir()) == ["b.csv.refused.txt", "c.part"]
    assert "Anna" not in (drop / "b.csv.refused.txt").read_text(encoding="utf-8")
    assert store.read(NINE, NINE)[NINE].transactions == 12
    assert TillDrop(tmp_path / "nowhere", store, STOCKHOLM).take() == []


class Clock:
    """Seconds that a test sets."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


Till = tuple[TestClient, TillStore, Clock]


@pytest.fixture
async def till(tmp_path: Path) -> AsyncIterator[Till]:
    """A client of the sub-application, the store behind it, and its clock."""
    store, clock = TillStore(tmp_path), Clock()

    async def booked(given: Mapping[UtcHour, int]) -> Booked:
        return store.book(given)

    async with TestClient(TestServer(till_app(booked, TOKEN, clock))) as client:
        yield client, store, clock


def bearer(token: str = TOKEN) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def body(**more: object) -> dict[str, object]:
    return {"totals": [{"hour_utc": str(NINE), "transactions": 12, **more}]}


async def test_posted_totals_are_stored_once(till: Till) -> None:
    client, store, _ = till
    first = await client.post("/totals", json=body(), headers=bearer())
    again = await client.post("/totals", json=body(), headers=bearer())
    assert (first.status, await first.json()) == (200, {"new": 1, "corrected": 0, "known": 0})
    assert await again.json() == {"new": 0, "corrected": 0, "known": 1}
    assert store.read(NINE, NINE)[NINE] == HourTotal(NINE, 12, 1)


@pytest.mark.parametrize("headers", [{}, bearer("wrong"), {"Authorization": TOKEN[:-1]}])
async def test_without_the_token_nothing_is_taken(till: Till, headers: dict[str, str]) -> None:
    client, store, _ = till
    answer = await client.post("/totals", json=body(), headers=headers)
    assert answer.status == 401
    assert TOKEN not in await answer.text()
    assert store.read(NINE, NINE) == {}


@pytest.mark.parametrize(
    "more", [{"receipt": "77"}, {"customer_id": 5}, {"transactions": -1}, {"hour_utc": "9 a.m."}]
)
async def test_anything_but_totals_is_refused_by_schema(
    till: Till, more: dict[str, object]
) -> None:
    client, store, _ = till
    answer = await client.post("/totals", json=body(**more), headers=bearer())
    assert answer.status == 400
    assert (await answer.json())["error"]
    assert store.read(NINE, NINE) == {}


async def test_a_large_body_is_refused_unread(till: Till) -> None:
    client, _, _ = till
    answer = await client.post("/totals", data=b" " * (LARGEST_BODY_BYTES + 1), headers=bearer())
    assert answer.status == 413


async def test_guessing_tokens_uses_up_the_allowance(till: Till) -> None:
    client, _, clock = till
    for _ in range(REQUESTS_A_MINUTE):
        assert (await client.post("/totals", headers=bearer("guess"))).status == 401
    assert (await client.post("/totals", json=body(), headers=bearer())).status == 429
    clock.now_s = 60.0
    assert (await client.post("/totals", json=body(), headers=bearer())).status == 200


async def test_a_full_disk_is_said_and_nothing_is_lost(tmp_path: Path) -> None:
    async def full(_given: Mapping[UtcHour, int]) -> Never:
        raise Transient("till", "the disk is full")

    async with TestClient(TestServer(till_app(full, TOKEN, Clock()))) as client:
        answer = await client.post("/totals", json=body(), headers=bearer())
        assert answer.status == 503


def test_a_secret_is_private_and_long(tmp_path: Path) -> None:
    path = tmp_path / "token"
    with pytest.raises(Rejected, match="umask 077"):
        read_secret(path, "till")
    path.write_text(TOKEN + "\n", encoding="ascii")
    path.chmod(0o644)
    with pytest.raises(Rejected, match="chmod 600"):
        read_secret(path, "till")
    path.chmod(0o600)
    assert read_secret(path, "till") == TOKEN
    path.write_text("short", encoding="ascii")
    with pytest.raises(Rejected, match="at least") as refused:
        read_secret(path, "till")
    assert "short" not in str(refused.value)
