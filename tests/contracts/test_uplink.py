"""What every uplink promises, with a real receiver on loopback."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dispatch_kit import hour_of, signed_of
from fanlight.adapters.device_identity import FileIdentity
from fanlight.domain.dispatch import HourKey
from fanlight.ports.errors import Rejected, Transient
from uplink_kit import DEADLINE_S, HttpsKit, MqttKit, UplinkKit

# A socket whose TLS handshake failed is left by paho to Python's garbage collector.
leaves_a_socket = pytest.mark.filterwarnings(
    "ignore:.*SSLSocket:pytest.PytestUnraisableExceptionWarning"
)
HOURS = ("2025-03-30T00Z", "2025-03-30T01Z", "2025-03-30T02Z")


@pytest.fixture
def identity(tmp_path: Path) -> FileIdentity:
    return FileIdentity(tmp_path / "identity.key")


@pytest.fixture(params=[HttpsKit, MqttKit])
def kit(
    request: pytest.FixtureRequest, tmp_path: Path, identity: FileIdentity
) -> Iterator[UplinkKit]:
    with request.param(tmp_path, identity).running() as made:
        yield made


def test_what_is_sent_arrives_and_is_acknowledged(kit: UplinkKit, identity: FileIdentity) -> None:
    uplink = kit.uplink()
    answer = uplink.send(signed_of(identity, *map(hour_of, HOURS)))
    uplink.close()
    assert answer.hours == {HourKey(hour, 1) for hour in HOURS}
    assert kit.arrived() == dict.fromkeys(HOURS, 1)


def test_sending_again_and_in_any_order_changes_nothing(
    kit: UplinkKit, identity: FileIdentity
) -> None:
    uplink = kit.uplink()
    for revision, hour in ((2, HOURS[0]), (1, HOURS[0]), (3, HOURS[1]), (2, HOURS[0])):
        uplink.send(signed_of(identity, hour_of(hour, revision=revision)))
    uplink.close()
    assert kit.arrived() == {HOURS[0]: 2, HOURS[1]: 3}


@leaves_a_socket
def test_a_receiver_that_is_not_the_right_one_is_refused(
    kit: UplinkKit, identity: FileIdentity
) -> None:
    for words, uplink in kit.mistrusted().items():
        with pytest.raises(Rejected, match=words):
            uplink.send(signed_of(identity, hour_of(HOURS[0])))
        uplink.close()
    assert kit.arrived() == {}


def test_nobody_there_is_a_passing_trouble(kit: UplinkKit, identity: FileIdentity) -> None:
    with pytest.raises(Transient):
        kit.to_nobody().send(signed_of(identity, hour_of(HOURS[0])))


@leaves_a_socket
def test_silence_ends_with_the_deadline(kit: UplinkKit, identity: FileIdentity) -> None:
    uplink = kit.to_silence()
    began_s = time.monotonic()
    with pytest.raises(Transient):
        uplink.send(signed_of(identity, hour_of(HOURS[0])))
    assert time.monotonic() - began_s < DEADLINE_S + 3


def test_closing_twice_is_harmless(kit: UplinkKit) -> None:
    uplink = kit.uplink()
    uplink.close()
    uplink.close()
