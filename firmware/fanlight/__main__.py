"""The `fanlight` command."""

from __future__ import annotations

import sys

import click

from fanlight import __version__
from fanlight.app.cli.audit import audit
from fanlight.app.cli.count import count
from fanlight.app.cli.doctor import doctor
from fanlight.app.cli.label import label
from fanlight.app.cli.outbox import outbox
from fanlight.app.cli.report import report
from fanlight.app.cli.run import run
from fanlight.app.cli.till import till
from fanlight.app.cli.tracks import tracks
from fanlight.app.cli.validate import validate_command
from fanlight.app.cli.wifi import wifi
from fanlight.ports.errors import FanlightError

EPILOG = """\b
Exit codes:  0 done   1 something failed; the message says what to do
             2 wrong usage   130 interrupted"""


@click.group(epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="fanlight %(version)s")
def fanlight() -> None:
    """Fanlight counts people at a door, and keeps none of them."""


for command in (run, count, tracks, report, doctor, audit, validate_command, till, outbox, wifi):
    fanlight.add_command(command)
fanlight.add_command(label)


def main() -> None:
    """Run the command line; every error that Fanlight raises on purpose is one line of text."""
    try:
        fanlight()
    except FanlightError as error:
        click.echo(f"fanlight: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
