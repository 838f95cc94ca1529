"""What a check has found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """OK: nothing to do. WARN: it counts, but somebody should act. FAIL: it can't count."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor: what was checked, how it is, and what to do about it."""

    check: str
    verdict: Verdict
    says: str
    advice: str = ""
