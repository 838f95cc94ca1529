"""Which of two links to use: the free one while it reaches the far end, else the metered one."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class LinkPolicySettings:
    """When the second link is taken, and when the first one again.

    The first is left after `failures_to_leave` failed probes in a row. It is taken again once it
    has answered every probe for `good_for_s`; a first link that fails within `steady_s` of its
    return must be good for twice as long next time, up to `longest_good_for_s`.
    """

    failures_to_leave: int = 3
    good_for_s: float = 600.0
    longest_good_for_s: float = 14_400.0
    steady_s: float = 7200.0


@dataclass(frozen=True, slots=True)
class LinkPolicy:
    """The choice between two links so far, told by probes of the first; times are monotonic."""

    settings: LinkPolicySettings = LinkPolicySettings()
    on_second: bool = False
    failures: int = 0
    good_since_s: float | None = None
    needed_s: float | None = None
    returned_at_s: float | None = None

    def probed(self, now_s: float, *, reached: bool) -> LinkPolicy:
        """Return the choice after a probe of the first link."""
        if self.on_second:
            return self._watched(now_s) if reached else replace(self, good_since_s=None)
        if reached:
            return replace(self, failures=0)
        failures = self.failures + 1
        if failures < self.settings.failures_to_leave:
            return replace(self, failures=failures)
        return replace(
            self, on_second=True, failures=0, good_since_s=None, needed_s=self._needed_s(now_s)
        )

    def _watched(self, now_s: float) -> LinkPolicy:
        since_s = now_s if self.good_since_s is None else self.good_since_s
        if now_s - since_s < (self.needed_s or 0.0):
            return replace(self, good_since_s=since_s)
        return replace(self, on_second=False, good_since_s=None, returned_at_s=now_s)

    def _needed_s(self, now_s: float) -> float:
        settings, returned_s = self.settings, self.returned_at_s
        if self.needed_s is None or returned_s is None or now_s - returned_s > settings.steady_s:
            return settings.good_for_s
        return min(2 * self.needed_s, settings.longest_good_for_s)
