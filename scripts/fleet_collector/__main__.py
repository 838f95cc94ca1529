"""`scripts/collector`: serve, make tokens, keep the data policy."""

from __future__ import annotations

import logging
import secrets
import sys
import time
from pathlib import Path

import click
import uvicorn
from sqlalchemy.exc import SQLAlchemyError

from fleet_collector.app import Settings, make_app
from fleet_collector.audit import faults
from fleet_collector.database import WrongDatabase, open_database
from fleet_collector.store import Store

FOLDER = Path("var/collector")
DATABASE = click.option(
    "--database",
    envvar="FANLIGHT_DATABASE",
    default=f"sqlite:///{FOLDER}/hours.db",
    help="An SQLAlchemy URL such as postgresql+psycopg://user@host/fanlight.",
)
FILE = click.Path(exists=True, dir_okay=False)


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def collector(context: click.Context) -> None:
    """Receive the counted hours of a chain's devices, and show them. Serves without a command."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    if context.invoked_subcommand is None:
        context.invoke(serve)


@collector.command()
@DATABASE
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to serve at.")
@click.option("--port", default=8088, show_default=True)
@click.option("--certificate", type=FILE, help="A certificate (PEM): serve TLS.")
@click.option("--key", type=FILE, help="The certificate's key (PEM).")
def serve(database: str, host: str, port: int, certificate: str | None, key: str | None) -> None:
    """Serve until told to stop."""
    code = secrets.token_urlsafe(12)
    app = make_app(Settings(database=database, setup_code=code))
    scheme = "https" if certificate else "http"
    click.echo(f"collector: {scheme}://{host}:{port}/")
    if app.state.people.is_empty():
        click.echo(f"collector: first owner, once: {scheme}://{host}:{port}/setup?code={code}")
    uvicorn.run(
        app,
        host=host,
        port=port,
        ssl_certfile=certificate,
        ssl_keyfile=key,
        access_log=False,
        server_header=False,
    )


@collector.command()
@DATABASE
@click.option("--shop", required=True, help="The shop that the device hangs in.")
@click.option("--days", default=14, show_default=True, help="How long the token holds.")
def token(database: str, shop: str, days: int) -> None:
    """Print a token with which one device may enrol."""
    made, now_s = secrets.token_urlsafe(24), int(time.time())
    Store(open_database(database)).make_token(made, shop, "shell", now_s + days * 86400, now_s)
    click.echo(made)


@collector.command()
@DATABASE
@click.option("--days", required=True, type=click.IntRange(31), help="Keep so many days of hours.")
def forget(database: str, days: int) -> None:
    """Remove hours older than the data policy allows; run it daily."""
    now_s = int(time.time())
    gone = Store(open_database(database)).forget_before(now_s // 3600 - 24 * days, now_s)
    click.echo(f"{gone} hours removed")


@collector.command()
@DATABASE
def verify(database: str) -> None:
    """Check the chain of the audit log."""
    with open_database(database).connect() as connection:
        found = list(faults(connection))
    for fault in found:
        click.echo(fault)
    click.echo("the chain holds" if not found else f"{len(found)} faults")
    sys.exit(1 if found else 0)


def main() -> None:
    """Run the command line; what can go wrong is one line of text."""
    logging.basicConfig(level="INFO", format="%(levelname)s %(name)s: %(message)s")
    try:
        collector()
    except WrongDatabase as error:
        sys.exit(f"collector: {error}")
    except SQLAlchemyError as error:
        kind = type(getattr(error, "orig", error)).__name__
        sys.exit(f"collector: the database cannot be used ({kind}); check --database")


if __name__ == "__main__":
    main()
