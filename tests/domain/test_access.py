"""Names, passwords, roles and sessions, and how many guesses the waits leave."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.domain.access import (
    IDLE_S,
    LONGEST_S,
    Account,
    ApiToken,
    Reason,
    Role,
    Session,
    clean_password,
    name_fault,
    name_key,
    password_fault,
)
from fanlight.domain.lockout import (
    ACCOUNT_FREE,
    ADDRESS_FREE,
    FORGOTTEN_S,
    LONGEST_WAIT_S,
    OTHERS_WAIT_S,
    Lockout,
    cut_address,
)

HOME = "192.168.1.20"


def test_each_role_may_do_what_the_ones_before_it_may() -> None:
    assert Role.VIEWER < Role.INSTALLER < Role.OWNER


@given(st.text(max_size=60))
def test_comparing_names_twice_is_comparing_them_once(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)


def test_no_character_makes_a_name_that_is_compared_in_two_ways() -> None:
    for code in range(sys.maxunicode + 1):
        name = f"a{chr(code)}\u0345b"
        assert name_key(name_key(name)) == name_key(name), hex(code)


@pytest.mark.parametrize("other", ["ÅSA", "a\u030asa", " åsa ", "A\u030aSA", "\u212bsa"])
def test_names_that_look_alike_are_one(other: str) -> None:
    assert name_key(other) == name_key("åsa")


@pytest.mark.parametrize("name", ["", "a", " a ", "x" * 41, "a\nb", "a\u200bb", "a\0b", "\ud800a"])
def test_what_is_no_name_is_refused(name: str) -> None:
    assert name_fault(name) is Reason.NAME


@pytest.mark.parametrize("name", ["bo", "Åsa Öberg", "x" * 40, "店長", " kassa 1 "])
def test_names_of_everywhere_are_names(name: str) -> None:
    assert name_fault(name) is None


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("short", Reason.TOO_SHORT),
        ("e\u0301" * 6, Reason.TOO_SHORT),
        ("x" * 201, Reason.TOO_LONG),
        ("x1" * 5000, Reason.TOO_LONG),
        ("Anna Andersson", Reason.IS_NAME),
        ("PASSWORD123", Reason.COMMON),
        ("aaaaaaaaaaaa", Reason.COMMON),
        ("correct horse", None),
        ("åäö åäö åäö", None),
        ("y1" * 100, None),
    ],
)
def test_length_and_rarity_are_all_that_a_password_needs(typed: str, fault: Reason | None) -> None:
    assert password_fault(typed, "anna andersson") is fault


@given(st.text(max_size=450))
def test_a_password_is_the_same_on_every_keyboard(typed: str) -> None:
    clean = clean_password(typed)
    assert clean_password(clean) == clean
    assert len(clean) <= 201
    if password_fault(typed, "x") is None:
        assert clean == unicodedata.normalize("NFC", typed)


def test_no_hash_is_in_a_repr() -> None:
    secret = "x" * 20
    shown = repr(
        [
            Account("anna", Role.OWNER, secret),
            ApiToken("till", frozenset(), secret, None),
            Session(secret, "anna", Role.OWNER, 0, 0),
        ]
    )
    assert secret not in shown


@given(st.lists(st.floats(0, 2 * IDLE_S), max_size=60))
def test_a_session_ends_when_idle_or_old(pauses_s: list[float]) -> None:
    seen_s = now_s = 100.0
    for pause_s in pauses_s:
        now_s += pause_s
        holds = Session("", "anna", Role.VIEWER, 100.0, seen_s).holds(now_s)
        assert holds == (now_s - seen_s < IDLE_S and now_s - 100 < LONGEST_S)
        if not holds:
            return
        seen_s = now_s


@pytest.mark.parametrize(("begun_s", "seen_s"), [(11, 11), (0, 11), (5, 4), (float("nan"), 0)])
def test_a_session_of_the_future_is_none(begun_s: float, seen_s: float) -> None:
    assert not Session("", "anna", Role.VIEWER, begun_s, seen_s).holds(10)


def guess(lockout: Lockout, tries: list[tuple[float, str, str]], *, known: bool) -> list[float]:
    """Return when a password was looked at, all of them wrong."""
    now_s, looked_s = 0.0, []
    for pause_s, account, address in tries:
        now_s += pause_s
        if lockout.wait_s(account, address, now_s) == 0:
            looked_s.append(now_s)
            lockout.failed(account, address, now_s, known=known)
    return looked_s


def most_in(looked_s: list[float], window_s: float) -> int:
    return max((sum(0 <= t - s <= window_s for t in looked_s) for s in looked_s), default=0)


ADDRESSES = st.sampled_from([f"10.0.0.{n}" for n in range(1, 30)] + ["fe80::1", "2001:db8::1"])


@given(
    st.lists(st.tuples(st.floats(0, 300), st.just("owner"), ADDRESSES), max_size=200),
    st.sampled_from([60.0, 600.0, 3600.0]),
)
def test_no_number_of_addresses_guesses_faster(
    tries: list[tuple[float, str, str]], window_s: float
) -> None:
    looked_s = guess(Lockout(), tries, known=True)
    assert most_in(looked_s, window_s) <= ACCOUNT_FREE + 7 + window_s / OTHERS_WAIT_S


@given(
    st.lists(
        st.tuples(st.floats(0, 600), st.sampled_from(["a", "b", "c", "d", "e"]), st.just(HOME)),
        max_size=200,
    )
)
def test_one_address_guesses_at_all_accounts_no_faster(tries: list[tuple[float, str, str]]) -> None:
    looked_s = guess(Lockout(), tries, known=False)
    assert most_in(looked_s, 3600) <= ADDRESS_FREE + 11 + 3600 / LONGEST_WAIT_S


def test_waits_double_from_a_second_to_a_quarter_of_an_hour() -> None:
    lockout, now_s, waits_s = Lockout(), 0.0, []
    for _ in range(ACCOUNT_FREE + 12):
        lockout.failed("anna", HOME, now_s)
        waits_s.append(lockout.wait_s("anna", HOME, now_s))
        now_s += waits_s[-1]
    assert waits_s[:7] == [0, 0, 0, 0, 1, 2, 4]
    assert waits_s[-4:] == [512, 900, 900, 900]
    assert lockout.wait_s("anna", HOME, now_s + FORGOTTEN_S + 1) == 0


def test_a_stranger_does_not_keep_the_owner_out() -> None:
    lockout = Lockout()
    guess(lockout, [(1000, "anna", "10.0.0.66")] * 30, known=True)
    now_s = 30 * 1000.0
    assert lockout.wait_s("anna", "10.0.0.66", now_s) > 800
    assert 0 < lockout.wait_s("anna", HOME, now_s) <= OTHERS_WAIT_S
    assert lockout.wait_s("anna", HOME, now_s + OTHERS_WAIT_S) == 0
    lockout.succeeded("anna", HOME)
    assert lockout.wait_s("anna", HOME, now_s) == 0
    assert lockout.wait_s("anna", "10.0.0.66", now_s) > 800


def test_ones_own_log_in_does_not_clear_what_one_tried_elsewhere() -> None:
    lockout = Lockout()
    for number in range(ADDRESS_FREE):
        lockout.failed(f"somebody {number}", HOME, 0)
        lockout.failed("viewer", HOME, 0)
        lockout.succeeded("viewer", HOME)
    assert lockout.wait_s("anybody", HOME, 0) > 0


def test_it_says_once_what_gets_locked() -> None:
    lockout = Lockout()
    said = [lockout.failed("anna", HOME, 0) for _ in range(ADDRESS_FREE + 5)]
    assert [each for each in said if each] == [("account",), ("address",)]


def test_a_flood_of_names_fills_no_memory_and_unlocks_nobody() -> None:
    lockout = Lockout(most_entries=50)
    for _ in range(8):
        lockout.failed("owner", HOME, 0, known=True)
    for number in range(2000):
        lockout.failed(f"made up {number}", f"2001:db8:{number:x}::1", 1)
        assert len(lockout) <= 50
    assert lockout.wait_s("owner", "10.9.9.9", 1) > 0


@given(st.text(max_size=50), st.text(max_size=300))
def test_whatever_is_typed_is_counted(address: str, account: str) -> None:
    lockout = Lockout()
    for _ in range(ACCOUNT_FREE):
        lockout.failed(account, address, 0)
    assert lockout.wait_s(account, address, 0) > 0


@pytest.mark.parametrize(
    ("address", "cut"),
    [
        ("192.168.1.77", "192.168.1.x"),
        ("::ffff:192.168.1.77", "192.168.1.x"),
        ("fe80::1234:5678%eth0", "fe80::/64"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("somewhere", "unknown"),
        ("", "unknown"),
    ],
)
def test_an_address_is_cut_before_it_is_told(address: str, cut: str) -> None:
    assert cut_address(address) == cut
