"""`fanlight report --insights`: what a shop can learn from its days."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click
from rich.console import Console

from fanlight.adapters.terminal_insights import print_insights
from fanlight.app.compose import open_ledger
from fanlight.app.compose_shop import open_till, site_rates
from fanlight.domain.hours import UtcHour
from fanlight.domain.insights_page import insights_to_plain
from fanlight.domain.report import Viewpoint
from fanlight.services.insights import insights_of

if TYPE_CHECKING:
    from fanlight.app.config import Config

DAYS = 28


def show_insights(
    config: Config, first: datetime | None, last: datetime | None, *, as_json: bool
) -> None:
    """Print the figures of local days, the last four weeks up to yesterday if left out.

    Raises:
        click.UsageError: the last day is before the first.
    """
    view = viewpoint(config)
    end = last.date() if last else _yesterday(view)
    begin = first.date() if first else end - timedelta(days=DAYS - 1)
    ledger = open_ledger(config)
    try:
        found = insights_of(ledger, open_till(config), begin, end, view)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    finally:
        ledger.close()
    if as_json:
        click.echo(json.dumps(insights_to_plain(found)))
    else:
        print_insights(found, Console(highlight=False))


def viewpoint(config: Config) -> Viewpoint:
    """Return the view of somebody at this site now, with the error rates measured there."""
    now = UtcHour.containing(datetime.now(UTC))
    return Viewpoint(ZoneInfo(config.device.timezone), now, site_rates(config))


def _yesterday(view: Viewpoint) -> date:
    return view.now.start.astimezone(view.zone).date() - timedelta(days=1)
