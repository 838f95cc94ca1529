"""`fanlight doctor`: one line a check, each with what to do."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from fanlight.adapters.tls_probe import TlsProbe
from fanlight.app.cli.settings import config_option
from fanlight.app.compose import describe_model, open_clock, open_room
from fanlight.app.compose_links import goal_of
from fanlight.app.compose_people import ground_plane
from fanlight.services.health.clock import check_clock
from fanlight.services.health.eyesight import check_eyesight
from fanlight.services.health.finding import Finding, Verdict
from fanlight.services.health.memory import check_memory
from fanlight.services.health.model import check_model
from fanlight.services.health.mounting import check_mounting
from fanlight.services.health.storage import check_storage
from fanlight.services.health.temperature import check_temperature
from fanlight.services.health.uplink import check_reach

if TYPE_CHECKING:
    from fanlight.app.config import Config

STYLES = {Verdict.OK: "green", Verdict.WARN: "yellow", Verdict.FAIL: "bold red"}


@click.command()
@config_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a check.")
@click.pass_context
def doctor(context: click.Context, config: Config, *, as_json: bool) -> None:
    """Check the device, one line a part, each with what to do.

    Exits with 1 if a check fails: then the device can't count.
    """
    findings = examine(config)
    console = Console(highlight=False, soft_wrap=True)
    for finding in findings:
        if as_json:
            click.echo(json.dumps(asdict(finding)))
            continue
        style = STYLES[finding.verdict]
        console.print(f"[{style}]{finding.verdict:<4}[/] {finding.check:<12}", end=" ")
        console.print(finding.says, markup=False)
        if finding.advice:
            console.print(f"{'':18}-> {finding.advice}", markup=False)
    if any(finding.verdict is Verdict.FAIL for finding in findings):
        context.exit(1)


def examine(config: Config) -> list[Finding]:
    """Run every check."""
    return [
        *check_eyesight(lambda: open_room(config)),
        check_model(lambda: describe_model(config)),
        check_mounting(ground_plane(config, 1.0, 1.0)),
        check_clock(open_clock(config)),
        check_storage(Path(config.device.data_dir)),
        check_memory(),
        check_temperature(),
        *(check_reach(each.name, TlsProbe(goal_of(each))) for each in config.uplinks),
    ]
