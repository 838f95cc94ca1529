"""So many requests a minute, and no more: a bucket that fills again with time."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

MOST_ADDRESSES: Final = 1000


class Allowance:
    """So many requests a minute, a few of them at once; time comes in as seconds of any clock."""

    def __init__(self, a_minute: int, now_s: float) -> None:
        self._a_minute = a_minute
        self._left = float(a_minute)
        self._at_s = now_s

    def spend(self, now_s: float) -> bool:
        """Take one request from the allowance, if there is one left."""
        earned = (now_s - self._at_s) / 60 * self._a_minute
        self._left = min(float(self._a_minute), self._left + earned)
        self._at_s = now_s
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Allowances:
    """One allowance for each address; those that have asked for longest ago are forgotten."""

    def __init__(self, a_minute: int) -> None:
        self._a_minute = a_minute
        self._by_address: OrderedDict[str, Allowance] = OrderedDict()

    def spend(self, address: str, now_s: float) -> bool:
        """Take one request from an address's allowance, if there is one left."""
        allowance = self._by_address.get(address)
        if allowance is None:
            allowance = self._by_address[address] = Allowance(self._a_minute, now_s)
            if len(self._by_address) > MOST_ADDRESSES:
                self._by_address.popitem(last=False)
        self._by_address.move_to_end(address)
        return allowance.spend(now_s)
