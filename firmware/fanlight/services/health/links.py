"""Over what hours go home, and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fanlight.services.health.finding import Finding, Verdict

if TYPE_CHECKING:
    from fanlight.domain.dispatch import Status

NEARLY = 0.9


def check_links(status: Status, trouble: str | None) -> Finding:
    """Judge the choice of the link and the month's bytes."""
    spending = status.spending
    cost = ""
    if spending is not None:
        cost = f", {spending.spent_bytes:,} of {spending.budget_bytes:,} bytes spent this month"
    if trouble is not None:
        return Finding("links", Verdict.WARN, f"{trouble}{cost}", "hours wait; none is lost")
    says = f"over {status.link}{cost}"
    if spending is not None and spending.spent_bytes > NEARLY * spending.budget_bytes:
        advice = "raise links.lte.monthly_bytes, set every_h = 6, or mend the other link"
        return Finding("links", Verdict.WARN, says, advice)
    if status.trouble:
        return Finding("links", Verdict.WARN, says, "the other link does not get through")
    return Finding("links", Verdict.OK, says)
