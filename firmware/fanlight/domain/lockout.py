"""Waits before a password is looked at, so that guessing takes longer than anybody lives."""

from __future__ import annotations

import math
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final

ACCOUNT_FREE: Final = 5
ADDRESS_FREE: Final = 20
FIRST_WAIT_S: Final = 1.0
LONGEST_WAIT_S: Final = 15 * 60.0
OTHERS_WAIT_S: Final = 60.0
FORGOTTEN_S: Final = 24 * 3600
MOST_ENTRIES: Final = 1000

_LONGEST_KEY: Final = 80


@dataclass(slots=True)
class _Failures:
    count: int
    last_s: float
    kept: bool


class Lockout:
    """How long to wait before a password is looked at at all; times are monotonic seconds.

    After 5 failures of an account from one address, or 20 of an address, waits double from 1 s to
    15 min. Other addresses may still try the account, all of them together once a minute at most,
    so that nobody is kept out by a stranger's failures. A success clears what this account and
    address have failed, and leaves what the address failed elsewhere. Of too many entries the
    oldest go, never those of accounts that exist: a flood of made-up names unlocks nobody.
    """

    def __init__(self, most_entries: int = MOST_ENTRIES) -> None:
        self._most_entries = most_entries
        self._failures: dict[tuple[str, str], _Failures] = {}

    def __len__(self) -> int:
        return len(self._failures)

    def wait_s(self, account: str, address: str, now_s: float) -> float:
        """Return the seconds to wait before the next try, 0 for none."""
        whole, own, there = self._keys(account, address)
        return max(
            self._left_s(whole, ACCOUNT_FREE, now_s, OTHERS_WAIT_S),
            self._left_s(own, ACCOUNT_FREE, now_s),
            self._left_s(there, ADDRESS_FREE, now_s),
        )

    def failed(
        self, account: str, address: str, now_s: float, *, known: bool = False
    ) -> tuple[str, ...]:
        """Note a wrong password, of a `known` account or a made-up one.

        Returns:
            What is locked from now on, and was not before: "account", "address".
        """
        whole, own, there = self._keys(account, address)
        account_count = self._raise(whole, now_s, kept=known)
        self._raise(own, now_s)
        address_count = self._raise(there, now_s)
        begun = {"account": account_count == ACCOUNT_FREE, "address": address_count == ADDRESS_FREE}
        return tuple(what for what, locked in begun.items() if locked)

    def succeeded(self, account: str, address: str) -> None:
        """Clear what this account and address have failed."""
        whole, own, there = self._keys(account, address)
        cleared = self._failures.pop(own, None)
        self._failures.pop(whole, None)
        if cleared and (elsewhere := self._failures.get(there)):
            elsewhere.count -= cleared.count
            if elsewhere.count <= 0:
                del self._failures[there]

    def _keys(self, account: str, address: str) -> tuple[tuple[str, str], ...]:
        name, place = account[:_LONGEST_KEY], str(_network_of(address))
        return ("account", name), (place, name), ("address", place)

    def _left_s(
        self, key: tuple[str, str], free: int, now_s: float, longest_s: float = LONGEST_WAIT_S
    ) -> float:
        found = self._failures.get(key)
        if found is None or found.count < free or now_s - found.last_s > FORGOTTEN_S:
            return 0.0
        doublings = min(found.count - free, 20)
        return max(0.0, found.last_s + min(math.ldexp(FIRST_WAIT_S, doublings), longest_s) - now_s)

    def _raise(self, key: tuple[str, str], now_s: float, *, kept: bool = False) -> int:
        found = self._failures.pop(key, None)
        known = found.count if found and now_s - found.last_s <= FORGOTTEN_S else 0
        if len(self._failures) >= self._most_entries:
            passing = (key for key, each in self._failures.items() if not each.kept)
            del self._failures[next(passing, next(iter(self._failures)))]
        self._failures[key] = _Failures(known + 1, now_s, kept)
        return known + 1


def _network_of(address: str) -> IPv4Address | IPv6Network | None:
    """Return whom an address stands for: an IPv6 host chooses the lower half of its own."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    if isinstance(parsed, IPv6Address):
        return parsed.ipv4_mapped or IPv6Network((int(parsed) >> 64 << 64, 64))
    return parsed


def cut_address(address: str) -> str:
    """Return an address without what tells one machine from its neighbours."""
    network = _network_of(address)
    if network is None:
        return "unknown"
    return f"{network}".rsplit(".", 1)[0] + ".x" if network.version == 4 else str(network)
