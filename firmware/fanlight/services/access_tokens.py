"""The ways in for machines: API tokens, each for a few scopes and nothing else."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from fanlight.domain.access import ApiToken, Reason, Refused, clean_name, name_fault, name_key
from fanlight.ports.audit import AuditKind
from fanlight.ports.errors import Transient
from fanlight.services.access_sessions import hash_of, new_secret

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fanlight.domain.access import Scope
    from fanlight.ports.accounts import AccountStore
    from fanlight.ports.clock import Clock
    from fanlight.services.access_notes import AccessNotes

log = logging.getLogger(__name__)

MOST_TOKENS: Final = 50


class ApiTokens:
    """Makes, reads and revokes API tokens. Calls block on storage.

    Raises (every method that changes something):
        Transient: the storage cannot take it, and nothing has changed.
    """

    def __init__(self, store: AccountStore, clock: Clock, notes: AccessNotes) -> None:
        self._store = store
        self._clock = clock
        self._notes = notes
        self._known = store.read_tokens()

    def all(self) -> tuple[ApiToken, ...]:
        """Return every token, without what would open anything."""
        return self._known

    def make(self, name: str, scopes: Iterable[Scope], by: str) -> str | Refused:
        """Return a new token; it is shown this once."""
        clean, wanted = clean_name(name), frozenset(scopes)
        if fault := name_fault(clean):
            return Refused(fault)
        if self._named(clean):
            return Refused(Reason.TAKEN)
        if len(self._known) >= MOST_TOKENS:
            return Refused(Reason.TOO_MANY)
        token, now = new_secret(), self._clock.utc()
        made_at = now.isoformat(timespec="seconds") if now else None
        made = ApiToken(clean, wanted, hash_of(token), made_at)
        said = ",".join(sorted(wanted))
        self._notes.change(AuditKind.CONSOLE_TOKEN_MADE, name=clean, scopes=said, by=by)
        self._keep((*self._known, made))
        return token

    def scopes_of(self, bearer: str) -> frozenset[Scope] | None:
        """Return what a token may do, None for one that is not known; notes the day of its use."""
        digest = hash_of(bearer)
        found = next((each for each in self._known if each.token_hash == digest), None)
        if found is None:
            return None
        now = self._clock.utc()
        day = now.date().isoformat() if now else found.last_used
        if day != found.last_used:
            self._note_use(replace(found, last_used=day))
        return found.scopes

    def revoke(self, name: str, by: str) -> Refused | None:
        """End a token."""
        found = self._named(name)
        if found is None:
            return Refused(Reason.UNKNOWN)
        self._notes.change(AuditKind.CONSOLE_TOKEN_REVOKED, name=found.name, by=by)
        self._keep(tuple(each for each in self._known if each is not found))
        return None

    def _named(self, name: str) -> ApiToken | None:
        key = name_key(name)
        return next((each for each in self._known if name_key(each.name) == key), None)

    def _note_use(self, used: ApiToken) -> None:
        known = tuple(used if each.token_hash == used.token_hash else each for each in self._known)
        try:
            self._keep(known)
        except Transient as fault:
            self._known = known
            log.warning("the day of a token's use is not kept: %s", fault)

    def _keep(self, tokens: tuple[ApiToken, ...]) -> None:
        self._store.write_tokens(tokens)
        self._known = tokens
