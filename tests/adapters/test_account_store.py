"""Accounts, tokens and sessions on disk, whole, damaged and tampered with; and passwords."""

from __future__ import annotations

import gzip
import json
import stat
import time
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from fanlight.adapters.account_store import AccountFolder
from fanlight.adapters.guarded_file import GuardedFile
from fanlight.adapters.passwords import Argon2Passwords
from fanlight.adapters.private_disk import PrivateDisk
from fanlight.domain.access import Account, ApiToken, Role, Scope, Session
from fanlight.ports.accounts import AccountBook
from fanlight.ports.errors import Transient

BOOK = AccountBook((Account("Åsa", Role.OWNER, "$argon2id$x"),), ("ab12",))
TOKEN = ApiToken("till", frozenset({Scope.READ_HEALTH}), "cd34", "2026-11-27T00:00:00+00:00")
SESSION = Session("ef56", "Åsa", Role.OWNER, 12.5, 14.25)


class Store:
    """A folder of accounts, and what it has said."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "console"
        self.said: list[str] = []
        self.accounts = AccountFolder(self.folder, say=self.said.append)

    def write_all(self) -> None:
        self.accounts.write_accounts(BOOK)
        self.accounts.write_tokens([TOKEN])
        self.accounts.write_sessions("boot", [SESSION])

    def files(self, name: str) -> list[Path]:
        return [self.folder / f"{name}.json.gz", self.folder / f"{name}.copy.json.gz"]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def test_what_was_written_is_read_by_the_next_process(store: Store, tmp_path: Path) -> None:
    store.write_all()
    again = Store(tmp_path).accounts
    assert again.read_accounts() == BOOK
    assert again.read_tokens() == (TOKEN,)
    assert again.read_sessions("boot") == (SESSION,)
    assert again.read_sessions("another boot") == ()


def test_a_new_camera_has_nobody_and_says_nothing(store: Store) -> None:
    assert store.accounts.read_accounts() == AccountBook()
    assert store.accounts.read_tokens() == ()
    assert store.accounts.read_sessions("boot") == ()
    assert store.said == []


def test_files_are_for_the_device_alone(store: Store) -> None:
    store.folder.mkdir(mode=0o755)
    (store.folder / "accounts.json.gz.tmp").touch(mode=0o644)
    store.write_all()
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700
    modes = {stat.S_IMODE(path.stat().st_mode) for path in store.folder.iterdir()}
    assert modes == {0o600}
    assert len(list(store.folder.iterdir())) == 6


@pytest.mark.parametrize("damaged", [0, 1])
def test_field_31_with_one_copy_damaged_the_other_is_used(store: Store, damaged: int) -> None:
    store.write_all()
    store.files("accounts")[damaged].write_bytes(b"\x00" * 100)
    assert store.accounts.read_accounts() == BOOK
    assert "damaged" in store.said[0]
    assert "hours" not in store.said[0]


def test_field_31_with_both_damaged_nobody_may_log_in_and_that_is_told(
    store: Store, tmp_path: Path
) -> None:
    store.write_all()
    for path in store.files("accounts"):
        path.write_bytes(path.read_bytes()[:40])
    assert store.accounts.read_accounts() == AccountBook(lost=True)
    assert "claim the camera again" in store.said[-1]
    again = Store(tmp_path)
    assert again.accounts.read_accounts() == AccountBook(lost=True)
    again.accounts.write_accounts(AccountBook(BOOK.accounts, (), lost=True))
    assert Store(tmp_path).accounts.read_accounts().lost


@given(st.data())
def test_a_changed_byte_never_changes_an_account(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    store = Store(tmp_path_factory.mktemp("accounts"))
    store.write_all()
    for path in store.files("accounts"):
        content = bytearray(path.read_bytes())
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] ^= data.draw(st.integers(1, 255))
        path.write_bytes(content)
    assert store.accounts.read_accounts() in (BOOK, AccountBook(lost=True))


GOOD = {"name": "eve", "role": "OWNER", "hash": "$argon2id$x"}


@pytest.mark.parametrize(
    "plain",
    [
        [],
        {},
        {"accounts": 1, "used_codes": [], "lost": False},
        {"accounts": [GOOD | {"role": "ROOT"}], "used_codes": [], "lost": False},
        {"accounts": [GOOD, GOOD | {"hash": None}], "used_codes": [], "lost": False},
        {"accounts": [GOOD | {"name": 7}], "used_codes": [], "lost": False},
        {"accounts": [GOOD], "used_codes": [1], "lost": False},
        {"accounts": [GOOD]},
    ],
)
def test_whole_files_of_another_shape_open_nothing(store: Store, plain: object) -> None:
    store.write_all()
    for name in ("accounts", "tokens", "sessions"):
        file = GuardedFile(store.folder, name, PrivateDisk(), store.said.append, mend=True)
        file.write(json.dumps(plain).encode())
    assert store.accounts.read_accounts() == AccountBook(lost=True)
    assert store.accounts.read_tokens() == ()
    assert store.accounts.read_sessions("boot") == ()


def test_a_token_of_an_unknown_scope_opens_nothing(store: Store) -> None:
    store.write_all()
    for path in store.files("tokens"):
        assert b"read_health" in gzip.decompress(path.read_bytes())
    file = GuardedFile(store.folder, "tokens", PrivateDisk(), store.said.append, mend=True)
    data = file.read()
    assert data is not None
    file.write(data.replace(b"read_health", b"everything"))
    assert store.accounts.read_tokens() == ()
    assert "make new ones" in store.said[-1]


def test_a_folder_that_is_none_is_a_fault_of_the_console(tmp_path: Path) -> None:
    (tmp_path / "console").write_text("a file")
    with pytest.raises(Transient, match="console"):
        AccountFolder(tmp_path / "console").write_accounts(BOOK)


def cheap() -> PasswordHasher:
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def test_a_password_is_its_own_and_no_other() -> None:
    passwords = Argon2Passwords(cheap())
    kept = passwords.hash("correct horse")
    assert kept.startswith("$argon2id$")
    assert kept != passwords.hash("correct horse")
    assert passwords.verify(kept, "correct horse")
    assert not passwords.verify(kept, "correct horsE")
    assert not passwords.verify(None, "correct horse")
    assert not passwords.verify("", "correct horse")
    assert not passwords.verify("no hash", "correct horse")
    assert not passwords.verify(kept, "\ud800")


def test_weaker_hashes_are_made_anew() -> None:
    strong, weak = Argon2Passwords(), Argon2Passwords(cheap())
    assert strong.needs_rehash(weak.hash("correct horse"))
    assert strong.needs_rehash("no hash")
    kept = strong.hash("correct horse")
    assert not strong.needs_rehash(kept)
    assert "m=19456,t=2,p=1" in kept


def test_nobodys_password_takes_as_long_as_somebodys() -> None:
    passwords = Argon2Passwords()
    kept = passwords.hash("correct horse")

    def fastest_s(password_hash: str | None) -> float:
        spent_s = []
        for _ in range(5):
            begun_s = time.perf_counter()
            passwords.verify(password_hash, "wrong battery")
            spent_s.append(time.perf_counter() - begun_s)
        return min(spent_s)

    assert 0.5 < fastest_s(None) / fastest_s(kept) < 2
