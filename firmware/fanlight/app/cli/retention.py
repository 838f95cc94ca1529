"""`fanlight report --retention`: returning visitors, or why not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click
from rich.console import Console

from fanlight.app.compose_retention import retention_settings, retention_store
from fanlight.domain.revisit_report import retention_report, retention_to_plain
from fanlight.ports.errors import Rejected

if TYPE_CHECKING:
    from fanlight.app.config import Config
    from fanlight.domain.revisit_guards import Answer
    from fanlight.domain.revisit_report import RetentionReport


def show_retention(config: Config, *, as_json: bool) -> None:
    """Print the share of visits followed by another, for each lag on offer.

    Raises:
        Rejected: retention is off, or no day has begun yet.
        Transient: the storage does not answer.
    """
    settings = retention_settings(config)
    series = retention_store(config, mend=False).read()
    if series is None:
        raise Rejected("retention", "not enough data, because no day has begun yet")
    report = retention_report(series, settings.kernel, settings.lags)
    if as_json:
        click.echo(json.dumps(retention_to_plain(report)))
    else:
        _print(report, Console(highlight=False))


def _print(report: RetentionReport, console: Console) -> None:
    found = report.retention
    console.print("[bold]Visits followed by another one[/], above the background of 4 to 6 days")
    for each in found.answers:
        console.print(_line(each), markup=False, soft_wrap=True)
    if report.visitors is not None:
        visitors = report.visitors
        console.print(
            f"  at least {visitors.least} different people made the {visitors.visits} visits of "
            f"the last {visitors.days} valid days",
            soft_wrap=True,
        )
    console.print(
        f"{found.days} valid days, {found.left_out} left out, {found.mean_visits:.0f} visits a "
        f"day; epsilon {report.noise.epsilon:.2f} a visit",
        style="dim",
        soft_wrap=True,
    )


def _line(each: Answer) -> str:
    later = {0: "the same day", 1: "1 day later"}.get(each.lag, f"{each.lag} days later")
    if each.share is None:
        return f"  {later:13} not enough data, because {each.because}"
    share = each.share
    return f"  {later:13} {share.best:6.1%}  ({share.low:.1%} to {share.high:.1%})"
