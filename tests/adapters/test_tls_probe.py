"""Whether a receiver is reached: real TLS on loopback, a portal, and one interface alone."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from certificates import Authority

from fanlight.adapters.tls_probe import Goal, TlsProbe
from fanlight.app.compose_links import goal_of
from fanlight.app.uplink_config import HttpsUplinkSection, MqttUplinkSection
from fanlight.ports.errors import Rejected, Transient
from receiver_kit import Receiver, serving


@pytest.fixture
def goal(tmp_path: Path) -> Iterator[Goal]:
    authority = Authority(tmp_path)
    receiver = Receiver()
    with serving(receiver, authority.issue("receiver", host="localhost")):
        yield Goal(host="localhost", port=receiver.port, ca_file=str(authority.file))
    assert receiver.requests == 0, "a probe sends nothing"


def test_a_receiver_that_shows_its_certificate_is_reached(goal: Goal) -> None:
    TlsProbe(goal).reach()
    TlsProbe(goal, interface="lo").reach()


def test_another_that_answers_in_its_place_is_not(goal: Goal, tmp_path: Path) -> None:
    stranger = Authority(tmp_path, "strangers")
    fooled = Goal(host=goal.host, port=goal.port, ca_file=str(stranger.file))
    with pytest.raises(Rejected, match="not signed by an authority"):
        TlsProbe(fooled).reach()


def test_over_an_interface_that_leads_nowhere_nobody_is_reached(goal: Goal) -> None:
    with pytest.raises(Transient):
        TlsProbe(goal, interface="no-such-if", timeout_s=1.0).reach()


def test_silence_ends(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        goal = Goal(host="127.0.0.1", port=mute.getsockname()[1])
        with pytest.raises(Transient, match="does not answer in time"):
            TlsProbe(goal, timeout_s=0.3).reach()
        TlsProbe(Goal(host=goal.host, port=goal.port, tls=False)).reach()
    with pytest.raises(Transient, match="refuses connections"):
        TlsProbe(goal).reach()
    with pytest.raises(Transient, match="name is not known"):
        TlsProbe(Goal(host="no-such-host.invalid", port=443)).reach()


def test_the_goal_is_the_uplinks_own() -> None:
    https = HttpsUplinkSection(name="hq", url="https://counts.example.com/hook", ca_file="/ca")
    assert goal_of(https) == Goal(host="counts.example.com", port=443, ca_file="/ca")
    clear = HttpsUplinkSection(name="hq", url="http://localhost:8080")
    assert goal_of(clear) == Goal(host="localhost", port=8080, tls=False)
    mqtt = MqttUplinkSection(name="home", host="broker")
    assert goal_of(mqtt) == Goal(host="broker", port=8883)
