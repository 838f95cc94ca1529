"""What stands before every password and code: the waits, and what is entered of failures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fanlight.domain.access import Reason, Refused, name_key
from fanlight.domain.lockout import Lockout

if TYPE_CHECKING:
    from fanlight.domain.access import Account
    from fanlight.ports.clock import Clock
    from fanlight.services.access_accounts import Accounts
    from fanlight.services.access_notes import AccessNotes

_LONGEST_TYPED: Final = 200
_CLAIM: Final = "claim\n"  # no account can be called so


class Gate:
    """Lets the owner of a password through; who has to wait is not even looked at. Calls block."""

    def __init__(self, accounts: Accounts, clock: Clock, notes: AccessNotes) -> None:
        self._accounts = accounts
        self._clock = clock
        self._notes = notes
        self._lockout = Lockout()

    def account(self, name: str, password: str, address: str) -> Account | Refused:
        """Return the account whose password it is."""
        key = name_key(name[:_LONGEST_TYPED])
        if refused := self._wait(key, address, Reason.WAIT):
            return refused
        account = self._accounts.find(key)
        if not self._accounts.holds(account, password) or account is None:
            return self._failed(key, account, address, Reason.WRONG)
        self._lockout.succeeded(key, address)
        return account

    def claim_wait(self, address: str) -> Refused | None:
        """Return why no code may be tried now, None when one may."""
        return self._wait(_CLAIM, address, Reason.WAIT)

    def claim_failed(self, address: str) -> Refused:
        """Note a wrong code."""
        return self._failed(_CLAIM, None, address, Reason.CODE)

    def claim_succeeded(self, address: str) -> None:
        """Clear the wrong codes."""
        self._lockout.succeeded(_CLAIM, address)

    def _wait(self, key: str, address: str, reason: Reason) -> Refused | None:
        wait_s = self._lockout.wait_s(key, address, self._now_s())
        return Refused(reason, wait_s) if wait_s > 0 else None

    def _failed(self, key: str, account: Account | None, address: str, reason: Reason) -> Refused:
        # A name that is no account's may be a password in the wrong field: it is not entered.
        name = account.name if account else None
        known, now_s = account is not None or key == _CLAIM, self._now_s()
        begun = self._lockout.failed(key, address, now_s, known=known)
        self._notes.refusal(reason, name, address, now_s)
        for what in begun:
            if known or what == "address":
                self._notes.locked(what, name, address, now_s)
        return self._wait(key, address, reason) or Refused(reason)

    def _now_s(self) -> float:
        return self._clock.monotonic_ns() / 1e9
