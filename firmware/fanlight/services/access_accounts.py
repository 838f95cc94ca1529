"""The accounts as the console knows them: read once, written through, with their passwords."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from fanlight.domain.access import Account, Role, clean_name, clean_password, name_key
from fanlight.ports.errors import Transient

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fanlight.ports.accounts import AccountStore, Passwords


class Accounts:
    """Everybody who may log in, and the printed codes that have been used. Calls block.

    Raises (every method that changes something):
        Transient: the storage cannot take it, and nothing has changed.
    """

    def __init__(self, store: AccountStore, passwords: Passwords) -> None:
        self._store = store
        self._passwords = passwords
        self._book = store.read_accounts()

    @property
    def all(self) -> tuple[Account, ...]:
        """Everybody who may log in."""
        return self._book.accounts

    @property
    def owners(self) -> tuple[Account, ...]:
        """Those who may do everything."""
        return tuple(each for each in self._book.accounts if each.role is Role.OWNER)

    @property
    def were_lost(self) -> bool:
        """Whether accounts were lost once, and with them which codes had been used."""
        return self._book.lost

    def find(self, name: str) -> Account | None:
        """Return an account by its name, in whatever capitals."""
        key = name_key(name)
        return next((each for each in self._book.accounts if each.key == key), None)

    def has_used(self, digest: str) -> bool:
        """Tell whether a printed code has been used."""
        return digest in self._book.used_codes

    def holds(self, account: Account | None, password: str) -> bool:
        """Tell whether it is the account's password; for nobody it takes as long to say no."""
        kept = account.password_hash if account else None
        return self._passwords.verify(kept, clean_password(password)) and account is not None

    def strengthen(self, account: Account, password: str) -> None:
        """Hash a password anew where today's parameters are stronger; a full card may wait."""
        if self._passwords.needs_rehash(account.password_hash):
            with suppress(Transient):
                self.set_password(account, password)

    def made(self, name: str, role: Role, password: str) -> Account:
        """Return an account that is not kept yet."""
        return Account(clean_name(name), role, self._passwords.hash(clean_password(password)))

    def add(self, account: Account, used_code: str = "") -> None:
        """Keep an account, and that a printed code was used for it."""
        used = (*self._book.used_codes, used_code) if used_code else self._book.used_codes
        self._keep((*self._book.accounts, account), used)

    def set_password(self, account: Account, password: str) -> None:
        """Keep another password for an account."""
        renewed = self.made(account.name, account.role, password)
        self._keep(renewed if each.key == account.key else each for each in self._book.accounts)

    def remove(self, accounts: Iterable[Account]) -> None:
        """Remove accounts."""
        keys = {each.key for each in accounts}
        self._keep(each for each in self._book.accounts if each.key not in keys)

    def _keep(self, accounts: Iterable[Account], used: tuple[str, ...] | None = None) -> None:
        codes = self._book.used_codes if used is None else used
        book = replace(self._book, accounts=tuple(accounts), used_codes=codes)
        self._store.write_accounts(book)
        self._book = book
