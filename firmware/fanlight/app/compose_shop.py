"""The composition root of what a shop adds: the till's totals, and the checks of the counter."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from fanlight.adapters.check_store import CheckStore
from fanlight.adapters.secret_file import read_secret
from fanlight.adapters.till_drop import TillDrop
from fanlight.adapters.till_http import serve, till_app
from fanlight.adapters.till_store import TillStore
from fanlight.domain.rates import ErrorRates
from fanlight.services.till import TillService

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AsyncExitStack

    from fanlight.app.config import Config


def open_till(config: Config) -> TillStore:
    """Return the store of the till's totals, not yet read."""
    return TillStore(Path(config.device.data_dir) / "till")


def till_services(
    config: Config, parts: AsyncExitStack
) -> dict[str, Callable[[], Awaitable[None]]]:
    """Return the services that take the till's totals; none without `[till]`.

    Raises:
        Rejected: the token's file cannot be used.
    """
    section = config.till
    if section is None:
        return {}
    store = open_till(config)
    drop = TillDrop(
        Path(config.device.data_dir) / "till-drop", store, ZoneInfo(config.device.timezone)
    )
    service = TillService(drop.take, store.book)
    parts.callback(service.close)
    if not section.token_file:
        return {"till": service.run}
    token = read_secret(Path(section.token_file), "till")
    app_of = partial(till_app, service.book, token, monotonic)
    return {
        "till": service.run,
        "till-http": lambda: serve(app_of(), section.bind, section.port),
    }


def open_checks(config: Config) -> CheckStore:
    """Return the store of what was checked on this site, not yet read."""
    return CheckStore(Path(config.device.data_dir) / "checks")


def site_rates(config: Config) -> ErrorRates:
    """Return the counter's error rates as far as they are known on this site.

    Raises:
        Transient, Rejected: the store of checks cannot be read.
    """
    return ErrorRates.from_checks(check.by_condition for check in open_checks(config).read())
