"""Settings that the device changes: a person's comments stay, and a broken rule changes nothing."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fanlight.app.config import parse_config
from fanlight.app.last_good import last_good_path, load_or_last_good
from fanlight.app.settings_file import SettingsFile
from fanlight.ports.errors import ConfigError, Transient

TEXT = """\
# The shop at the corner. Ask Anna before changing anything.
[device]
name = "Front door"   # as on the label
timezone = "Europe/Berlin"

# Set by the electrician:
[mount]
kind = "overhead"
barrel = 0.1

[[uplinks]]  # ours
kind = "https"
name = "hq"
url = "https://counts.example"

[links]
interface = "wlan1"

[opening]
mon = ["10:00-18:00"]
"""
CHANGES: dict[str, Any] = {
    "device": {"name": "Back door"},
    "opening": {"mon": [], "sat": ["10:00-13:00", "14:00-16:00"]},
    "links": {"lte": {"apn": "internet"}},
}


@pytest.fixture
def file(tmp_path: Path) -> SettingsFile:
    path = tmp_path / "fanlight.toml"
    path.write_text(TEXT, encoding="utf-8")
    return SettingsFile(path)


def test_a_change_keeps_comments_and_everything_it_does_not_name(file: SettingsFile) -> None:
    config = file.change(CHANGES)
    text = file.path.read_text(encoding="utf-8")
    assert config == parse_config(text.encode(), "test")
    assert config.device.name == "Back door"
    assert (config.device.timezone, config.mount.barrel) == ("Europe/Berlin", 0.1)
    assert (config.links.interface, config.uplinks[0].name) == ("wlan1", "hq")
    assert config.links.lte is not None
    assert (config.opening.mon, config.opening.sat) == ((), ("10:00-13:00", "14:00-16:00"))
    for comment in ("Ask Anna", "as on the label", "Set by the electrician", "# ours"):
        assert comment in text


def test_none_takes_away_a_key_or_a_table(file: SettingsFile) -> None:
    assert file.change({"device": {"timezone": None}, "uplinks": None}).device.timezone == "UTC"
    assert "hq" not in file.path.read_text()
    file.change({"till": None})


def test_lists_of_tables_are_replaced_as_a_whole(file: SettingsFile) -> None:
    row = {"kind": "https", "name": "card", "url": "https://other.example", "ca_file": None}
    assert [each.name for each in file.change({"uplinks": [row]}).uplinks] == ["card"]
    line = {"name": "a", "start": [0.1, 0.5], "end": [0.9, 0.5]}
    config = file.change({"lines": [line, line | {"name": "b"}], "passing_lines": []})
    assert [each.name for each in config.lines] == ["a", "b"]


BROKEN: dict[str, dict[str, Any]] = {
    "an unknown key": {"device": {"nam": "x"}},
    "an unknown table": {"shop": {"name": "x"}},
    "a wrong type": {"device": {"name": 7}},
    "no zone": {"device": {"timezone": "Europe/Berln"}},
    "half the mounting": {"mount": {"height_m": 3.0}},
    "two of a name": {"uplinks": [{"kind": "https", "name": "a", "url": "https://a"}] * 2},
    "LTE without an uplink": {"uplinks": None, "links": {"lte": {"apn": "internet"}}},
}


@pytest.mark.parametrize("changes", BROKEN.values(), ids=BROKEN)
def test_a_broken_rule_leaves_the_file_byte_for_byte(
    file: SettingsFile, changes: dict[str, Any]
) -> None:
    before = file.path.stat()
    with pytest.raises(ConfigError, match=r"fanlight\.toml"):
        file.change({"device": {"name": "Other"}} | changes)
    assert file.path.read_text(encoding="utf-8") == TEXT
    assert (file.path.stat().st_ino, file.path.stat().st_mtime_ns) == (
        before.st_ino,
        before.st_mtime_ns,
    )
    assert [each.name for each in file.path.parent.iterdir()] == ["fanlight.toml"]


def test_a_change_that_is_tried_writes_nothing(file: SettingsFile) -> None:
    text, config = file.changed(CHANGES)
    assert config.device.name == "Back door"
    assert b"Back door" in text
    assert file.path.read_text(encoding="utf-8") == TEXT


def test_a_storage_that_refuses_leaves_the_former_settings(
    file: SettingsFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("fanlight.adapters.disk.os.fsync", full)
    with pytest.raises(Transient, match=r"settings: .*the disk is full"):
        file.change(CHANGES)
    assert file.path.read_text(encoding="utf-8") == TEXT


@pytest.mark.parametrize("edit", [b"[device]\nnam = 'typo'", b"\xff\xfe", b"[device", b""])
def test_field_32_a_broken_file_is_replaced_from_the_last_good_copy(
    file: SettingsFile, edit: bytes
) -> None:
    load_or_last_good(file.path)
    if edit:
        file.path.write_bytes(edit)
    else:
        file.path.unlink()
    config = file.change({"device": {"name": "Back door"}})
    assert (config.device.name, config.mount.barrel) == ("Back door", 0.1)
    assert "Ask Anna" in file.path.read_text(encoding="utf-8")


def test_a_broken_file_without_a_good_copy_is_told_and_left(file: SettingsFile) -> None:
    file.path.write_bytes(b"[device")
    with pytest.raises(ConfigError, match="last-good"):
        file.change(CHANGES)
    assert file.path.read_bytes() == b"[device"


@pytest.fixture
def factory(tmp_path: Path) -> Path:
    path = tmp_path / "factory.toml"
    path.write_text("[device]\nname = 'new'  # shipped\n")
    return path


def test_the_factorys_settings_are_copied_once(tmp_path: Path, factory: Path) -> None:
    file = SettingsFile(tmp_path / "etc" / "fanlight.toml", factory)
    file.begin()
    assert file.path.read_text() == factory.read_text()
    file.change({"device": {"name": "mine"}})
    file.begin()
    assert "mine" in file.path.read_text()


def test_without_a_factory_nothing_is_made(tmp_path: Path) -> None:
    SettingsFile(tmp_path / "fanlight.toml").begin()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("broken", [b"[device", b"nam = 1"])
def test_broken_settings_of_the_factory_are_told_and_not_copied(
    tmp_path: Path, factory: Path, broken: bytes
) -> None:
    factory.write_bytes(broken)
    file = SettingsFile(tmp_path / "fanlight.toml", factory)
    with pytest.raises(ConfigError, match=r"factory\.toml"):
        file.begin()
    assert not file.path.exists()


def test_field_32_a_lost_file_is_not_a_reason_to_forget_the_settings(
    file: SettingsFile, factory: Path
) -> None:
    load_or_last_good(file.path)
    file.path.unlink()
    begun = SettingsFile(file.path, factory)
    begun.begin()
    assert load_or_last_good(file.path)[0].device.name == "Front door"
    last_good_path(file.path).write_bytes(b"rubbish")
    begun.begin()
    assert load_or_last_good(file.path)[0].device.name == "new"


SHAPES = (
    "",
    TEXT,
    "links = {interface = 'wlan1'}\nlines = [{name = 'a', start = [0, 0], end = [1, 1]}]\n",
    "links.interface = 'wlan1'\ndevice.name = 'x'\npassing_lines = []\n[books]\nkeep_days = 40\n",
    "[links.lte]\napn = 'a'\n[[uplinks]]\nkind='https'\nname='u'\nurl='https://u'\n[device]\n[links]\n",
    "[[lines]]\nname = 'a'\nstart = [0, 0]\nend = [1, 1]\n[device]\n[opening]\nmon = []\n",
    "[device]\r\nname = 'x'\r\n\r\n[opening]\r\nmon = []",
    "opening = {mon = ['10:00-12:00'], tue = []}\n",
)
LINE = {"name": "q", "start": [0.25, 0.5], "end": [0.75, 0.5]}
PIECES: tuple[dict[str, Any], ...] = (
    {"device": {"name": "Tür", "timezone": "Europe/Oslo"}},
    {"device": None},
    {"opening": {"mon": ["09:00-12:00"], "sun": []}},
    {"opening": None},
    {"uplinks": [{"kind": "https", "name": "card", "url": "https://c"}]},
    {"links": {"lte": {"apn": "net", "pin_file": "/p"}}},
    {"links": {"lte": None}},
    {"links": {"interface": "eth0"}},
    {"lines": [LINE]},
    {"passing_lines": [LINE | {"name": "r"}]},
    {"passing_lines": []},
    {"console": {"language": "de"}},
)


def plainly(document: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Change a plain dictionary in the same way."""
    for name, change in changes.items():
        if change is None:
            document.pop(name, None)
        elif isinstance(change, dict):
            known = document.get(name)
            document[name] = plainly(known if isinstance(known, dict) else {}, change)
        else:
            document[name] = change
    return document


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.sampled_from(SHAPES), st.lists(st.sampled_from(PIECES), min_size=1, max_size=4))
def test_in_whatever_way_a_person_writes_tables_a_change_means_the_same(
    tmp_path: Path, text: str, pieces: list[dict[str, Any]]
) -> None:
    file = SettingsFile(tmp_path / "fanlight.toml")
    file.path.write_bytes(text.encode())
    expected = tomllib.loads(text)
    for changes in pieces:
        wanted = plainly(tomllib.loads(file.path.read_text(encoding="utf-8")), changes)
        try:
            file.change(changes)
        except ConfigError:
            continue
        expected = wanted
    found = tomllib.loads(file.path.read_text(encoding="utf-8"))
    assert parse_config(file.path.read_bytes(), "found") is not None
    drop = {"links", "device"}
    assert {k: v for k, v in found.items() if v or k not in drop} == {
        k: v for k, v in expected.items() if v or k not in drop
    }
