"""The MQTT uplink before a real broker, and what Home Assistant finds there."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from certificates import Authority
from hypothesis import given
from hypothesis import strategies as st

from dispatch_kit import dispatch_of, hour_of, signed_of
from fanlight.adapters.device_identity import FileIdentity
from fanlight.adapters.uplink_mqtt import MqttSettings, MqttUplink
from fanlight.domain.home_assistant import discovery, slug, state_topic, states
from fanlight.ports.errors import Rejected, Transient
from uplink_kit import DEADLINE_S, MqttKit, mosquitto

LAST, OLDER = "2025-03-30T01Z", "2025-03-29T20Z"
"""The hour before the one in which dispatches of the kit are sent, and an older one."""


@pytest.fixture
def identity(tmp_path: Path) -> FileIdentity:
    return FileIdentity(tmp_path / "identity.key")


@pytest.fixture
def kit(tmp_path: Path, identity: FileIdentity) -> Iterator[MqttKit]:
    with MqttKit(tmp_path, identity).running() as made:
        yield made


def test_home_assistant_finds_every_figure_of_the_last_hour(
    kit: MqttKit, identity: FileIdentity
) -> None:
    kit.uplink().send(signed_of(identity, hour_of(LAST, 7)))
    kit.arrived()
    configs = {t: json.loads(b) for t, b in kit.retained.items() if t.endswith("/config")}
    assert len(configs) == 5
    for config in configs.values():
        state = json.loads(kit.retained[config["state_topic"]])
        field = config["value_template"].removeprefix("{{ value_json.").removesuffix(" }}")
        assert isinstance(state[field], int)
        assert config["expire_after"] > 24 * 3600
    (total,) = (c for c in configs.values() if c["unique_id"].endswith("entries_total"))
    assert total["state_class"] == "total_increasing"
    assert len({config["unique_id"] for config in configs.values()}) == 5


def test_an_hour_that_comes_late_takes_no_newer_ones_place(
    kit: MqttKit, identity: FileIdentity
) -> None:
    uplink = kit.uplink()
    uplink.send(signed_of(identity, hour_of(LAST, 7)))
    uplink.send(signed_of(identity, hour_of(OLDER, 99, revision=8)))
    assert kit.arrived()[OLDER] == 8
    state = json.loads(kit.retained[state_topic("fanlight", identity.device_id, "door")])
    assert (state["hour"], state["entries"]) == (LAST, 7)


def test_with_a_wanted_subscriber_nobody_there_is_no_delivery(
    tmp_path: Path, identity: FileIdentity
) -> None:
    authority = Authority(tmp_path)
    with mosquitto(tmp_path, "lonely", authority.issue("broker")) as port:
        fields = MqttSettings(
            host="127.0.0.1", port=port, ca_file=str(authority.file), timeout_s=DEADLINE_S
        )
        signed = signed_of(identity, hour_of(LAST))
        assert MqttUplink("home", fields).send(signed).hours
        with pytest.raises(Transient, match="nobody subscribes"):
            MqttUplink("home", replace(fields, needs_subscriber=True)).send(signed)


def test_a_wrong_password_is_told_without_the_password(
    tmp_path: Path, identity: FileIdentity
) -> None:
    authority, passwords = Authority(tmp_path), tmp_path / "passwords"
    made = ["mosquitto_passwd", "-c", "-b", str(passwords), "shop", "right-password"]
    subprocess.run(made, check=True, capture_output=True)
    more = ("allow_anonymous false", f"password_file {passwords}")
    with mosquitto(tmp_path, "strict", authority.issue("broker"), *more) as port:
        known = MqttSettings(
            host="127.0.0.1",
            port=port,
            ca_file=str(authority.file),
            timeout_s=DEADLINE_S,
            user="shop",
            password=lambda: "right-password",
        )
        signed = signed_of(identity, hour_of(LAST))
        assert MqttUplink("home", known).send(signed).hours
        wrong = replace(known, password=lambda: "wrong-password")
        with pytest.raises(Rejected, match="check user, password") as caught:
            MqttUplink("home", wrong).send(signed)
    assert "wrong-password" not in str(caught.value)


@given(st.lists(st.text(min_size=1, max_size=40), unique=True, max_size=6))
def test_any_names_make_safe_and_different_topics(names: list[str]) -> None:
    slugs = [slug(name) for name in names]
    assert len(set(slugs)) == len(names)
    for each in slugs:
        assert each.isascii()
        assert set(each).isdisjoint('/+# \0"')


@given(st.text(min_size=1, max_size=40))
def test_what_is_retained_is_json_whatever_a_door_is_called(name: str) -> None:
    hour = hour_of(LAST)
    named = replace(hour, lines=(replace(hour.lines[0], name=name),))
    dispatch = dispatch_of(named)
    for topic, body in [*discovery("fanlight", dispatch), *states("fanlight", dispatch)]:
        assert json.loads(body)
        assert topic.isascii()


def test_without_the_time_nothing_is_called_the_last_hour() -> None:
    assert states("fanlight", replace(dispatch_of(hour_of(LAST)), utc=None)) == []
