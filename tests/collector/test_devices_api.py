"""What devices may send, and what becomes of it; on SQLite and on PostgreSQL."""

from __future__ import annotations

import base64
import gzip
import json
import secrets
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from collector_kit import Camera, House, hour_of
from fanlight.domain.dispatch import Spending, Status, UnplacedReport, canonical_json

HOUR, NEXT = "2025-03-30T00Z", "2025-03-30T01Z"


def test_an_enrolled_device_is_heard_and_its_hours_are_named_as_stored(house: House) -> None:
    camera = house.enrolled()
    answer = house.send(camera, hour_of(HOUR, 3), hour_of(NEXT, 4))
    assert answer.status_code == 200
    assert answer.json()["stored"]["hours"] == [
        {"hour": HOUR, "revision": 1},
        {"hour": NEXT, "revision": 1},
    ]
    assert house.entries() == {HOUR: 3, NEXT: 4}


def test_twice_late_and_out_of_order_keeps_the_highest_revision(house: House) -> None:
    camera = house.enrolled()
    for revision, entries in ((2, 20), (1, 10), (3, 30), (3, 30), (2, 20), (1, 10)):
        answer = house.send(camera, hour_of(HOUR, entries, revision))
        assert answer.json()["stored"]["hours"], "an older one counts as stored"
    assert house.entries() == {HOUR: 30}


def test_two_revisions_in_one_dispatch_leave_the_higher(house: House) -> None:
    camera = house.enrolled()
    house.send(camera, hour_of(HOUR, 9, 5), hour_of(HOUR, 2, 4))
    assert house.entries() == {HOUR: 9}


def test_the_time_is_signed_for_this_nonce(house: House) -> None:
    camera, token = Camera(), secrets.token_urlsafe(24)
    house.app.state.store.make_token(token, "shop", "test", 2**40, 0)
    key = base64.b64decode(house.enrol(camera, token).json()["receiver_key"])
    told = house.send(camera, hour_of(HOUR), nonce="x" * 22).json()["time"]
    assert told["nonce"] == "x" * 22
    signed = canonical_json({"nonce": told["nonce"], "utc_ms": told["utc_ms"]})
    signature = base64.b64decode(told["signature"])
    Ed25519PublicKey.from_public_bytes(key).verify(signature, signed)


def test_a_token_serves_one_device_for_a_while(house: House) -> None:
    one, other, token = Camera(), Camera(), secrets.token_urlsafe(24)
    house.app.state.store.make_token(token, "shop", "test", int(house.clock()) + 60, 0)
    assert house.enrol(one, "wrong" * 8).status_code == 401
    assert house.enrol(one, token).status_code == 201
    assert house.enrol(one, token).status_code == 200
    assert house.enrol(other, token).status_code == 409
    house.clock.at_s += 61
    assert house.enrol(other, token).status_code == 401


def test_what_is_not_signed_by_the_device_is_refused(house: House) -> None:
    camera, stranger = house.enrolled(), Camera()
    assert house.send(stranger, hour_of(HOUR)).status_code == 401
    dispatch = camera.dispatch(hour_of(HOUR, 3))
    wire = json.loads(camera.sign(dispatch))
    wire["message"]["hours"][0]["lines"][0]["entries"] = 300
    assert house.post(json.dumps(wire).encode()).status_code == 401
    forged = stranger.sign(replace(dispatch, device=camera.name))
    assert house.post(forged).status_code == 401
    assert house.entries() == {}


def test_fields_of_a_later_firmware_are_covered_by_the_signature_and_kept(house: House) -> None:
    camera = house.enrolled()
    plain = json.loads(camera.sign(camera.dispatch(hour_of(HOUR, 3))))["message"]
    plain["weather"] = "rain"
    signature = base64.b64encode(camera.key.sign(canonical_json(plain))).decode()
    wire = {"message": plain, "signature": signature}
    assert house.post(json.dumps(wire, indent=2).encode()).status_code == 200
    assert house.entries() == {HOUR: 3}


def test_a_blocked_device_is_refused_until_it_is_not(house: House) -> None:
    camera = house.enrolled()
    house.app.state.store.block(camera.name, "test", 0, blocked=True)
    assert house.send(camera, hour_of(HOUR)).status_code == 403
    house.app.state.store.block(camera.name, "test", 0, blocked=False)
    assert house.send(camera, hour_of(HOUR)).status_code == 200


def test_unplaced_hours_and_what_the_device_says_of_itself_are_kept(house: House) -> None:
    camera = house.enrolled()
    spending = Spending(month="2025-03", spent_bytes=123, budget_bytes=1_000_000)
    status = Status(trouble=("too_dark",), waiting_hours=7, link="lte", spending=spending)
    lost = UnplacedReport(boot="boot-a", boot_hour=3, lines=hour_of(HOUR).lines)
    answer = house.send(camera, unplaced=(lost,), status=status)
    assert answer.json()["stored"]["unplaced"] == [{"boot": "boot-a", "boot_hour": 3}]
    house.log_in_as("viewer")
    page = house.client.get(f"/devices/{camera.name}").text
    assert "too_dark" in page
    assert ">7<" in page


@pytest.mark.parametrize(
    ("body", "encoding", "status"),
    [
        (b"", "", 400),
        (b"not json", "", 400),
        (b"[" * 100_000, "", 400),
        (b'{"message": {}, "signature": "x"}', "", 400),
        (b"\x1f\x8b rubbish", "gzip", 400),
        (gzip.compress(b"{}")[:-5], "gzip", 400),
        (gzip.compress(b" " * 60_000_000), "gzip", 413),
        (secrets.token_bytes(300_000), "", 413),
        (b"{}", "br", 400),
    ],
)
def test_rubbish_gets_a_client_error(house: House, body: bytes, encoding: str, status: int) -> None:
    headers = {"Content-Encoding": encoding} if encoding else {}
    answer = house.client.post("/api/v1/dispatches", content=body, headers=headers)
    assert answer.status_code == status


@pytest.mark.parametrize(
    "bad",
    [
        replace(hour_of(HOUR), hour="yesterday"),
        replace(hour_of(HOUR), revision=-1),
        replace(hour_of(HOUR), revision=2**70),
        hour_of(HOUR, entries=-3),
    ],
)
def test_a_signed_impossibility_is_refused_and_stores_nothing(house: House, bad: object) -> None:
    camera = house.enrolled()
    assert house.send(camera, hour_of(NEXT), bad).status_code == 400  # type: ignore[arg-type]
    assert house.entries() == {}


def test_people_whose_report_never_came_are_told_by_the_totals(house: House) -> None:
    camera = house.enrolled()
    first, later = hour_of(HOUR, 3), hour_of("2025-03-30T03Z", 5)
    line = replace(later.lines[0], total_entries=first.lines[0].total_entries + 5 + 12)
    house.send(camera, first, replace(later, lines=(line,)))
    house.log_in_as("viewer")
    page = house.client.get(f"/devices/{camera.name}").text
    assert "12 more came in hours without a report" in page


def test_hours_leave_by_policy_with_an_entry_in_the_audit_log(house: House) -> None:
    camera = house.enrolled()
    house.send(camera, hour_of("2025-03-01T00Z"), hour_of(HOUR))
    gone = house.app.state.store.forget_before(int(house.clock()) // 3600 - 24 * 7, 5)
    assert gone == 1
    assert list(house.entries()) == [HOUR]
    house.log_in_as("owner")
    assert "hours removed" in house.client.get("/audit").text
