from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.app.config import SECTIONS, Config, load_config, parse_config
from fanlight.ports.errors import ConfigError

REPO = Path(__file__).parents[2]
CONFIGURATION_MD = REPO / "docs/operating/configuration.md"


def test_an_empty_file_is_every_default() -> None:
    assert parse_config(b"", "x.toml") == Config()


HTTPS = "[[uplinks]]\nkind='https'\nname='a'\n"
MQTT = "[[uplinks]]\nkind='mqtt'\nname='a'\n"
LTE = HTTPS + "url='https://a.b'\n[links.lte]\napn='internet'\n"


@pytest.mark.parametrize(
    ("text", "path", "rule"),
    [
        ("[device]\nnam = 'x'", "device", "did you mean `name`?"),
        ("[camera]\nkind = 'pi'", "camera.kind", "'pi'"),
        ("[[lines]]\nname='a'\nstart=[0,1.2]\nend=[1,1]", "lines[0].start[1]", "<= 1.0"),
        ("[privacy]\npixel_lifetime_budget_ms='a'", "privacy.pixel_lifetime_budget_ms", "float"),
        ("[device]\ntimezone='Mars'", "device.timezone", "IANA"),
        ("[[lines]]\nname='a'\nstart=[0,1]\nend=[0,1]", "lines[0]", "needs a length"),
        ("lines=[]", "lines", "nothing to count"),
        ("[books]\ncheckpoint_s=60", "books.checkpoint_s", "<= 5"),
        ("[[zones]]\nname='z'\ncorners=[[0,0],[1,1]]", "zones[0].corners", "length >= 3"),
        ("[device\n", "line 1", "not valid TOML"),
        (
            "zones=[{name='a',corners=[[0,0],[1,1],[1,0]]},{name='a',corners=[[0,0],[1,1],[1,0]]}]",
            "'a'",
            "unique",
        ),
        ("[[uplinks]]\nkind='ftp'\nname='a'", "uplinks[0].kind", "'ftp'"),
        (HTTPS + "url='ftp://a.b/c'", "uplinks[0].url", "matching regex"),
        (HTTPS + "url='http://far.example'", "(a)", "in the clear; use TLS"),
        (HTTPS + "url='https://[/'", "(a)", "is no address"),
        (HTTPS + "url='https://a.b'\n" + HTTPS + "url='https://c.d'", "'a'", "unique"),
        (HTTPS + "url='https://a.b'\nkey_file='/k'", "(a)", "certificate_file"),
        (HTTPS + "url='https://a.b'\nevery_h=25", "uplinks[0].every_h", "<= 24"),
        (MQTT + "host='far'\ntls=false", "(a)", "in the clear; use TLS"),
        (MQTT + "host='far'\nport=0", "uplinks[0].port", ">= 1"),
        ("[links.lte]\napn='internet'", "links.lte", "no `uplinks`"),
        (LTE + "at_port='/dev/a'\ndata_port='/dev/a'", "links.lte", "two ports"),
        (LTE + "monthly_bytes=5", "links.lte.monthly_bytes", ">= 100000"),
        (LTE + "power_pin=40", "links.lte.power_pin", "<= 27"),
        (LTE + "apm='x'", "links.lte", "did you mean `apn`?"),
    ],
)
def test_a_broken_rule_is_named_with_its_place(text: str, path: str, rule: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(text.encode(), "door.toml")
    message = str(caught.value)
    assert message.startswith("door.toml: ")
    assert path in message
    assert rule in message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml: cannot be read \(No such file"):
        load_config(tmp_path / "nowhere.toml")


@given(st.binary(max_size=200))
def test_rubbish_is_an_error_and_never_a_crash(rubbish: bytes) -> None:
    try:
        parse_config(rubbish, "x.toml")
    except ConfigError as error:
        assert str(error).startswith("x.toml: ")


def test_every_key_is_documented() -> None:
    documented = set(re.findall(r"`([a-z_0-9]+)`", CONFIGURATION_MD.read_text()))
    documented |= set(re.findall(r"\[+([a-z_]+)\]", CONFIGURATION_MD.read_text()))
    keys = {key for section in SECTIONS for key in section.__struct_fields__}
    assert keys - documented == set()


def test_documented_defaults_are_the_real_ones() -> None:
    rows = re.findall(r"^\| `(\w+)` \| `([^`]+)` \|", CONFIGURATION_MD.read_text(), re.MULTILINE)
    assert len(rows) > 10
    defaults: dict[str, set[str]] = {}
    for section in SECTIONS:
        for key, default in zip(
            section.__struct_fields__[::-1], section.__struct_defaults__[::-1], strict=False
        ):
            defaults.setdefault(key, set()).add(f"{default}".strip('"'))
    for key, documented in rows:
        assert documented.strip('"') in defaults[key], key


def test_the_factorys_settings_make_a_device_that_waits_for_its_card() -> None:
    config = load_config(REPO / "image-build/files/etc/fanlight/factory.toml")
    assert config.console is not None
    assert config.setup is not None
    assert config.panel is not None
    assert config.uplinks == ()
