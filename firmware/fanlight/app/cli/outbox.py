"""`fanlight outbox`: what waits for each receiver, and making the device known to one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec.structs import replace

from fanlight.adapters.secret_file import read_secret
from fanlight.app.cli.settings import config_option
from fanlight.app.compose import open_clock
from fanlight.app.compose_uplinks import (
    open_drafting,
    open_https,
    open_identity,
    receiver_key_file,
)
from fanlight.app.uplink_config import HttpsUplinkSection

if TYPE_CHECKING:
    from fanlight.app.config import Config

FILE = click.Path(path_type=Path)


@click.command()
@config_option
@click.option("--data-dir", type=FILE, help="Where the ledger lives.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.option("--enrol", "enrolled", metavar="UPLINK", help="Make this device known there.")
@click.option("--token", "token_path", type=FILE, help="The file with the enrolment token.")
def outbox(
    config: Config,
    data_dir: Path | None,
    *,
    as_json: bool,
    enrolled: str | None,
    token_path: Path | None,
) -> None:
    """Show the hours that each receiver has not acknowledged yet."""
    if data_dir is not None:
        config = replace(config, device=replace(config.device, data_dir=str(data_dir)))
    if enrolled is not None:
        _enrol(config, enrolled, token_path)
        return
    device_id, waiting = open_identity(config).device_id, _waiting(config)
    if as_json:
        click.echo(json.dumps({"device": device_id, "uplinks": waiting}))
        return
    click.echo(f"this device is {device_id}")
    for uplink in waiting:
        click.echo(
            f"{uplink['name']:<20} {uplink['waiting_hours']} hours wait"
            + (f", the oldest is {uplink['oldest']}" if uplink["oldest"] else "")
        )
    if not config.uplinks:
        click.echo("no [[uplinks]] are configured: hours stay on this device")


def _waiting(config: Config) -> list[dict[str, Any]]:
    clock = open_clock(config)
    found = []
    for section in config.uplinks:
        hours = open_drafting(config, section.name, clock).waiting(clock.utc())
        oldest = str(hours[-1]) if hours else None
        found.append({"name": section.name, "waiting_hours": len(hours), "oldest": oldest})
    return found


def _enrol(config: Config, name: str, token_path: Path | None) -> None:
    section = _named(config, name)
    if token_path is None:
        raise click.UsageError("--enrol goes with --token FILE, a token made at the receiver")
    identity, uplink = open_identity(config), open_https(config, section)
    try:
        token = read_secret(token_path, name)
        key = uplink.enrol(identity.public_key, token, config.device.name)
    finally:
        uplink.close()
    receiver_key_file(config, name).write(key)
    click.echo(f"{identity.device_id} is enrolled at {section.url}")


def _named(config: Config, name: str) -> HttpsUplinkSection:
    https = [each for each in config.uplinks if isinstance(each, HttpsUplinkSection)]
    for section in https:
        if section.name == name:
            return section
    known = ", ".join(section.name for section in https) or "none"
    raise click.UsageError(f"there is no https uplink {name!r}; configured: {known}")
