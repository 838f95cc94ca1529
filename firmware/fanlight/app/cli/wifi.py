"""`fanlight wifi`: which network is in use, and joining another."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fanlight.adapters.secret_file import read_secret
from fanlight.app.cli.settings import config_option
from fanlight.ports.wifi import WifiNetwork

if TYPE_CHECKING:
    from fanlight.app.config import Config

FILE = click.Path(path_type=Path)
SHORTEST_PASSWORD = 8


@click.command()
@config_option
@click.option("--join", "name", metavar="NAME", help="Join this network, and keep it.")
@click.option("--password-file", type=FILE, help="A file of mode 0600 with its password.")
@click.option("--hidden", is_flag=True, help="The network does not tell its name.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def wifi(
    config: Config, *, name: str | None, password_file: Path | None, hidden: bool, as_json: bool
) -> None:
    """Show the Wi-Fi network in use, or join another.

    If joining fails, the network that was in use is joined again.
    """
    from fanlight.adapters.network_manager import (  # noqa: PLC0415 - only here
        NetworkManagerWifi,
    )

    password = ""
    if password_file is not None:
        password = read_secret(password_file, "wifi", SHORTEST_PASSWORD)
    with closing(NetworkManagerWifi(config.links.interface)) as system:
        if name is not None:
            system.join(WifiNetwork(name, password, hidden))
        joined = system.joined()
    if as_json:
        click.echo(json.dumps({"interface": config.links.interface, "joined": joined}))
        return
    click.echo(f"{config.links.interface}: {joined or 'no network'}")
