"""What a card changes: what it says, and nothing else; all of it, or nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from card_form import FORM, NAMES, BadForm, card_from, device_key_of
from hypothesis import HealthCheck, example, given, settings

from fanlight.adapters.secret_file import read_secret
from fanlight.app.card_settings import ENROLMENT, LTE_PIN, CardSettings
from fanlight.app.config import Config, load_config
from fanlight.app.settings_file import SettingsFile
from fanlight.domain.claim import ClaimCode, CodeKind
from fanlight.domain.setup_card import CLOSED_WEEK, CardSecrets, SetupCard
from fanlight.ports.errors import ConfigError, Transient
from setup_kit import CARD, ISSUED_S, MARKER, cards

SHIPPED = """\
# Shipped so.
[camera]
kind = "picamera2"

[mount]
kind = "overhead"
barrel = 0.05

[console]
public_counts = true

[panel]

[setup]
"""
NOTHING = SetupCard(nonce=1, issued_s=0, expires_s=1, door="door")
SECRETS = CARD.secrets or CardSecrets()


class House:
    def __init__(self, folder: Path, text: str = SHIPPED) -> None:
        (folder / "fanlight.toml").write_text(text)
        self.settings = SettingsFile(folder / "fanlight.toml")
        self.secrets = folder / "secrets"
        self.claims: list[str] = []

    def take(self, card: SetupCard, secrets: CardSecrets, ca_file: str = "") -> Config:
        CardSettings(self.settings, self.secrets, self.claims.append, ca_file).take(card, secrets)
        return load_config(self.settings.path)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_a_card_changes_what_it_says_in_the_shipped_settings(house: House) -> None:
    config = house.take(CARD, SECRETS, ca_file="/etc/ca.pem")
    assert (config.device.name, config.device.timezone) == ("Front door", "Europe/Berlin")
    assert config.opening.mon == ("10:00-13:00", "14:00-18:00")
    assert (config.mount.kind, config.mount.height_m, config.mount.barrel) == ("overhead", 3, 0.05)
    (uplink,) = config.uplinks
    assert (uplink.name, uplink.ca_file) == ("card", "/etc/ca.pem")
    assert config.links.lte is not None
    assert (config.links.lte.apn, config.links.lte.pin_file) == (
        "internet",
        str(house.secrets / LTE_PIN),
    )
    assert config.console is not None
    assert (config.console.language, config.console.public_counts) == ("en", True)
    assert "# Shipped so." in house.settings.path.read_text()


def test_secrets_go_into_files_of_their_own_and_nowhere_else(house: House) -> None:
    house.take(CARD, SECRETS)
    assert read_secret(house.secrets / ENROLMENT, "test") == SECRETS.enrolment_token
    assert read_secret(house.secrets / LTE_PIN, "test", 4) == SECRETS.lte_pin
    assert house.claims == [SECRETS.first_login]
    text = house.settings.path.read_text()
    for secret in (MARKER, SECRETS.enrolment_token, SECRETS.first_login, '"1234"'):
        assert secret not in text


def test_no_card_switches_a_console_on(house: House) -> None:
    house.settings.change({"console": None})
    assert house.take(CARD, SECRETS).console is None


def test_what_a_card_does_not_say_stays(house: House) -> None:
    before = house.take(CARD, SECRETS)
    after = house.take(NOTHING, CardSecrets())
    assert after.device.name == "door"
    assert after.device.timezone == before.device.timezone
    for name in ("opening", "mount", "uplinks", "links", "camera"):
        assert getattr(after, name) == getattr(before, name)
    assert read_secret(house.secrets / LTE_PIN, "test", 4) == SECRETS.lte_pin
    assert len(house.claims) == 1


def test_a_broken_rule_leaves_settings_and_secrets_as_they_were(house: House) -> None:
    house.take(CARD, SECRETS)
    before = house.settings.path.read_bytes()
    other = replace(SECRETS, enrolment_token="another-token-of-28-symbols", lte_pin="9999")  # noqa: S106 - one for tests
    with pytest.raises(ConfigError, match="no IANA time zone"):
        house.take(replace(CARD, timezone="Europe/Berln"), other)
    assert house.settings.path.read_bytes() == before
    assert read_secret(house.secrets / ENROLMENT, "test") == SECRETS.enrolment_token
    assert read_secret(house.secrets / LTE_PIN, "test", 4) == SECRETS.lte_pin
    assert len(house.claims) == 1


def test_secrets_that_cannot_be_kept_leave_the_settings(house: House) -> None:
    house.secrets.write_text("a file where a folder belongs")
    with pytest.raises(Transient, match="setup"):
        house.take(CARD, SECRETS)
    assert house.settings.path.read_text() == SHIPPED


def test_lte_without_a_receiver_is_refused_in_words(house: House) -> None:
    with pytest.raises(ConfigError, match="no `uplinks` to send anything to"):
        house.take(replace(CARD, uplink_url=""), SECRETS)
    house.take(replace(CARD, lte_apn=""), SECRETS)
    house.take(replace(CARD, uplink_url=""), SECRETS)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(cards())
@example(replace(CARD, shop='"""\n'.strip(), door="é" * 20))
def test_any_card_can_be_taken_where_what_belongs_together_is_there(
    tmp_path: Path, card: SetupCard
) -> None:
    house = House(tmp_path)
    if not card.uplink_url:
        card = replace(card, lte_apn="")
    config = house.take(card, card.secrets or CardSecrets())
    assert config.device.name == card.door
    assert config.device.timezone == (card.timezone or "UTC")
    assert [each.url for each in config.uplinks] == [card.uplink_url] * bool(card.uplink_url)
    if any(card.opening):
        assert (config.opening.mon, config.opening.sun) == (card.opening[0], card.opening[6])
    if card.secrets and card.secrets.first_login:
        assert ClaimCode.of(CodeKind.CARD, house.claims[-1])


