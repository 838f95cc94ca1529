"""Whose cards a device takes, and that it takes none twice."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.domain.setup_card import SetupCard
from fanlight.domain.setup_rules import (
    ADVICE,
    NONCES_KEPT,
    CardTrouble,
    Ownership,
    trouble_with_card,
)
from setup_kit import CARD, ISSUED_S, later

OURS, THEIRS = b"o" * 32, b"t" * 32
NOBODYS = Ownership()
OWNED = NOBODYS.after(OURS, CARD)
DEVICE = "fan-1"


def trouble(
    card: SetupCard, own: Ownership = NOBODYS, *, key: bytes = OURS, now_s: float = ISSUED_S
) -> CardTrouble | None:
    return trouble_with_card(card, key, own, device_id=DEVICE, at_least_s=now_s)


def test_the_first_card_is_taken_and_pins_its_owner() -> None:
    assert trouble(CARD) is None
    assert (OWNED.owner_key, OWNED.newest_s, OWNED.nonces) == (OURS, CARD.issued_s, (CARD.nonce,))


def test_a_card_of_somebody_else_is_not_taken() -> None:
    assert trouble(later(1, 8), OWNED, key=THEIRS) is CardTrouble.FOREIGN_OWNER
    assert OWNED.after(THEIRS, later(1, 8)).owner_key == OURS


def test_a_card_for_another_device_is_not_taken() -> None:
    assert trouble(replace(CARD, device_id="fan-2")) is CardTrouble.FOREIGN_DEVICE
    assert trouble(replace(CARD, device_id=DEVICE)) is None


@pytest.mark.parametrize(
    ("after_s", "expected"), [(-1, None), (0, CardTrouble.EXPIRED), (9e9, CardTrouble.EXPIRED)]
)
def test_a_card_expires_with_its_last_second(after_s: float, expected: CardTrouble | None) -> None:
    assert trouble(CARD, now_s=CARD.expires_s + after_s) is expected


def test_a_card_made_in_the_devices_future_is_taken() -> None:
    """A device without a battery for its clock is always behind."""
    assert trouble(CARD, now_s=0) is None


def test_a_card_is_taken_once() -> None:
    assert trouble(CARD, OWNED) is CardTrouble.REPLAYED


def test_a_card_older_than_the_newest_is_not_taken() -> None:
    assert trouble(later(-1, 8), OWNED) is CardTrouble.REPLAYED
    assert trouble(later(1, 8), OWNED) is None


def test_two_cards_of_the_same_second_are_both_taken() -> None:
    assert trouble(later(0, 8), OWNED) is None
    assert trouble(later(0, 8), OWNED.after(OURS, later(0, 8))) is CardTrouble.REPLAYED


def test_the_owner_is_told_before_anything_else_about_the_card() -> None:
    """Somebody else learns of no card that was taken."""
    assert trouble(CARD, OWNED, key=THEIRS, now_s=9e9) is CardTrouble.FOREIGN_OWNER


def test_each_trouble_has_its_own_advice() -> None:
    assert len(set(ADVICE.values())) == len(CardTrouble)
    assert set(ADVICE) == set(CardTrouble)


def test_no_card_comes_again_once_its_nonce_is_forgotten() -> None:
    own = NOBODYS
    for nonce in range(NONCES_KEPT + 5):
        if trouble(later(0, nonce), own) is None:
            own = own.after(OURS, later(0, nonce))
    assert len(own.nonces) == NONCES_KEPT
    for nonce in range(NONCES_KEPT + 5):
        assert trouble(later(0, nonce), own) is CardTrouble.REPLAYED
    assert trouble(later(1, 1), own) is CardTrouble.REPLAYED, "its nonce is among those kept"
    assert trouble(later(1, 999), own) is None


offers = st.lists(
    st.tuples(st.integers(0, 8), st.integers(0, 30), st.sampled_from([OURS, THEIRS])), max_size=60
)


@given(offers)
def test_whatever_is_offered_the_first_owner_stays_and_no_card_is_taken_twice(
    offered: list[tuple[int, int, bytes]],
) -> None:
    own, taken, owners = NOBODYS, [], []
    for seconds, nonce, key in offered:
        card = later(seconds, nonce)
        if trouble(card, own, key=key) is None:
            own = own.after(key, card)
            taken.append((seconds, nonce))
            owners.append(own.owner_key)
    assert len(set(taken)) == len(taken)
    assert owners == [key for _, _, key in offered][:1] * len(owners)
    assert taken == sorted(taken, key=lambda each: each[0])


@given(st.lists(st.integers(0, 2), min_size=100, max_size=150))
def test_what_is_remembered_stays_small_and_nothing_comes_back(steps: list[int]) -> None:
    own, seconds, taken = NOBODYS, 0, []
    for nonce, step in enumerate(steps):
        seconds += step
        card = later(seconds, nonce)
        if trouble(card, own) is None:
            own = own.after(OURS, card)
            taken.append(card)
    assert len(taken) >= NONCES_KEPT
    assert len(own.nonces) <= NONCES_KEPT
    assert {trouble(card, own) for card in taken} == {CardTrouble.REPLAYED}
