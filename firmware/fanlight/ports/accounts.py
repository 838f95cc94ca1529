"""Where the console's accounts are kept, and how passwords are hashed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fanlight.domain.access import Account, ApiToken, Session


@dataclass(frozen=True, slots=True)
class AccountBook:
    """The accounts, and the digests of the printed codes that have been used.

    `lost` says that accounts were lost once, and with them which codes had been used.
    """

    accounts: tuple[Account, ...] = ()
    used_codes: tuple[str, ...] = ()
    lost: bool = False


class AccountStore(Protocol):
    """Accounts, API tokens and sessions, never a secret itself. Calls block on storage.

    Raises (every method):
        Transient: the storage cannot take or give it now.
        Rejected: a file is of a newer firmware.
    """

    def read_accounts(self) -> AccountBook:
        """Return the accounts; none where they cannot be read, never somebody else's."""

    def write_accounts(self, book: AccountBook) -> None:
        """Keep the accounts in place of those before."""

    def read_tokens(self) -> tuple[ApiToken, ...]:
        """Return the API tokens; none where they cannot be read."""

    def write_tokens(self, tokens: Iterable[ApiToken]) -> None:
        """Keep the API tokens in place of those before."""

    def read_sessions(self, boot_id: str) -> tuple[Session, ...]:
        """Return the sessions of this boot; their clock means nothing to another."""

    def write_sessions(self, boot_id: str, sessions: Iterable[Session]) -> None:
        """Keep the sessions in place of those before."""


class Passwords(Protocol):
    """Hashes passwords slowly. Calls block for about as long each."""

    def hash(self, password: str) -> str:
        """Return a hash with its own salt."""

    def verify(self, password_hash: str | None, password: str) -> bool:
        """Tell whether it is the password; without a hash it takes as long to say no."""

    def needs_rehash(self, password_hash: str) -> bool:
        """Tell whether the hash was made with weaker parameters than today's."""
