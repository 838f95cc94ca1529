"""Whether what is counted reaches the ledger."""

from __future__ import annotations

from fanlight.services.health.finding import Finding, Verdict


def check_books(trouble: str | None) -> Finding:
    """Judge the bookkeeping by its own trouble, None when there is none."""
    if trouble is None:
        return Finding("books", Verdict.OK, "counts are safe in the ledger")
    advice = "counting goes on in memory; mend the storage before the power goes"
    return Finding("books", Verdict.FAIL, trouble, advice)
