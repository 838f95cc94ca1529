"""The composition root of what a shop adds: the till's totals, and the checks of the counter."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fanlight.adapters.check_store import CheckStore
from fanlight.adapters.till_store import TillStore
from fanlight.domain.rates import ErrorRates

if TYPE_CHECKING:
    from fanlight.app.config import Config


def open_till(config: Config) -> TillStore:
    """Return the store of the till's totals, not yet read."""
    return TillStore(Path(config.device.data_dir) / "till")


def open_checks(config: Config) -> CheckStore:
    """Return the store of what was checked on this site, not yet read."""
    return CheckStore(Path(config.device.data_dir) / "checks")


def site_rates(config: Config) -> ErrorRates:
    """Return the counter's error rates as far as they are known on this site.

    Raises:
        Transient, Rejected: the store of checks cannot be read.
    """
    return ErrorRates.from_checks(check.by_condition for check in open_checks(config).read())
