# ruff: noqa: INP001 - a program, not a package
"""`scripts/setup-qr`: set-up cards for new devices, one by a form or many from a table."""

from __future__ import annotations

import csv
import os
import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import card_sheet
import click
from card_form import FORM, OPTIONAL, BadForm, Field, card_from, device_key_of
from card_sheet import DrawnCard
from owner_key import BadKeyFile, make_owner_key, read_owner_key

from fanlight.adapters.card_crypto import signed_text
from fanlight.domain.setup_card import BadCard

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

FILE = click.Path(path_type=Path)
MOST_ROWS = 2000


def _options(command: click.Command) -> click.Command:
    for each in (*OPTIONAL, *reversed(FORM)):
        flag = "--" + each.name.replace("_", "-")
        if each.secret:
            help_text = f"A file that holds it. {each.asks}."
            option = click.Option([flag + "-file", each.name], type=FILE, help=help_text)
        else:
            option = click.Option([flag, each.name], help=each.asks + ".")
        command.params.insert(0, option)
    return command


@_options
@click.command()
@click.option("--device-key", default="", help="The public key on its label: seals the secrets.")
@click.option("--owner-key", type=FILE, default=Path("fanlight-owner.pem"), show_default=True)
@click.option("--new-owner", is_flag=True, help="Make the owner's key first; keep a copy of it.")
@click.option("--passphrase", is_flag=True, help="Ask for the key's passphrase.")
@click.option("--valid-days", type=click.FloatRange(0.01, 366), default=7.0, show_default=True)
@click.option("--csv", "table", type=FILE, help="Make a card for each row; the header has names.")
@click.option("--out", type=FILE, help="card.png, .svg or .pdf; with --csv a .pdf or a folder.")
@click.option("--ask/--no-ask", default=None, help="Ask for what is not given.")
def setup_qr(  # noqa: PLR0913 - one parameter an option
    *,
    device_key: str,
    owner_key: Path,
    new_owner: bool,
    passphrase: bool,
    valid_days: float,
    table: Path | None,
    out: Path | None,
    ask: bool | None,
    **given: str | Path | None,
) -> None:
    """Make a set-up card: show it to the camera of a new device, and it counts.

    The first card makes its signer the device's owner. Without --out it is drawn in the terminal.
    """
    try:
        locked = _passphrase(new_owner=new_owner) if passphrase else ""
        make_key = make_owner_key if new_owner else read_owner_key
        owner = make_key(owner_key, locked)
        if table is not None:
            forms = list(_rows(table))
        else:
            asking = sys.stdin.isatty() if ask is None else ask
            forms = [_form(given, asking=asking) | {"device_key": device_key}]
        cards = [_card(form, owner, valid_days, row) for row, form in enumerate(forms, start=2)]
        _write(cards, out)
    except (BadForm, BadKeyFile, OSError) as error:
        raise click.ClickException(str(error)) from error
    if new_owner:
        click.echo(f"the owner's key is {owner_key}: whoever has it owns the devices", err=True)


def _passphrase(*, new_owner: bool) -> str:
    asked: str = click.prompt(
        "Passphrase", hide_input=True, confirmation_prompt=new_owner, err=True
    )
    return asked


def _form(given: Mapping[str, str | Path | None], *, asking: bool) -> dict[str, str]:
    form = {}
    for each in (*FORM, *OPTIONAL):
        value = given[each.name]
        if isinstance(value, Path):
            value = _secret_in(value)
        if value is None and asking and each in FORM and _makes_sense(each, form):
            value = click.prompt(
                each.asks, each.default, hide_input=each.secret, show_default=bool(each.default)
            )
        form[each.name] = value or ""
    return form


def _secret_in(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        raise BadForm(f"{path}: not a line of UTF-8 text") from None


def _makes_sense(each: Field, form: Mapping[str, str]) -> bool:
    """Whether to ask, after what was answered before."""
    needs = {"wifi_password": "wifi_name", "lte_pin": "lte_apn", "enrolment_token": "uplink_url"}
    return each.name not in needs or bool(form[needs[each.name]])


def _rows(table: Path) -> Iterator[dict[str, str]]:
    """Read a table with commas, or with semicolons, as some countries' programs write it."""
    try:
        with table.open(newline="", encoding="utf-8-sig") as lines:
            header = lines.readline()
            mark = ";" if ";" in header and "," not in header else ","
            lines.seek(0)
            for number, row in enumerate(csv.DictReader(lines, delimiter=mark), start=2):
                if None in row or None in row.values():
                    raise BadForm(f"{table}, line {number}: not as many fields as the header")
                if number > MOST_ROWS + 1:
                    raise BadForm(f"{table}: more than {MOST_ROWS} rows; split it")
                yield row
    except UnicodeDecodeError as error:
        raise BadForm(f"{table}: not UTF-8; save it as CSV UTF-8") from error


def _card(
    form: Mapping[str, str], owner: Ed25519PrivateKey, valid_days: float, row: int
) -> DrawnCard:
    try:
        card = card_from(form, int(time.time()), valid_days)
        return DrawnCard(card, signed_text(card, owner, device_key_of(form)))
    except (BadForm, BadCard) as error:
        raise BadForm(f"card {row - 1}: {error}") from None
    except ValueError:
        raise BadForm(f"card {row - 1}: device_key: no device has this key") from None


def _write(cards: list[DrawnCard], out: Path | None) -> None:
    if not cards:
        raise BadForm("the table has no rows")
    if out is None:
        for drawn in cards:
            click.echo(card_sheet.terminal(drawn))
        return
    if out.suffix == ".pdf":
        _keep(out, card_sheet.pdf(cards))
    elif out.is_dir() or not out.suffix:
        out.mkdir(parents=True, exist_ok=True, mode=0o700)
        for number, drawn in enumerate(cards, start=1):
            name = re.sub(r"\W+", "-", f"{drawn.card.shop} {drawn.card.door}".strip())
            _keep(out / f"{number:04}-{name}.png", card_sheet.png(drawn))
    elif out.suffix not in {".svg", ".png"}:
        raise BadForm(f"{out}: the name ends in .png, .svg or .pdf, or is a folder's")
    elif len(cards) > 1:
        raise BadForm(f"{out}: one picture cannot hold {len(cards)} cards; name a .pdf or a folder")
    else:
        svg = out.suffix == ".svg"
        _keep(out, card_sheet.svg(cards[0]).encode() if svg else card_sheet.png(cards[0]))
    click.echo(f"{len(cards)} card(s) in {out}: they hold secrets, keep them like keys", err=True)


def _keep(path: Path, data: bytes) -> None:
    """Write a file that nobody else may read, at no time."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        os.fchmod(descriptor, 0o600)
        out.write(data)


if __name__ == "__main__":
    setup_qr(prog_name="scripts/setup-qr")
