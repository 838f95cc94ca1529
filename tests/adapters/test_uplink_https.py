"""The HTTPS uplink before receivers, networks and portals that behave badly."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from certificates import Authority

from dispatch_kit import hour_of, signed_of
from fanlight.adapters.device_identity import FileIdentity
from fanlight.adapters.uplink_https import HttpsSettings, HttpsUplink
from fanlight.ports.errors import Rejected, Transient
from fanlight.ports.uplink import Later, TooLarge
from receiver_kit import Receiver, reply, serving
from uplink_kit import HttpsKit

HOUR = "2025-03-30T01Z"
TOKEN = "a-secret-of-the-shop-0123456789"  # noqa: S105 - of a receiver that lives for a test


@pytest.fixture
def identity(tmp_path: Path) -> FileIdentity:
    return FileIdentity(tmp_path / "identity.key")


@pytest.fixture
def kit(tmp_path: Path, identity: FileIdentity) -> Iterator[HttpsKit]:
    with HttpsKit(tmp_path, identity).running() as made:
        yield made


def answers(status: int, body: object = b"", **headers: str) -> Callable[..., bool]:
    def first(handler: BaseHTTPRequestHandler, _: bytes) -> bool:
        reply(handler, status, body, **headers)
        return True

    return first


def drips(handler: BaseHTTPRequestHandler, _: bytes) -> bool:
    """Answer a byte now and then, as slow-loris attacks do, for longer than any deadline."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    for _ in range(60):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.05)
    return True


def drips_headers(handler: BaseHTTPRequestHandler, _: bytes) -> bool:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(60):
        handler.wfile.write(f"X-{number}: 1\r\n".encode())
        handler.wfile.flush()
        time.sleep(0.05)
    return True


def floods(handler: BaseHTTPRequestHandler, _: bytes) -> bool:
    handler.send_response(200)
    handler.send_header("Content-Length", str(1 << 30))
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b"a" * 65536)
    return True


def hangs_up(handler: BaseHTTPRequestHandler, _: bytes) -> bool:
    handler.send_response(200)
    handler.send_header("Content-Length", "500")
    handler.end_headers()
    handler.wfile.write(b'{"stored": {"hours": [')
    handler.close_connection = True
    return True


@pytest.mark.parametrize(
    ("first", "error", "words"),
    [
        (answers(200, b"<html>Welcome to the mall's Wi-Fi</html>"), Transient, "log-in page"),
        (answers(200, {"ok": True}), Transient, "log-in page"),
        (answers(302, b"", Location="https://portal.example/"), Rejected, "check url"),
        (answers(401), Rejected, "enrol it again"),
        (answers(403), Rejected, "does not admit"),
        (answers(404), Rejected, "check url"),
        (answers(413), TooLarge, "too large"),
        (answers(400), TooLarge, "cannot read"),
        (answers(429, b"", Retry_After="90"), Later, "asks to wait"),
        (answers(500), Transient, "in trouble itself"),
        (answers(503), Transient, "in trouble itself"),
        (drips, Transient, "no answer within"),
        (drips_headers, Transient, "no answer within"),
        (floods, Transient, "has no end"),
        (hangs_up, Transient, "connection broke"),
    ],
)
def test_bad_answers_deliver_nothing_and_say_what_they_are(
    kit: HttpsKit,
    identity: FileIdentity,
    first: Callable[..., bool],
    error: type[Exception],
    words: str,
) -> None:
    uplink = kit.uplink()
    kit.receiver.first = first
    with pytest.raises(error, match=words):
        uplink.send(signed_of(identity, hour_of(HOUR)))
    kit.receiver.first = None
    assert uplink.send(signed_of(identity, hour_of(HOUR))).hours, "a bad answer spoils no later one"
    uplink.close()


def test_a_receivers_wish_to_wait_is_bounded(kit: HttpsKit, identity: FileIdentity) -> None:
    kit.receiver.first = answers(503, b"", Retry_After="9999999")
    with pytest.raises(Later) as caught:
        kit.uplink().send(signed_of(identity, hour_of(HOUR)))
    assert caught.value.wait_s <= 3600


