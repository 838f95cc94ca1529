"""Set-up cards for tests: valid ones of every kind, and the texts that they are written as."""

from __future__ import annotations

import string
from dataclasses import replace
from zoneinfo import available_timezones

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import strategies as st

from fanlight.adapters.card_crypto import signed_text
from fanlight.domain.claim import SYMBOLS
from fanlight.domain.mount import Mount
from fanlight.domain.setup_card import LANGUAGES, CardSecrets, SetupCard, SignedCard, read_card

MARKER = "Kolibri-7731-Fagott"
OWNER = Ed25519PrivateKey.from_private_bytes(b"owner of the shop".ljust(32))
STRANGER = Ed25519PrivateKey.from_private_bytes(b"somebody else".ljust(32))
ISSUED_S = 1_790_000_000
CARD = SetupCard(
    nonce=7,
    issued_s=ISSUED_S,
    expires_s=ISSUED_S + 7 * 86_400,
    door="Front door",
    shop="Blumen Müller",
    timezone="Europe/Berlin",
    mount="overhead",
    height_m=3.0,
    tilt_deg=0,
    field_deg=102.5,
    wifi_name="Laden",
    uplink_url="https://counts.example:8443/in?x=1",
    lte_apn="internet",
    opening=(("10:00-13:00", "14:00-18:00"),) * 5 + (("10:00-16:00",), ()),
    secrets=CardSecrets(
        wifi_password=MARKER,
        enrolment_token="token-of-24-characters-xx",  # noqa: S106 - one for tests
        lte_pin="1234",
        first_login="ABCDE-FGH12",
    ),
)


def signed(
    card: SetupCard = CARD, owner: Ed25519PrivateKey = OWNER, sealed_for: bytes | None = None
) -> SignedCard:
    """Return a card as the room reads it."""
    return read_card(signed_text(card, owner, sealed_for))


def public(owner: Ed25519PrivateKey) -> bytes:
    return owner.public_key().public_bytes_raw()


def later(seconds: int, nonce: int) -> SetupCard:
    """Return another card of the same form."""
    issued_s = CARD.issued_s + seconds
    return replace(CARD, nonce=nonce, issued_s=issued_s, expires_s=issued_s + 86_400)


def _short(alphabet: st.SearchStrategy[str], longest: int) -> st.SearchStrategy[str]:
    """Return texts of at most so many bytes of UTF-8."""
    texts = st.text(alphabet, max_size=longest)
    return texts.filter(lambda text: len(text.encode()) <= longest)


printable = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"])
letters = st.characters(codec="utf-8", categories=["Lu", "Ll", "Nd"]) | st.sampled_from(" .:-_")
visible = st.sampled_from([chr(code) for code in range(0x21, 0x7F)])
minutes = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
weeks = st.tuples(
    *[st.lists(st.builds("{}-{}".format, minutes, minutes), max_size=4).map(tuple)] * 7
)
hosts = st.text(string.ascii_lowercase + string.digits + ".-", min_size=1, max_size=40)
paths = st.text(string.ascii_letters + string.digits + "/?#%&=+~:@!$()*,;[]{}|^`", max_size=60)
urls = st.just("") | st.builds(
    "https://{}{}/{}".format, hosts, st.just("") | st.integers(1, 65535).map(":{}".format), paths
)
codes = st.just("") | st.text(SYMBOLS, min_size=10, max_size=10).map(lambda c: f"{c[:5]}-{c[5:]}")
all_secrets = st.builds(
    CardSecrets,
    wifi_password=_short(printable, 63),
    enrolment_token=st.text(visible, max_size=128),
    lte_pin=st.just("") | st.text(string.digits, min_size=4, max_size=8),
    first_login=codes,
)
times = st.tuples(st.integers(0, 2**33), st.integers(0, 2**33)).filter(lambda two: two[0] < two[1])


@st.composite
def cards(draw: st.DrawFn) -> SetupCard:
    """Draw any card that may be."""
    issued_s, expires_s = draw(times)
    return SetupCard(
        nonce=draw(st.integers(0, 2**64 - 1)),
        issued_s=issued_s,
        expires_s=expires_s,
        door=draw(_short(letters, 40).filter(bool)),
        shop=draw(_short(printable, 60)),
        device_id=draw(st.text(string.ascii_lowercase + string.digits + "-", max_size=40)),
        timezone=draw(st.sampled_from(["", *sorted(available_timezones())])),
        language=draw(st.sampled_from(LANGUAGES)),
        mount=draw(st.sampled_from(["", *Mount])),
        height_m=draw(st.none() | st.floats(1.5, 12) | st.integers(2, 12)),
        tilt_deg=draw(st.none() | st.floats(0, 85)),
        field_deg=draw(st.none() | st.floats(20, 150)),
        wifi_name=draw(_short(printable, 32)),
        wifi_hidden=draw(st.booleans()),
        lte_apn=draw(st.text(string.ascii_letters + string.digits + ".-", max_size=63)),
        uplink_url=draw(urls),
        opening=draw(weeks),
        secrets=draw(all_secrets),
    )