FILLED = {
    "door": "Front door",
    "wifi_name": "Laden",
    "wifi_password": MARKER,
    "lte_apn": "internet",
    "uplink_url": "https://counts.example",
    "opening": "mon-fri 10:00-18:00, sat 10:00-16:00",
    "height_m": "2,8",
    "tilt_deg": "0",
    "field_deg": "102",
}


def test_a_form_becomes_a_card() -> None:
    card = card_from(FILLED, ISSUED_S, 7)
    assert (card.issued_s, card.expires_s) == (ISSUED_S, ISSUED_S + 7 * 86_400)
    assert (card.door, card.height_m, card.language) == ("Front door", 2.8, "en")
    assert card.opening[:1] + card.opening[5:] == (("10:00-18:00",), ("10:00-16:00",), ())
    assert card.secrets is not None
    assert card.secrets.wifi_password == MARKER
    assert ClaimCode.of(CodeKind.CARD, card.secrets.first_login)
    again = card_from(FILLED, ISSUED_S, 7)
    assert again.nonce != card.nonce
    assert again.secrets != card.secrets, "each card has a code of its own"


def test_an_empty_form_is_a_card_that_says_little() -> None:
    card = card_from({}, ISSUED_S, 1)
    assert (card.door, card.opening, card.mount, card.wifi_name) == ("door", CLOSED_WEEK, "", "")


def test_the_answers_that_the_form_suggests_make_a_card(house: House) -> None:
    card = card_from({each.name: each.default for each in FORM}, ISSUED_S, 7)
    assert house.take(card, card.secrets or CardSecrets()).mount.is_measured


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"uplink_url": ""}, "lte_apn: it goes with an uplink_url"),
        (
            {"uplink_url": "", "lte_apn": "", "enrolment_token": "x" * 24},
            "enrolment_token: it goes",
        ),
        ({"enrolment_token": "x" * 19}, "enrolment_token: it has at least 20"),
        ({"wifi_password": "short"}, "wifi_password: .* at least 8"),
        ({"wifi_password": "x" * 64}, "wifi_password: longer than 63"),
        ({"tilt_deg": ""}, "height_m, tilt_deg, field_deg: give all three"),
        ({"height_m": "three"}, "height_m: 'three' is no number"),
        ({"height_m": "30"}, "height_m: not a number from 1.5 to 12"),
        ({"height_m": "nan"}, "height_m: not a number"),
        ({"timezone": "Berlin"}, "timezone: not an IANA time zone"),
        ({"opening": "weekdays"}, "opening: 'weekdays'"),
        ({"opening": "mon 10:00-25:00"}, "opening: "),
        ({"mount": "ceiling"}, "mount: none of overhead, oblique|mount: none of oblique, overhead"),
        ({"language": "fr"}, "language: none of en, de"),
        ({"uplink_url": "http://counts.example"}, "uplink_url: "),
        ({"wifi_hidden": "maybe"}, "wifi_hidden: write yes or no"),
        ({"lte_pin": "12"}, "lte_pin: "),
        ({"door;shop": "x"}, "door;shop: no such field"),
    ],
)
def test_a_form_that_makes_no_card_names_the_field(change: dict[str, str], says: str) -> None:
    with pytest.raises(BadForm, match=says) as caught:
        card_from(FILLED | change, ISSUED_S, 7)
    assert MARKER not in str(caught.value)


@pytest.mark.parametrize(
    ("word", "hidden"), [("yes", True), ("True", True), ("1", True), ("no", False), ("", False)]
)
def test_a_hidden_network_is_said_by_yes(word: str, *, hidden: bool) -> None:
    assert card_from(FILLED | {"wifi_hidden": word}, ISSUED_S, 7).wifi_hidden is hidden
    assert "wifi_hidden" in NAMES


def test_a_devices_key_is_read_as_it_is_printed() -> None:
    key = bytes(range(32))
    grouped = " ".join(key.hex().upper()[place : place + 8] for place in range(0, 64, 8))
    assert device_key_of({"device_key": grouped}) == key
    assert device_key_of({"device_key": grouped.replace(" ", "-")}) == key
    assert device_key_of({}) is None
    for wrong in ("00", grouped[:-1], "g" * 64, "0x" + "00" * 31):
        with pytest.raises(BadForm, match="64 digits"):
            device_key_of({"device_key": wrong})