def test_one_connection_serves_many_dispatches(kit: HttpsKit, identity: FileIdentity) -> None:
    uplink = kit.uplink()
    for revision in range(1, 9):
        uplink.send(signed_of(identity, hour_of(HOUR, revision=revision)))
    uplink.close()
    assert kit.receiver.connections == 1


def test_an_unknown_name_is_told_as_such(tmp_path: Path, identity: FileIdentity) -> None:
    uplink = HttpsUplink("hq", HttpsSettings(url="https://no-such-host.invalid"))
    with pytest.raises(Transient, match="name is not known"):
        uplink.send(signed_of(identity, hour_of(HOUR)))


def test_mutual_tls_admits_the_device_with_its_certificate_only(
    tmp_path: Path, identity: FileIdentity
) -> None:
    authority = Authority(tmp_path)
    server, device = authority.issue("server"), authority.issue("device", client=True)
    receiver = Receiver(keys={identity.device_id: identity.public_key})
    with serving(receiver, server, str(authority.file)) as url:
        known = HttpsSettings(
            url=url,
            ca_file=str(authority.file),
            certificate_file=str(device.certificate),
            key_file=str(device.key),
        )
        assert HttpsUplink("hq", known).send(signed_of(identity, hour_of(HOUR))).hours
        unknown = HttpsUplink("hq", HttpsSettings(url=url, ca_file=str(authority.file)))
        with pytest.raises((Rejected, Transient)) as caught:
            unknown.send(signed_of(identity, hour_of(HOUR)))
    assert any(words in str(caught.value) for words in ("certificate", "broke", "no secure"))
    assert receiver.requests == 1


def test_a_missing_certificate_is_named_at_the_start(tmp_path: Path) -> None:
    missing = str(tmp_path / "ca.pem")
    with pytest.raises(Rejected, match=r"ca\.pem: there is no such file"):
        HttpsUplink("hq", HttpsSettings(url="https://127.0.0.1:9", ca_file=missing))


def test_a_plain_address_acknowledges_by_its_status_and_gets_the_token(
    tmp_path: Path, identity: FileIdentity
) -> None:
    seen: list[str] = []

    def hook(handler: BaseHTTPRequestHandler, _: bytes) -> bool:
        seen.append(f"{handler.path} {handler.headers['Authorization']}")
        reply(handler, 204, b"")
        return True

    authority = Authority(tmp_path)
    with serving(Receiver(first=hook), authority.issue("server")) as url:
        settings = HttpsSettings(
            url=f"{url}/hook", plain=True, ca_file=str(authority.file), token=lambda: TOKEN
        )
        answer = HttpsUplink("hook", settings).send(signed_of(identity, hour_of(HOUR)))
    assert {key.hour for key in answer.hours} == {HOUR}
    assert seen == [f"/hook Bearer {TOKEN}"]


def test_no_message_holds_the_token(kit: HttpsKit, identity: FileIdentity, tmp_path: Path) -> None:
    kit.receiver.first = answers(401)
    settings = HttpsSettings(
        url=f"https://127.0.0.1:{kit.receiver.port}",
        ca_file=str(tmp_path / "shops-ca.pem"),
        token=lambda: TOKEN,
    )
    with pytest.raises(Rejected) as caught:
        HttpsUplink("hq", settings).send(signed_of(identity, hour_of(HOUR)))
    assert TOKEN not in str(caught.value)
    assert TOKEN not in repr(settings)


@pytest.mark.parametrize("forged", [False, True])
def test_the_receivers_time_is_believed_only_with_its_signature(
    kit: HttpsKit, identity: FileIdentity, tmp_path: Path, *, forged: bool
) -> None:
    kit.receiver.utc_ms = 1_800_000_000_123
    key = bytes(32) if forged else kit.receiver.key
    settings = HttpsSettings(
        url=f"https://127.0.0.1:{kit.receiver.port}",
        ca_file=str(tmp_path / "shops-ca.pem"),
        receiver_key=lambda: key,
    )
    answer = HttpsUplink("hq", settings).send(signed_of(identity, hour_of(HOUR)))
    assert answer.utc_ns == (None if forged else 1_800_000_000_123_000_000)
