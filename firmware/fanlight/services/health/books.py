"""Whether what is counted reaches the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fanlight.services.health.finding import Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence


def check_books(trouble: str | None, dropped: Sequence[str] = ()) -> Finding:
    """Judge the bookkeeping by its own trouble, and by months dropped because a disk was full."""
    if trouble is None and dropped:
        says = f"the disk was full; removed before their time: {', '.join(dropped)}"
        return Finding("books", Verdict.WARN, says, "receivers have them; give the device room")
    if trouble is None:
        return Finding("books", Verdict.OK, "counts are safe in the ledger")
    advice = "counting goes on in memory; mend the storage before the power goes"
    return Finding("books", Verdict.FAIL, trouble, advice)
