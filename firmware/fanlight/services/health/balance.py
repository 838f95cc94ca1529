"""Whether as many people leave as come in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fanlight.domain.occupancy import ImbalanceAlarm
from fanlight.services.health.finding import Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fanlight.domain.house import ClosedDay

ALARM: Final = ImbalanceAlarm()


def check_balance(days: Sequence[ClosedDay], alarm: ImbalanceAlarm = ALARM) -> Finding:
    """Judge entries against exits, over the last day that is over and over all days known."""
    if not days:
        return Finding("balance", Verdict.OK, "no day is over yet")
    last = days[-1]
    entries, exits = sum(day.entries for day in days), sum(day.exits for day in days)
    says = f"{last.entries} in, {last.exits} out on the last day that is over"
    if alarm.rings(last.entries, last.exits) or alarm.rings(entries, exits):
        return Finding(
            "balance",
            Verdict.WARN,
            f"{says}; {entries} in, {exits} out in {len(days)} days: more apart than by chance",
            "look for another door, for shadows or light at the line, and whether the line spans "
            "the whole door",
        )
    return Finding("balance", Verdict.OK, says)
