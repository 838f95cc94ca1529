"""The audit log: what the device decided, in an order that nobody can change unnoticed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Fact = str | int | float | bool | None
"""What an entry may hold: numbers and short words, nothing of a person."""


class AuditKind(StrEnum):
    """What this firmware enters."""

    LOG_BEGUN = "log_begun"
    LOG_SEALED = "log_sealed"
    LOG_TORN = "log_torn"
    RETENTION_SERIES = "retention_series"
    RETENTION_SERIES_ENDED = "retention_series_ended"
    RETENTION_DAY_BEGUN = "retention_day_begun"
    RETENTION_DAY_CLOSED = "retention_day_closed"
    RETENTION_DAY_DROPPED = "retention_day_dropped"
    RETENTION_RING_DELETED = "retention_ring_deleted"
    RETENTION_REFUSED = "retention_refused"
    RETENTION_PUBLISHED = "retention_published"
    CONSOLE_CLAIMED = "console_claimed"
    CONSOLE_LOGIN = "console_login"
    CONSOLE_LOGIN_REFUSED = "console_login_refused"
    CONSOLE_LOCKED = "console_locked"
    CONSOLE_ACCOUNT_ADDED = "console_account_added"
    CONSOLE_ACCOUNT_REMOVED = "console_account_removed"
    CONSOLE_PASSWORD_CHANGED = "console_password_changed"  # noqa: S105 - the name of an entry
    CONSOLE_TOKEN_MADE = "console_token_made"  # noqa: S105 - the name of an entry
    CONSOLE_TOKEN_REVOKED = "console_token_revoked"  # noqa: S105 - the name of an entry
    SETUP_ARMED = "setup_armed"
    SETUP_ENDED = "setup_ended"
    SETUP_CARD_TAKEN = "setup_card_taken"
    SETUP_CARD_REFUSED = "setup_card_refused"
    AIMING_VIEW_OPENED = "aiming_view_opened"
    AIMING_VIEW_CLOSED = "aiming_view_closed"
    WALK_TEST_ENDED = "walk_test_ended"
    SETTINGS_CHANGED = "settings_changed"
    EXPORTED = "exported"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the log: its number, when (UTC, None while unknown), what, and its own hash.

    The hash covers all of it and the hash before it.
    """

    number: int
    at: str | None
    kind: str
    facts: Mapping[str, Fact]
    hash: str


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """Whether the chain holds: how many entries were checked, the last hash, and what is wrong.

    Whoever noted an earlier last hash elsewhere can tell that no entries were cut off the end.
    """

    entries: int
    head: str
    faults: tuple[str, ...]


class AuditLog(Protocol):
    """Append-only and hash-chained. Calls block on storage.

    Raises (every method):
        Transient: the storage cannot take or give it now; the same call may be made again.
    """

    def append(self, kind: AuditKind, facts: Mapping[str, Fact], at: str | None) -> AuditEntry:
        """Enter a decision; it is durable when this returns.

        Raises:
            ValueError: a fact is too long to be one.
        """

    def entries(self) -> Iterator[AuditEntry]:
        """Return every entry that is kept, oldest first; broken lines are left out."""

    def verify(self) -> AuditVerdict:
        """Check every hash and every link of the chain."""
