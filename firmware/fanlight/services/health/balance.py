"""Whether as many people leave as come in, and whether they look as tall as people are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fanlight.domain.moment import Cause
from fanlight.domain.occupancy import ImbalanceAlarm
from fanlight.services.health.finding import Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

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


def check_statures(causes: Collection[Cause]) -> Finding:
    """Judge the mounting facts by how tall people look, from what the last Moment suffered."""
    if Cause.BODIES_TOO_LARGE in causes:
        says, nearer = "people look taller than people are", "lower"
    elif Cause.BODIES_TOO_SMALL in causes:
        says, nearer = "people look smaller than people are", "higher"
    else:
        return Finding("mounting", Verdict.OK, "nothing speaks against height and tilt")
    return Finding(
        "mounting",
        Verdict.WARN,
        says,
        f"measure again: the lens hangs {nearer} than mount.height_m, or mount.tilt_deg or "
        "mount.field_deg is wrong",
    )
