"""The console's accounts, API tokens and sessions in one private folder."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any, Final

from fanlight.adapters.guarded_file import GuardedFile
from fanlight.adapters.private_disk import PrivateDisk
from fanlight.domain.access import Account, ApiToken, Role, Scope, Session
from fanlight.ports.accounts import AccountBook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from fanlight.adapters.disk import Disk

log = logging.getLogger(__name__)

PART: Final = "console"
_ACCOUNTS: Final = "accounts"
_TOKENS: Final = "tokens"
_SESSIONS: Final = "sessions"
_UNREADABLE = (AttributeError, KeyError, TypeError, ValueError)


class AccountFolder:
    """See ports/accounts.py; of secrets only hashes are here. `say` takes notices for people.

    What cannot be read in either copy counts as nothing: then nobody may log in.
    """

    def __init__(
        self, folder: Path, disk: Disk | None = None, say: Callable[[str], None] = log.warning
    ) -> None:
        self._folder = folder
        self._disk = disk or PrivateDisk(PART)
        self._say = say

    def read_accounts(self) -> AccountBook:
        """Return the accounts; with both copies damaged there are none, and that is told."""
        plain = self._read(_ACCOUNTS)
        try:
            if plain is not None:
                return _book_of(plain)
        except _UNREADABLE:
            pass
        lost = self._was_written(_ACCOUNTS)
        if lost:
            self._say(
                f"{self._folder}: the console's accounts cannot be read, so nobody may log in; "
                "claim the camera again with a card or the button"
            )
        return AccountBook(lost=lost)

    def write_accounts(self, book: AccountBook) -> None:
        """Keep the accounts."""
        accounts = [
            {"name": each.name, "role": each.role.name, "hash": each.password_hash}
            for each in book.accounts
        ]
        used = list(book.used_codes)
        self._write(_ACCOUNTS, {"accounts": accounts, "used_codes": used, "lost": book.lost})

    def read_tokens(self) -> tuple[ApiToken, ...]:
        """Return the API tokens."""
        try:
            return tuple(
                _token_of(each) for each in (self._read(_TOKENS) or {"tokens": []})["tokens"]
            )
        except _UNREADABLE:
            self._say(f"{self._folder}: the API tokens cannot be read; make new ones")
            return ()

    def write_tokens(self, tokens: Iterable[ApiToken]) -> None:
        """Keep the API tokens."""
        plain = [
            {
                "name": each.name,
                "scopes": sorted(each.scopes),
                "sha256": each.token_hash,
                "made_at": each.made_at,
                "last_used": each.last_used,
            }
            for each in tokens
        ]
        self._write(_TOKENS, {"tokens": plain})

    def read_sessions(self, boot_id: str) -> tuple[Session, ...]:
        """Return the sessions of this boot."""
        plain = self._read(_SESSIONS)
        try:
            if plain is None or plain["boot"] != boot_id:
                return ()
            return tuple(_session_of(each) for each in plain["sessions"])
        except _UNREADABLE:
            return ()

    def write_sessions(self, boot_id: str, sessions: Iterable[Session]) -> None:
        """Keep the sessions."""
        plain = [
            {
                "sha256": each.token_hash,
                "account": each.account,
                "role": each.role.name,
                "begun_s": each.begun_s,
                "seen_s": each.seen_s,
            }
            for each in sessions
        ]
        self._write(_SESSIONS, {"boot": boot_id, "sessions": plain})

    def _read(self, name: str) -> dict[str, Any] | None:
        data = self._file(name).read()
        try:
            plain = json.loads(data) if data else None
        except ValueError:
            return None
        return plain if isinstance(plain, dict) else None

    def _write(self, name: str, plain: dict[str, Any]) -> None:
        self._disk.make_folder(self._folder)
        self._file(name).write(json.dumps(plain).encode())

    def _file(self, name: str) -> GuardedFile:
        return GuardedFile(self._folder, name, self._disk, self._tell_damage, mend=True)

    def _was_written(self, name: str) -> bool:
        """Tell whether there is a file, were it only one that was kept aside as damaged."""
        names = [path.name for path in self._disk.list(self._folder)]
        return any(each.startswith(name) and not each.endswith(".tmp") for each in names)

    def _tell_damage(self, text: str) -> None:
        # What follows the semicolon speaks of the ledger's hours.
        self._say(f"{self._folder}: a file of the console is damaged: {text.partition(';')[0]}")


def _book_of(plain: dict[str, Any]) -> AccountBook:
    return AccountBook(
        tuple(_account_of(each) for each in plain["accounts"]),
        tuple(_text(each) for each in plain["used_codes"]),
        bool(plain["lost"]),
    )


def _account_of(plain: dict[str, Any]) -> Account:
    return Account(_text(plain["name"]), Role[plain["role"]], _text(plain["hash"]))


def _token_of(plain: dict[str, Any]) -> ApiToken:
    return ApiToken(
        _text(plain["name"]),
        frozenset(Scope(each) for each in plain["scopes"]),
        _text(plain["sha256"]),
        None if plain["made_at"] is None else _text(plain["made_at"]),
        None if plain["last_used"] is None else _text(plain["last_used"]),
    )


def _session_of(plain: dict[str, Any]) -> Session:
    return Session(
        _text(plain["sha256"]),
        _text(plain["account"]),
        Role[plain["role"]],
        float(plain["begun_s"]),
        float(plain["seen_s"]),
    )


def _text(plain: object) -> str:
    if not isinstance(plain, str):
        raise TypeError(f"{type(plain).__name__} is no text")
    return plain
