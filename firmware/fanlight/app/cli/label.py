"""`fanlight label`: what is printed on the device."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from fanlight.app.cli.settings import config_option
from fanlight.app.compose import open_clock
from fanlight.app.compose_access import host_name, keep_code, open_certificate
from fanlight.app.compose_uplinks import open_identity
from fanlight.app.console_config import ConsoleSection
from fanlight.domain.claim import CodeKind, grouped, new_printed_code

if TYPE_CHECKING:
    from fanlight.app.config import Config


@click.command()
@config_option
@click.option("--data-dir", type=click.Path(path_type=Path), help="Where the device's keys live.")
@click.option("--new-code", is_flag=True, help="Make a new code for the first log-in, too.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def label(config: Config, data_dir: Path | None, *, new_code: bool, as_json: bool) -> None:
    """Tell what belongs on the device's label: its id, its keys, and how to open its page.

    A set-up card that is made with the device's key can be read by this device alone.
    """
    if data_dir is not None:
        config = replace(config, device=replace(config.device, data_dir=str(data_dir)))
    identity = open_identity(config)
    certificate = open_certificate(config, config.console or ConsoleSection(), open_clock(config))
    told = {
        "device": identity.device_id,
        "device_key": identity.card_key.public.hex(),
        "page": f"https://{host_name(identity.device_id)}.local",
        "fingerprint": certificate.spki_fingerprint(),
    }
    if new_code:
        code = new_printed_code(secrets.randbelow)
        keep_code(config, CodeKind.LABEL, code)
        told["first_login"] = grouped(code)
    if as_json:
        click.echo(json.dumps(told))
        return
    for name, value in told.items():
        click.echo(f"{name.replace('_', ' '):<12} {value}")
