"""What the console enters in the audit log, and how much of what strangers cause."""

from __future__ import annotations

import logging
from collections import Counter
from typing import TYPE_CHECKING, Final

from fanlight.domain.lockout import cut_address
from fanlight.ports.audit import AuditKind
from fanlight.ports.errors import Transient

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fanlight.domain.access import Reason
    from fanlight.ports.audit import Fact

log = logging.getLogger(__name__)

MOST_AN_HOUR: Final = 60
"""More of one kind would push older decisions out of the log, which an attacker might want."""


class AccessNotes:
    """Enters changes strictly, so that none goes unentered, and what only happens as it can.

    No entry holds a secret, a name that is no account's, or an address in full.
    """

    def __init__(self, audit: Callable[[AuditKind, Mapping[str, Fact]], object]) -> None:
        self._audit = audit
        self._hour = 0
        self._entered: Counter[AuditKind] = Counter()
        self._left_out: Counter[AuditKind] = Counter()

    def change(self, kind: AuditKind, **facts: Fact) -> None:
        """Enter what is about to be changed.

        Raises:
            Transient: it cannot be entered, so it must not be done.
        """
        self._audit(kind, facts)

    def login(self, account: str, role: str, address: str) -> None:
        """Enter a log-in; a full card keeps nobody out."""
        self._enter(
            AuditKind.CONSOLE_LOGIN,
            {"account": account, "role": role, "address": cut_address(address)},
        )

    def refusal(self, reason: Reason, account: str | None, address: str, now_s: float) -> None:
        """Enter a wrong password or code."""
        why = reason.name.lower()
        facts: dict[str, Fact] = {"why": why, "account": account, "address": cut_address(address)}
        self._enter_some(AuditKind.CONSOLE_LOGIN_REFUSED, facts, now_s)

    def locked(self, what: str, account: str | None, address: str, now_s: float) -> None:
        """Enter that waits have begun for an account or an address."""
        facts: dict[str, Fact] = {"of": what, "account": account, "address": cut_address(address)}
        self._enter_some(AuditKind.CONSOLE_LOCKED, facts, now_s)

    def _enter_some(self, kind: AuditKind, facts: dict[str, Fact], now_s: float) -> None:
        """Enter what strangers can cause at will: so many an hour, and the rest as a number."""
        hour = int(now_s // 3600)
        if hour != self._hour:
            self._hour = hour
            self._entered.clear()
        self._entered[kind] += 1
        if self._left_out[kind]:
            facts["left_out_before"] = self._left_out[kind]
        if self._entered[kind] <= MOST_AN_HOUR and self._enter(kind, facts):
            self._left_out[kind] = 0
        else:
            self._left_out[kind] += 1

    def _enter(self, kind: AuditKind, facts: Mapping[str, Fact]) -> bool:
        try:
            self._audit(kind, facts)
        except Transient as fault:
            log.warning("the audit log could not take %s: %s", kind.value, fault)
            return False
        return True
