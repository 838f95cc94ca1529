"""Whether the model's files are the ones that were shipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fanlight.ports.errors import FanlightError
from fanlight.services.health.finding import Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable


def check_model(read: Callable[[], str]) -> Finding:
    """Read the model package, whose hashes are checked by reading; `read` names it."""
    try:
        return Finding("model", Verdict.OK, read())
    except FanlightError as error:
        advice = "install the release again, or set detector.manifest"
        return Finding("model", Verdict.FAIL, str(error), advice)
