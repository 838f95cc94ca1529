"""The access rules of the console as use cases: claim, log in, accounts, tokens, recovery."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from fanlight.domain.access import Reason, Refused, Role, name_fault, name_key, password_fault
from fanlight.domain.claim import CodeKind
from fanlight.domain.lockout import cut_address
from fanlight.ports.audit import AuditKind
from fanlight.services.access_accounts import Accounts
from fanlight.services.access_gate import Gate
from fanlight.services.access_notes import AccessNotes
from fanlight.services.access_sessions import Sessions, csrf_holds, csrf_of
from fanlight.services.access_tokens import ApiTokens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from fanlight.domain.access import Account, ApiToken, Scope, Session
    from fanlight.domain.claim import ClaimCode
    from fanlight.ports.accounts import AccountStore, Passwords
    from fanlight.ports.audit import Fact
    from fanlight.ports.clock import Clock

MOST_ACCOUNTS: Final = 50
_NOT_ALLOWED: Final = Refused(Reason.NOT_ALLOWED)


class Access:
    """Everything that opens the console or changes who may. Calls block; make them in one thread.

    What may not be is `Refused`, told in words for a person. `by` is the session that asks.

    Raises (every method that changes something):
        Transient: the storage or the audit log cannot take it.
    """

    def __init__(
        self,
        store: AccountStore,
        passwords: Passwords,
        clock: Clock,
        audit: Callable[[AuditKind, Mapping[str, Fact]], object],
    ) -> None:
        self._clock = clock
        self._notes = AccessNotes(audit)
        self._accounts = Accounts(store, passwords)
        self._gate = Gate(self._accounts, clock, self._notes)
        self._sessions = Sessions(store, clock)
        self._tokens = ApiTokens(store, clock, self._notes)
        self._codes: dict[CodeKind, ClaimCode] = {}

    csrf_of = staticmethod(csrf_of)
    csrf_holds = staticmethod(csrf_holds)

    @property
    def is_claimed(self) -> bool:
        """Whether the camera has an owner."""
        return bool(self._accounts.owners)

    @property
    def accounts(self) -> tuple[Account, ...]:
        """Everybody who may log in."""
        return self._accounts.all

    @property
    def were_lost(self) -> bool:
        """Whether there is no owner because the accounts cannot be read any more."""
        return self._accounts.were_lost and not self.is_claimed

    @property
    def tokens(self) -> tuple[ApiToken, ...]:
        """Every API token, without what would open anything."""
        return self._tokens.all()

    def waits_for(self) -> frozenset[CodeKind]:
        """Return whose codes would be taken now."""
        now_s = self._now_s()
        return frozenset(
            kind
            for kind, each in self._codes.items()
            if each.is_open(now_s) and (kind is CodeKind.CARD or not self.is_claimed)
        )

    def offer(self, code: ClaimCode) -> Refused | None:
        """Let a code make an owner: the first one, or another if the code came on an owner's card.

        After accounts were lost no label's code does.
        """
        if self.is_claimed and code.kind is not CodeKind.CARD:
            return Refused(Reason.CLAIMED)
        lost_label = code.kind is CodeKind.LABEL and self._accounts.were_lost
        if lost_label or self._accounts.has_used(code.digest):
            return Refused(Reason.CODE)
        self._codes[code.kind] = code
        return None

    def claim(self, code: str, name: str, password: str, address: str) -> str | Refused:
        """Make an owner; return the token of the owner's session.

        A card's code also gives an account that is there a new password.
        """
        waited_for = self.waits_for()
        if self.is_claimed and not waited_for:
            return Refused(Reason.CLAIMED)
        if fault := name_fault(name) or password_fault(password, name):
            return Refused(fault)
        if refused := self._gate.claim_wait(address):
            return refused
        matching = [each for each in self._codes.values() if each.matches(code)]
        used = next((each for each in matching if each.kind in waited_for), None)
        if used is None:
            self._codes = {kind: each.after_wrong() for kind, each in self._codes.items()}
            return self._gate.claim_failed(address)
        if (former := self._accounts.find(name)) and used.kind is CodeKind.CARD:
            self._accounts.remove([former])
        elif former:
            return Refused(Reason.TAKEN)
        self._gate.claim_succeeded(address)
        return self._make_owner(used, self._accounts.made(name, Role.OWNER, password), address)

    def log_in(self, name: str, password: str, address: str) -> str | Refused:
        """Return the token of a new session."""
        account = self._gate.account(name, password, address)
        if isinstance(account, Refused):
            return account
        self._accounts.strengthen(account, password)
        token = self._sessions.begin(account)
        self._notes.login(account.name, account.role.name.lower(), address)
        return token

    def session(self, token: str) -> Session | None:
        """Return the session of a token, with the role its account has now."""
        found = self._sessions.find(token)
        account = self._accounts.find(found.account) if found else None
        return replace(found, role=account.role) if found and account else None

    def log_out(self, token: str) -> None:
        """End a session."""
        self._sessions.end(token)

    def log_out_everywhere(self, account: str, by: Session) -> Refused | None:
        """End all sessions of an account: one's own, or anybody's as an owner."""
        if name_key(account) != name_key(by.account) and not self._owns(by):
            return _NOT_ALLOWED
        self._sessions.end_all(account)
        return None

    def add_account(self, name: str, role: Role, password: str, by: Session) -> Refused | None:
        """Add somebody."""
        if not self._owns(by):
            return _NOT_ALLOWED
        if fault := name_fault(name) or password_fault(password, name):
            return Refused(fault)
        if self._accounts.find(name):
            return Refused(Reason.TAKEN)
        if len(self._accounts.all) >= MOST_ACCOUNTS:
            return Refused(Reason.TOO_MANY)
        account = self._accounts.made(name, role, password)
        said = role.name.lower()
        self._notes.change(
            AuditKind.CONSOLE_ACCOUNT_ADDED, account=account.name, role=said, by=by.account
        )
        self._sessions.end_all(account.name)
        self._accounts.add(account)
        return None

    def change_password(self, old: str, new: str, by: Session, address: str) -> Refused | None:
        """Change one's own password, and end one's other sessions."""
        account = self._gate.account(by.account, old, address)
        if isinstance(account, Refused):
            return account
        if fault := password_fault(new, account.name):
            return Refused(fault)
        self._notes.change(
            AuditKind.CONSOLE_PASSWORD_CHANGED,
            account=account.name,
            address=cut_address(address),
        )
        self._accounts.set_password(account, new)
        self._sessions.end_all(account.name, but=by.token_hash)
        return None

    def remove_account(self, name: str, by: Session) -> Refused | None:
        """Remove somebody and end their sessions; the last owner stays."""
        account = self._accounts.find(name)
        if not self._owns(by):
            return _NOT_ALLOWED
        if account is None:
            return Refused(Reason.UNKNOWN)
        if self._accounts.owners == (account,):
            return Refused(Reason.LAST_OWNER)
        self._notes.change(AuditKind.CONSOLE_ACCOUNT_REMOVED, account=account.name, by=by.account)
        self._accounts.remove([account])
        self._sessions.end_all(account.name)
        return None

    def make_token(self, name: str, scopes: Iterable[Scope], by: Session) -> str | Refused:
        """Return a new API token; it is shown this once."""
        allowed = self._owns(by)
        return self._tokens.make(name, scopes, by.account) if allowed else _NOT_ALLOWED

    def token(self, bearer: str) -> frozenset[Scope] | None:
        """Return what an API token may do, None for one that is not known."""
        return self._tokens.scopes_of(bearer)

    def revoke_token(self, name: str, by: Session) -> Refused | None:
        """End an API token."""
        return self._tokens.revoke(name, by.account) if self._owns(by) else _NOT_ALLOWED

    def _make_owner(self, code: ClaimCode, owner: Account, address: str) -> str:
        self._notes.change(
            AuditKind.CONSOLE_CLAIMED,
            account=owner.name,
            by=code.kind.value,
            address=cut_address(address),
        )
        # A digest of so few digits as the lamp's would give them away; no lamp repeats its code.
        printed = code.kind is not CodeKind.LAMP
        self._accounts.add(owner, code.digest if printed else "")
        self._codes = {}
        self._sessions.end_all(owner.name)
        return self._sessions.begin(owner)

    def _owns(self, by: Session) -> bool:
        account = self._accounts.find(by.account)
        return account is not None and account.role is Role.OWNER

    def _now_s(self) -> float:
        return self._clock.monotonic_ns() / 1e9
