"""`fanlight audit`: what the device decided, and whether anybody changed the record."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from fanlight.app.cli.settings import config_option
from fanlight.app.compose_retention import audit_log

if TYPE_CHECKING:
    from fanlight.app.config import Config


@click.command()
@config_option
@click.option(
    "--data-dir", type=click.Path(path_type=Path), help="Where the device keeps its data."
)
@click.option("--verify", is_flag=True, help="Check every hash; exits with 1 if one is wrong.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one object a line.")
@click.pass_context
def audit(
    context: click.Context, config: Config, data_dir: Path | None, *, verify: bool, as_json: bool
) -> None:
    """Show the audit log, or check that no entry was changed, added or taken out.

    Note the last hash somewhere else: it also proves later that nothing was cut off the end.
    """
    if data_dir is not None:
        config = replace(config, device=replace(config.device, data_dir=str(data_dir)))
    log = audit_log(config)
    if not verify:
        for entry in log.entries():
            facts = " ".join(f"{name}={fact}" for name, fact in entry.facts.items())
            line = f"{entry.number:>6}  {entry.at or 'time unknown':25}  {entry.kind}  {facts}"
            click.echo(json.dumps(asdict(entry)) if as_json else line)
        return
    verdict = log.verify()
    if as_json:
        click.echo(json.dumps(asdict(verdict)))
    else:
        for fault in verdict.faults:
            click.echo(f"broken: {fault}")
        click.echo(f"{verdict.entries} entries, last hash {verdict.head}")
    if verdict.faults:
        context.exit(1)
