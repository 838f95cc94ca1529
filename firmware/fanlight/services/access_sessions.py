"""Who is logged in at the console: sessions by the hash of their token, kept over a restart."""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from fanlight.domain.access import Session, name_key
from fanlight.ports.errors import Transient

if TYPE_CHECKING:
    from collections.abc import Callable

    from fanlight.domain.access import Account
    from fanlight.ports.accounts import AccountStore
    from fanlight.ports.clock import Clock

log = logging.getLogger(__name__)

MOST_OF_ONE: Final = 8
"""An account's oldest session ends for a ninth, nobody else's."""

KEPT_EVERY_S: Final = 300
SECRET_BYTES: Final = 32
_LONGEST_SECRET: Final = 200


def new_secret() -> str:
    """Make a secret that nobody guesses."""
    return secrets.token_urlsafe(SECRET_BYTES)


def hash_of(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret[:_LONGEST_SECRET].encode(errors="replace")).hexdigest()


def csrf_of(token: str) -> str:
    """Return what has to come back with every form of a session."""
    return hmac.new(token.encode(errors="replace"), b"fanlight csrf", hashlib.sha256).hexdigest()


def csrf_holds(token: str, given: str) -> bool:
    """Tell, in a time that says nothing, whether a form came from the session's own pages."""
    return hmac.compare_digest(csrf_of(token).encode(), given.encode(errors="replace"))


class Sessions:
    """The sessions of this boot. Calls block on storage, not each one.

    That somebody was seen is stored every few minutes: after a restart a session ends earlier, not
    later, than it would have.
    """

    def __init__(self, store: AccountStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        found = store.read_sessions(clock.boot_id)
        self._open = {each.token_hash: each for each in found if each.holds(self._now_s())}
        self._kept_s = self._now_s()

    def begin(self, account: Account) -> str:
        """Return the token of a new session; a full card keeps nobody out."""
        token, now_s = new_secret(), self._now_s()
        self._drop(lambda each: not each.holds(now_s))
        own = [each for each in self._open.values() if each.account == account.name]
        for each in sorted(own, key=lambda each: each.seen_s)[: max(0, len(own) + 1 - MOST_OF_ONE)]:
            del self._open[each.token_hash]
        session = Session(hash_of(token), account.name, account.role, now_s, now_s)
        self._open[session.token_hash] = session
        self._keep_if_possible()
        return token

    def find(self, token: str) -> Session | None:
        """Return a session that holds, and note that it was seen."""
        now_s = self._now_s()
        session = self._open.get(hash_of(token))
        if session is None or not session.holds(now_s):
            return None
        session = self._open[session.token_hash] = replace(session, seen_s=now_s)
        if now_s - self._kept_s >= KEPT_EVERY_S:
            self._keep_if_possible()
        return session

    def end(self, token: str) -> None:
        """End one session.

        Raises:
            Transient: it has ended, but would come back with a restart of the process.
        """
        self._end(lambda each: each.token_hash == hash_of(token))

    def end_all(self, account: str, but: str = "") -> None:
        """End an account's sessions, except that of one token's hash.

        Raises:
            Transient: they have ended, but would come back with a restart of the process.
        """
        key = name_key(account)
        self._end(lambda each: name_key(each.account) == key and each.token_hash != but)

    def _end(self, ends: Callable[[Session], bool]) -> None:
        if self._drop(ends):
            self._keep()

    def _drop(self, ends: Callable[[Session], bool]) -> bool:
        left = {key: each for key, each in self._open.items() if not ends(each)}
        dropped = len(left) < len(self._open)
        self._open = left
        return dropped

    def _keep_if_possible(self) -> None:
        try:
            self._keep()
        except Transient as fault:
            log.warning("sessions are not kept over a restart: %s", fault)

    def _keep(self) -> None:
        self._kept_s = self._now_s()
        self._store.write_sessions(self._clock.boot_id, self._open.values())

    def _now_s(self) -> float:
        return self._clock.monotonic_ns() / 1e9
